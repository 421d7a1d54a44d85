"""An app's own words, made fit to stand in the wallet's windows and on its terminal.

Whoever asks for money chooses the text. It must not be able to hide letters, turn the reading
direction, begin a second line, spill over its neighbours or pass for somebody else unnoticed.
"""

import re
import unicodedata
from typing import Final

NAME_CHARS_MAX: Final = 40
_MARKS_MAX: Final = 3
_ELLIPSIS: Final = "\u2026"
_DROPPED: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
# Letters, marks and symbols by category, yet nothing to see: what Unicode calls ignorable beyond
# its format characters, and the blank braille cell.
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
# Scripts, by the first word of their letters' names, that ordinary names mix with Latin.
_EAST_ASIAN: Final = frozenset(
    ["CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"]
)
# Cyrillic and Greek letters that most fonts draw like Latin ones.
_LIKE_LATIN: Final = frozenset(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04bb\u0501\u04cf\u051b\u051d"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408"
    "\u03bf\u03bd\u03c1\u03c5\u03b9\u03ba"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
)


def plain(text: str, limit: int = NAME_CHARS_MAX) -> str:
    """Return ``text`` as one visible line of at most ``limit`` characters, in Unicode's NFKC.

    Control, direction, zero-width, private-use and unassigned characters go, white space becomes
    single spaces, and what is cut off leaves an ellipsis. May be empty.
    """
    assert limit > 0
    visible = "".join(map(_shown, unicodedata.normalize("NFKC", text)))
    # Once more: what stood apart may join now that nothing stands between.
    line = " ".join(_unstacked(unicodedata.normalize("NFKC", _INVISIBLE.sub("", visible))).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + _ELLIPSIS


def is_confusable(text: str) -> bool:
    """Return whether ``text`` may pass for other letters, as Unicode's UTS 39 has it.

    That is a word that mixes scripts (East Asian ones with Latin are usual), or foreign letters
    all of which look Latin. A reason to warn, not to refuse.
    """
    normal = unicodedata.normalize("NFKC", text)
    if any(len(_scripts(word)) > 1 for word in normal.split()):
        return True
    foreign = [sign for sign in normal if _script(sign) in {"CYRILLIC", "GREEK"}]
    return bool(foreign) and _LIKE_LATIN.issuperset(foreign)


def is_foreign_host(host: str) -> bool:
    """Return whether ``host`` stands for letters beyond ASCII (RFC 5890, A-labels).

    It is always shown as it is, ``xn--pypal-4ve.example``: its letters may look like another's.
    """
    return any(label.startswith("xn--") for label in host.lower().split("."))


def _shown(sign: str) -> str:
    if sign.isspace():
        return " "
    return "" if unicodedata.category(sign) in _DROPPED else sign


def _unstacked(text: str) -> str:
    """Drop marks that have no letter of their own, and what towers above the third."""
    kept: list[str] = []
    room = 0
    for sign in text:
        if unicodedata.category(sign) not in {"Mn", "Me"}:
            room = 0 if sign == " " else _MARKS_MAX
            kept.append(sign)
        elif room > 0:
            room -= 1
            kept.append(sign)
    return "".join(kept)


def _scripts(word: str) -> set[str]:
    return {_script(sign) for sign in word if sign.isalpha()} - _EAST_ASIAN


def _script(sign: str) -> str:
    return unicodedata.name(sign, "").partition(" ")[0] if sign.isalpha() else ""
