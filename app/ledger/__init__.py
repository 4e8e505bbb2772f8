"""Ledger (账本): books, accounts, and the double entries between them.

Owns: ledger_book, ledger_account, ledger_journal, ledger_transfer, ledger_entry, ledger_proof.
Stands on: base.
Doors in: `posting`, `holds`, `reversals` (write), `balances`, `statements`, `proof` (read).
Never: learns what a volunteer, an activity or a shop is.
"""
