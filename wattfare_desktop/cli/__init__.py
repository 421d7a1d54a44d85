"""The command line: the same wallet, for terminals and machines without a screen.

- ``hand_over``: give a URI to the running wallet before anything heavy is imported
- ``entry``: from arguments to an exit code; ``parser``: which words there are
- ``options``: what is asked of the composition root, which starts wallets
- ``invocation``: what a command is given; ``terminal``, ``tables``, ``plain``: how it talks
- ``launching``, ``status``, ``apps``, ``alerts``, ``funding``, ``activity``, ``backup``,
  ``update``, ``doctor``, ``quitting``: one family each
- ``terminal_consent``: approving by typing, or never; ``typed_lines`` and, on Windows,
  ``threaded_lines``: what is typed; ``passphrase``: its file
- ``demo``, ``sample_app``: the whole story, told by an app that knows only the public port
"""
