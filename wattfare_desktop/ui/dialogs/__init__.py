"""Windows that ask or tell one thing. None blocks: each is shown and answers with a signal.

- ``consent``: an app asks to spend; its parts are ``dead_time_watch``, ``approve_button``
  and ``model_chips``
- ``error_notice``: a request that could not even be asked about
- ``first_run``: protect the wallet, add money, try it
- ``unlock``: the passphrase, or another try at the keyring
- ``add_funding``, ``top_up``: money for apps to spend
- ``model_name``, ``own_price``: what a name stands for, what a model costs
- ``question``, ``revoke_question``: the one question before an app is cut off
"""
