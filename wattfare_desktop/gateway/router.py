"""From a method and a path to a handler, by a table of constant paths with named gaps.

A gap ``{name}`` stands for one segment of a few plain characters, ``{rest}`` for what may be the
name of a model, slashes included, and so does ``{model}``, whose slashes may be written ``%2F``, as
SDKs do. Of two patterns that fit, the first counts. Nothing else is normalised: a path that is not
in the table has no handler, so no spelling of ``..`` or ``%2e`` reaches anything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_GAP: Final = re.compile(r"\{[a-z]+\}", re.ASCII)
_SEGMENT: Final = r"([A-Za-z0-9_-]{1,64})"
# Names of models carry dots, colons and slashes; a step of dots alone is no name.
_REST: Final = r"((?!\.)[A-Za-z0-9._:@-]{1,128}(?:/(?!\.)[A-Za-z0-9._:@-]{1,128}){0,4})"
_SLASH: Final = re.compile("%2F", re.IGNORECASE)
_PATTERNS: Final = {"{rest}": _REST, "{model}": _REST.replace("(?:/", "(?:(?:/|%2[Ff])")}


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """What stands at a path, and what the gaps of its pattern were."""

    found: T
    gaps: Mapping[str, str]


class Router(Generic[T]):
    """Finds what stands at a path; ``routes`` is by (method, pattern)."""

    def __init__(self, routes: Mapping[tuple[str, str], T]) -> None:
        self._constant = {key: found for key, found in routes.items() if "{" not in key[1]}
        self._patterns = [
            (method, _compiled(pattern), tuple(gap[1:-1] for gap in _GAP.findall(pattern)), found)
            for (method, pattern), found in routes.items()
            if "{" in pattern
        ]

    def find(self, method: str, path: str) -> Match[T] | None:
        """Return what stands at ``path`` for ``method``; None where nothing does."""
        constant = self._constant.get((method, path))
        if constant is not None:
            return Match(constant, {})
        for its_method, pattern, names, found in self._patterns:
            if its_method == method and (match := pattern.fullmatch(path)):
                gaps = (_SLASH.sub("/", gap) for gap in match.groups())
                return Match(found, dict(zip(names, gaps, strict=True)))
        return None

    def methods(self, path: str) -> frozenset[str]:
        """Return the methods that something stands at ``path`` for: none where nothing does."""
        constant = {method for method, its_path in self._constant if its_path == path}
        gapped = {method for method, pattern, _, _ in self._patterns if pattern.fullmatch(path)}
        return frozenset(constant | gapped)


def _compiled(pattern: str) -> re.Pattern[str]:
    parts = _GAP.split(pattern)
    gaps = [_PATTERNS.get(gap, _SEGMENT) for gap in _GAP.findall(pattern)]
    text = re.escape(parts[0])
    for gap, part in zip(gaps, parts[1:], strict=True):
        text += gap + re.escape(part)
    return re.compile(text, re.ASCII)
