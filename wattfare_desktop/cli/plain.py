"""Foreign text made fit for a terminal: what is not plainly visible is written out."""

import re
import shlex
from typing import Final

from wattfare_desktop.core.errors import UserFacingError

_SPACES: Final = re.compile(r"\s+")


def visible(text: str) -> str:
    r"""Return ``text`` with every character that does not print written as ``\n`` or ``\u202e``.

    So nothing foreign can move the cursor, begin a line or turn the reading direction round.
    """
    return "".join(sign if sign.isprintable() else _written_out(sign) for sign in text)


def quoted(text: str) -> str:
    """Return ``text`` as exactly one word of a shell's line; an empty one is ``''``."""
    return shlex.quote(visible(text))


def one_line(error: UserFacingError) -> str:
    """Return what went wrong and what to do about it, on one line."""
    return visible(_SPACES.sub(" ", str(error)).strip())


def _written_out(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")
