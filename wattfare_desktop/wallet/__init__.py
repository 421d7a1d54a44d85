"""The operations of the product, on one event loop and without a window, a port or SQL.

- ``wallet``: absent, locked or open; the front door to all the rest
- ``books``: what is there while the wallet is open
- ``spending``: holds and settlements; ``held_calls``: the calls that run under them
- ``apps``: grants: caps, pause, resume, revoke
- ``accesses``: the dictionary every call is looked up in
- ``authorization``: the desk where apps ask and the user answers
- ``reading``: what requests say; ``kept_requests``: those that wait for a locked wallet
- ``registrations``: clients that registered themselves
- ``client_documents``: clients known by what they publish
- ``pushed``: requests that were pushed before they are asked
- ``devices``: programs without a browser, and the codes their users type
- ``codes``: authorization codes traded for accesses, and accesses given back
- ``tokens``: refresh tokens used, and tokens asked about
- ``gate``: how fast apps may call; ``watch``: what they do, judged; ``alerts``: what is told of it
- ``funding``: provider credentials and balances
- ``routing``: which funding serves a model, at what price
- ``aliases``, ``own_prices``, ``prices``, ``price_updates``: names and prices of models
- ``raising``: apps that ask for more; ``disputes``: wrong charges; ``repeats``: calls made again
- ``limit_warnings``, ``endings``, ``mending``: what is noticed, ended and mended
- ``lookout``: what providers say is left, and model servers of this machine
- ``reports``: the rows behind every page; ``exports``: the books as files
- ``receipts``: receipts found, signed, and known by their signature
- ``backup``: backups of the open wallet; ``backup_file``: one as a file; ``restore``: put in place
- ``proof``: the guard of the books; ``recovery``: what is tried when their file is damaged
- ``changes``: what a write touched
- ``clock``: the only clock and the only randomness
- ``tasks``: work that must not be lost when its caller goes
"""
