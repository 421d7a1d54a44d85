"""The authorization server's endpoints; its consent page is the native dialog.

- ``endpoints``: all of them by path
- ``authorize``: a browser's way to the user and back; requests pushed beforehand
- ``token``: codes and refresh tokens traded; tokens given back, and asked about
- ``register``: clients that register themselves
- ``device``: programs without a browser
- ``forms``, ``answers``: what is posted here, and the JSON that is answered
"""
