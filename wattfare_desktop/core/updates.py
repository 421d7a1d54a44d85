"""What is published of the newest Wattfare, and whether it is newer than this one.

The file ``latest.json`` says it, and only a signature makes it worth reading (``vault``): what is
judged here is that its words may be shown and its page opened.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self
from urllib.parse import urlsplit

from wattfare_desktop.core.oauth.display import plain

LATEST: Final = "latest.json"
LATEST_BYTES_MAX: Final = 4 * 1024
SUMMARY_CHARS_MAX: Final = 200
PAGE_CHARS_MAX: Final = 300
_MEMBERS: Final = frozenset({"version", "page", "summary", "published"})
# Semantic Versioning 2.0.0, 2: three numbers without leading zeros; what is released has no more.
_VERSION: Final = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# A copy that is not quite a release says so behind its version (PEP 440: ".dev1", "+source").
_RUNNING: Final = re.compile(
    r"(?P<release>\d+\.\d+\.\d+)(?P<before_it>\.?(?:dev|rc|a|b)\d+)?(?:\+.*)?", re.ASCII
)


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """The version of a release, in the order they come out."""

    major: int
    minor: int
    patch: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Return ``X.Y.Z`` as a version. Raises ValueError for any other text."""
        found = _VERSION.fullmatch(text)
        if found is None:
            raise ValueError("a version is three numbers, like 1.2.3")
        return cls(*map(int, found.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One Wattfare that is out.

    ``page`` is where it is to be had (https), ``summary`` one line in plain words, ``published``
    the day it came out.
    """

    version: Version
    page: str
    summary: str
    published: date

    def __post_init__(self) -> None:
        """Refuse what may not be shown or opened."""
        if not _is_page(self.page):
            raise ValueError(f"page is an https address of at most {PAGE_CHARS_MAX} characters")
        if not self.summary or self.summary != plain(self.summary, SUMMARY_CHARS_MAX):
            raise ValueError(f"summary is one line of at most {SUMMARY_CHARS_MAX} characters")

    @classmethod
    def read(cls, content: bytes) -> Self:
        """Return what ``latest.json`` says. Raises ValueError where it says anything else."""
        fields = _fields(content)
        if fields.keys() != _MEMBERS:
            raise ValueError(f"its members are not {', '.join(sorted(_MEMBERS))}")
        if not all(isinstance(value, str) for value in fields.values()):
            raise ValueError("its members are not all texts")
        return cls(
            version=Version.read(fields["version"]),
            page=fields["page"],
            summary=fields["summary"],
            published=_day(fields["published"]),
        )

    def content(self) -> bytes:
        """Return the file that ``read`` reads."""
        fields = {
            "version": str(self.version),
            "page": self.page,
            "summary": self.summary,
            "published": self.published.isoformat(),
        }
        return json.dumps(fields, indent=2, ensure_ascii=False).encode() + b"\n"


def is_newer(release: Release, running: str) -> bool:
    """Return whether ``release`` comes after the program whose version is ``running``.

    A pre-release (``1.2.0.dev1``, ``1.2.0rc1``) comes before its release, a copy with something
    of its own (``1.2.0+source``) counts as that release. Raises ValueError where ``running`` is no
    version at all.
    """
    found = _RUNNING.fullmatch(running)
    if found is None:
        raise ValueError("this program does not know its own version")
    own = Version.read(found["release"])
    return release.version > own or (release.version == own and found["before_it"] is not None)


def _fields(content: bytes) -> dict[str, Any]:
    if len(content) > LATEST_BYTES_MAX:
        raise ValueError(f"it is larger than {LATEST_BYTES_MAX} bytes")
    try:
        fields = json.loads(content.decode(), object_pairs_hook=_once)
    except RecursionError:
        raise ValueError("it is no JSON") from None
    if not isinstance(fields, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004 - one kind for all of them
    return fields


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a member is in it twice")
    return fields


def _day(text: str) -> date:
    if _DAY.fullmatch(text) is None:
        raise ValueError("published is a day, like 2026-11-28")
    return date.fromisoformat(text)


def _is_page(text: str) -> bool:
    if len(text) > PAGE_CHARS_MAX or not text.isascii() or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
