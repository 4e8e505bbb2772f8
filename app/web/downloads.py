"""A written file as an answer: its type, its name and its code (`security` forbids copies)."""

from flask import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"pdf": "application/pdf", "xlsx": XLSX, "csv": "text/csv"}
CODE_HEADER = "X-Verification-Code"
"""Header of the code under which anybody can verify a file that was registered (A16)."""


def attached(content: bytes, name: str, kind: str = "xlsx", *, code: str | None = None) -> Response:
    """Return a file, named without its ending, with its code where programs ask for it.

    A browser opens a pdf, which is to be printed, and keeps what is to be worked with.
    """
    shown = "inline" if kind == "pdf" else "attachment"
    answer = Response(content, mimetype=TYPES[kind])
    answer.headers["Content-Disposition"] = f'{shown}; filename="{name}.{kind}"'
    if code is not None:
        answer.headers[CODE_HEADER] = code
    return answer
