"""The log: a private rotating file in the wallet's home, with nothing in it that opens anything.

Nothing secret is logged on purpose; what looks like a key is taken out all the same, after
formatting, so that it is gone from tracebacks and other libraries' lines as well.
"""

import copy
import io
import logging
import os
import re
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final, TextIO

from wattfare_desktop.system.private_file import PRIVATE_FILE

_BYTES_MAX: Final = 1_000_000
_FILES_KEPT: Final = 3
_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_HIDDEN: Final = "[hidden]"

_SECRETS: Final = re.compile(
    r"""
      \bwf_[a-z]{1,8}_[A-Za-z0-9_-]{6,}              # our accesses and codes
    | \b(?:sk|rk|pk|gsk|xai|r8|hf)[-_][A-Za-z0-9_-]{8,}   # providers' keys
    | \bAIza[A-Za-z0-9_-]{20,}
    | (?<=bearer\s)\s*[^\s"',;]+
    | (?<=basic\s)\s*[A-Za-z0-9+/=]{8,}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NAMED: Final = re.compile(
    r"""
      (?P<name>
          \b(?:authorization|(?:x-(?:goog-)?)?api[-_]key|passphrase|client_secret|code_verifier
          |refresh_token|access_token)["']?\s*[:=]\s*["']?
        | [?&](?:code|key|state)=                     # of a redirect, or of Gemini
      )
      (?!bearer\s|basic\s)
      [^\s"',;&\#]+
    """,
    re.VERBOSE | re.IGNORECASE,
)


def redacted(text: str) -> str:
    """Return ``text`` with everything that looks like a key or an access taken out."""
    return _NAMED.sub(rf"\g<name>{_HIDDEN}", _SECRETS.sub(_HIDDEN, text))


class LogOutput:
    """The log as it was opened; ``close`` gives the root logger back as it was."""

    def __init__(self, handlers: list[logging.Handler], level_before: int) -> None:
        self._handlers = handlers
        self._level_before = level_before

    def close(self) -> None:
        """Stop logging."""
        root = logging.getLogger()
        for handler in self._handlers:
            root.removeHandler(handler)
            handler.close()
        root.setLevel(self._level_before)


def start_logging(path: Path, *, verbose: bool) -> LogOutput:
    """Log to ``path``; ``verbose`` tells more, and on standard error too."""
    handlers: list[logging.Handler] = [
        PrivateRotatingFile(path, maxBytes=_BYTES_MAX, backupCount=_FILES_KEPT, encoding="utf-8")
    ]
    if verbose:
        handlers.append(logging.StreamHandler(sys.stderr))
    root = logging.getLogger()
    output = LogOutput(handlers, root.level)
    for handler in handlers:
        handler.setFormatter(_RedactingFormatter(_FORMAT))
        handler.addFilter(_no_access_log)
        root.addHandler(handler)
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    return output


class PrivateRotatingFile(RotatingFileHandler):
    """A rotating file that is 0600 from its first moment."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the handler's own name
        """Lose the line: a full disk must not fill the terminal with tracebacks as well."""

    def _open(self) -> TextIO:  # type: ignore[override] # the very file it is, by its own name
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(self.baseFilename, flags, PRIVATE_FILE)
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, PRIVATE_FILE)  # a file from before may be open to others
        return io.TextIOWrapper(os.fdopen(descriptor, "ab"), encoding=self.encoding)


class _RedactingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(_without_request(record)))


def _no_access_log(record: logging.LogRecord) -> bool:
    # Paths and queries of every request: nothing a log file should know.
    return record.name != "aiohttp.access"


def _without_request(record: logging.LogRecord) -> logging.LogRecord:
    """Return ``record`` without what aiohttp filled in: a malformed request is quoted there raw."""
    if not record.name.startswith("aiohttp."):
        return record
    bare = copy.copy(record)
    kind = record.exc_info[0] if record.exc_info else None
    # The template is aiohttp's own text; only what is filled in comes from outside.
    bare.msg = "%s (%s)" if kind else "%s"
    bare.args = (str(record.msg), kind.__name__) if kind else (str(record.msg),)
    bare.exc_info = bare.exc_text = bare.stack_info = None
    return bare
