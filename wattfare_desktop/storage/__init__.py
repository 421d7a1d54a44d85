"""The wallet's file, and the only place that speaks SQL.

- ``database``: SQLCipher connections, the ledger thread with group commit, the reader thread
- ``migrate`` and ``migrations/``: how the file came to be as it is; ``upgrades``: what it was
  before; ``durable``: flushing
- ``ledger``: accounts and the journal
- ``budgets``: limits and the windows they are counted in
- ``calls``: admission, settlement, voiding, recovery
- ``raises``, ``disputes``, ``corrections``, ``reserve``: a cap raised for now, and money given back
- ``kept_results``: what an app gets that repeats its call
- ``receipts``: what a call was charged for, kind by kind; ``seen_programs``: what made them
- ``grants``: approved apps, their codes and accesses; ``tokens``: refresh tokens;
  ``clients``: those that registered
- ``alerts``: what apps did that is unusual; ``pasts``: what their calls were like before
- ``fundings``: provider credentials (sealed) and their balances
- ``export``: the journal in pieces, as it was when an export began
- ``chain``, ``limits``: what is written into the chain; ``replay``, ``membership``, ``sums``,
  ``acceptance``, ``verification``: whether everything still is what it says
- ``backup``: copies of the file, made beside the work and checked; ``recovery``: of a damaged one
- ``preferences``: what the user decided about the wallet as a whole
- ``reports``: the rows behind every page
"""
