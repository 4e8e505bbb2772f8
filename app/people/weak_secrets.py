"""Passwords and PINs that are guessed first, and so are refused (ASVS 6.2.4).

A short list of what people here really choose; runs, repetitions and the
account's own phone are found by rule. No other composition is asked for.
"""

_LIST = """
password password1 password12 password123 passw0rd p@ssw0rd p@ssword iloveyou sunshine
princess football baseball superman trustno1 starwars whatever computer internet
michelle jennifer charlie1 dragon123 monkey123 master123 welcome1 welcome123 letmein1
admin123 admin888 admin1234 administrator root1234 test1234 guest123 changeme default1
qwertyui qwertyuiop qwerty12 qwerty123 asdfghjk asdfghjkl zxcvbnm1 zxcvbnm123 1qaz2wsx
1q2w3e4r 1q2w3e4r5t qazwsxedc zaq12wsx q1w2e3r4 qwer1234 asdf1234 zxcv1234 abcd1234
abc12345 abc123456 abcd12345 a1234567 a12345678 a123456789 aa123456 aa12345678 aaa111222
woaini520 woaini1314 woaini123 woainima iloveyou1314 wang1234 zhang123 li123456 qq123456
qq123456789 weixin123 wx123456 wodemima mima1234 mima123456 nihao123 nihao1234 zhongguo
china123 beijing1 beijing2008 fujian123 ningde123 anhui123 huainan123 jianyang1
5201314a 52013141 1314520a 13145200 520131400 11223344 1122334455 112233445566 12341234
123123123 123321123 12344321 1234554321 123456aa 123456ab 123456abc 123456qq 12345678a
123456789a 1234567a 147258369 147852369 159357258 741852963 789456123 987654321a 88888888
66668888 88886666 168168168 18181818 20082008 20202020 20252025 20262026 31415926 7758521a
77585210 timebank timebank1 timebank123 volunteer volunteer1 volunteer123 zhiyuanzhe
aixinyinhang aixin123 shijianyinhang jifen123 jifenchaoshi zhiyuan123 shequ123
"""
COMMON = frozenset(_LIST.split())
ROWS = (
    "0123456789012345678901234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
)


def is_weak(secret: str, *, phone: str | None = None) -> bool:
    """Whether a password or PIN is one of those that are tried first."""
    plain = secret.casefold()
    return (
        plain in COMMON
        or len(set(plain)) <= 2
        or any(plain in row or plain[::-1] in row for row in ROWS)
        or _is_repetition(plain)
        or (phone is not None and (plain in phone or phone in plain))
    )


def _is_repetition(text: str) -> bool:
    """Whether the text is one piece of up to four characters over and over: 12341234."""
    return any(text in text[:size] * len(text) for size in (1, 2, 3, 4) if len(text) >= 2 * size)
