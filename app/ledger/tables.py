"""The ledger's tables as the hot statements see them: rows, without objects.

Posting moves thousands of rows by a handful of statements built once; loading
objects for them would cost more than the statements do.
"""

from typing import cast

import sqlalchemy as sa

from app.ledger.models import Account, Book, Entry, Journal, Transfer

BOOK = cast(sa.Table, Book.__table__)
ACCOUNT = cast(sa.Table, Account.__table__)
JOURNAL = cast(sa.Table, Journal.__table__)
TRANSFER = cast(sa.Table, Transfer.__table__)
ENTRY = cast(sa.Table, Entry.__table__)
