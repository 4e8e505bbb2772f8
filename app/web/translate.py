"""The words of the pages: Chinese in the source, English from the catalogues.

`_` translates at once, for this reader; `_l` keeps a text in a table until a page
shows it. Both are typed here because Flask-Babel is not.
"""

from typing import Any, cast

from flask_babel import gettext, lazy_gettext


def _(text: str, **values: Any) -> str:
    """Return the text in this reader's language, its %(name)s filled in."""
    return str(gettext(text, **values))


def _l(text: str, **values: Any) -> str:
    """Return the text to be translated when it is shown; it behaves as a string there."""
    return cast(str, lazy_gettext(text, **values))
