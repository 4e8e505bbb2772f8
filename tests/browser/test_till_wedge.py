"""A scanner is heard by its speed alone, in any field and under a Chinese input method."""

HEAR = """async ([path, keys, gap]) => {
  const {listen} = await import(path);
  const heard = [];
  listen((text) => heard.push(text));
  const field = document.querySelector('input[name=phone]');
  field.focus();
  field.value = 'kept';
  let at = 1000;
  for (const key of [...keys, {key: 'Enter', code: 'Enter'}]) {
    const event = new KeyboardEvent('keydown', {...key, bubbles: true, cancelable: true});
    Object.defineProperty(event, 'timeStamp', {value: at += gap});
    field.dispatchEvent(event);
    if (key.key.length === 1 && !event.defaultPrevented) field.value += key.key;
  }
  return [heard, field.value];
}"""
PLAIN = [{"key": sign, "code": ""} for sign in "TP1.2t.abc"]
UNDER_IME = [
    {"key": "Process", "code": "KeyT", "shiftKey": True},
    {"key": "Process", "code": "KeyP", "shiftKey": True},
    *({"key": "Process", "code": f"Digit{digit}"} for digit in "123456"),
    {"key": "Process", "code": "Period"},
    {"key": "Process", "code": "Minus", "shiftKey": True},
    {"key": "Process", "code": "KeyZ"},
]


CASES = {
    "a scanner": (PLAIN, 4, ["TP1.2t.abc"], "kept"),
    "a scanner under an input method": (UNDER_IME, 4, ["TP123456._z"], "kept"),
    "a person": (PLAIN, 120, [], "keptTP1.2t.abc"),
    "a quick burst": (PLAIN[:4], 4, [], "keptTP1."),
}


def test_only_a_scanner_is_heard_and_it_leaves_the_field_alone(street, desktop):
    for who, (keys, gap_ms, heard, left) in CASES.items():
        desktop.goto("/sign-in")
        found = desktop.evaluate(HEAR, ["/static/js/till_wedge.js", keys, gap_ms])
        assert found == [heard, left], who
