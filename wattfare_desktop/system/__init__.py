"""The operating system: files and folders, links and log-in, prices as installed. No Qt, no HTTP.

- ``paths``: where everything of a wallet is; ``private_file``: files only their user reads
- ``new_file``, ``workshop``: files that appear whole, and where they lie half-made
- ``resources``: what is shipped with the program; ``program``: how it is started again
- ``settings``, ``runtime_file``, ``logs``: the files in a wallet's home that are not the ledger
- ``scheme``, ``autostart``, ``open_uri``: what differs by platform; ``platforms``: the one choice
- ``linux``, ``macos``, ``windows``: how each does it, in the form of ``desktop_entry`` or
  ``registry_line``
- ``peers``: whose program listens on a port; ``programs``: which one is at the other end;
  ``program_files``: what a chosen file will be called by; ``processes``: waiting for another to
  end; ``zone``: the user's time zone
- ``health``: what is wrong here and how to mend it
- ``update_channel``, ``update_notes``: where newer versions are told of, and what was found there
- ``prices``: the price book made of the installed price table
"""
