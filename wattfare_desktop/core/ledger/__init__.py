"""The ledger's values and its one judge.

- ``model``: accounts, transfers and the statuses a transfer can come back with
- ``chart``: which accounts there are and what each may do
- ``beancount``, ``sheets``: the books as others read them
- ``rules``: whether a transfer stands, and what it does to its two accounts
"""
