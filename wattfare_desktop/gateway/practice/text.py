"""What the practice provider says, and how it counts tokens.

The text is made up but readable, the same for the same request, and says that it is practice.
"""

import re
from itertools import count
from typing import Final
from zlib import crc32

# A word and the space before it, cut into pieces of at most six letters; a run of white space; or
# one other character. Pieces put together give the text back, and none is empty: so there are
# never more of them than bytes.
_PIECE: Final = re.compile(r" ?\w{1,6}|\s+|[^\w\s]")
_WISHED_LENGTH: Final = re.compile(r"\b(\d{1,5}) (words|tokens)\b", re.IGNORECASE)

REPLY_PIECES: Final = 96
REPLY_PIECES_MAX: Final = 16_000
_QUOTED_CHARS: Final = 60

_LABEL = "[practice] This is a practice answer: no model wrote it and only play money pays for it."
_SENTENCES = (
    "A wallet holds what a call may cost before the call is made.",
    "Once the answer has come, the exact price is charged and the rest of the hold is free again.",
    "Each piece of this text counts as one token, at the price of the model it is named after.",
    "The cap you gave this app stands above every call it makes.",
    "When the cap is reached the next call is refused, and nothing is spent.",
    "You can pause or revoke the app at any moment, even while this sentence is on its way.",
    "The rain in the harbour town stopped at noon, and the ferry left with nine cups of coffee.",
    "Somewhere a lamp is switched on, and a meter notices before anyone else does.",
    "Seven short rows of figures fit on a page, and all of them add up.",
    "The orchard is quiet in November, so the ladder leans against the shed.",
)


def pieces_of(text: str) -> list[str]:
    """Return the tokens of a text; joined they are the text."""
    return _PIECE.findall(text)


def reply_pieces(asked: str, choice: int) -> list[str]:
    """Return the tokens of the answer to ``asked``, a different one for each choice.

    It is whole sentences, at least ``REPLY_PIECES`` long or what the prompt wishes ("300 words").
    """
    asked = " ".join(asked.split())
    wish = _WISHED_LENGTH.search(asked)
    wanted = min(int(wish[1]), REPLY_PIECES_MAX) if wish else REPLY_PIECES
    told = f' You wrote: "{quoted(asked)}".' if asked else " You wrote nothing."
    pieces = pieces_of(_LABEL) + pieces_of(told)
    for number in count(crc32(asked.encode("utf-8", "replace")) + choice):
        if len(pieces) >= wanted:
            break
        pieces += pieces_of(" " + _SENTENCES[number % len(_SENTENCES)])
    return pieces


def result_pieces(tool: str, result: str) -> list[str]:
    """Return the tokens of the answer to what a tool gave back."""
    told = f' The tool {tool} gave back: "{quoted(result)}".'
    return pieces_of(_LABEL) + pieces_of(told)


def quoted(text: str) -> str:
    """Return the beginning of a text on one line."""
    line = " ".join(text.split())
    return line[:_QUOTED_CHARS].rstrip() + ("…" if len(line) > _QUOTED_CHARS else "")
