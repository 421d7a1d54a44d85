"""Keys: the one place that speaks to the keyring and to cryptography.

- ``vault``: the front door: absent or protected, created, unlocked
- ``thread``: the same on a thread of its own, since a keyring's prompt may stay for minutes
- ``protection``: how a wallet may be protected, and what unlocking answers
- ``keychain``: the master key in the operating system's keyring
- ``passphrase``: the master key wrapped under a passphrase; ``vault_file``: what is kept on disk
- ``sealing``: what is derived from the master key, and secrets sealed under it
- ``signing``: the wallet's signature on receipts, and looking at anybody's
- ``update_trust``: whether what is told of a newer version comes from its publisher
- ``backup_head``: what opens a backup; ``transplant``: a home's entries in the keyring, moved
- ``secret``: secrets in memory, and new ones
"""
