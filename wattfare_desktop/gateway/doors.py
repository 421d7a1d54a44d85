"""Which paths of the public port take calls: in which dialect, and for which provider.

The paths right below the root take any model the wallet can pay for. Those below a provider's own
name, or below ``/p/`` and its id, reach that provider alone; they are what its stock SDK appends to
the base address it is given.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from wattfare_desktop.providers.anthropic.family import AnthropicFamily
from wattfare_desktop.providers.dialect import DialectName, Family
from wattfare_desktop.providers.openai.family import OpenAiFamily

_OPENAI: Final[Mapping[str, DialectName]] = {
    "/v1/chat/completions": DialectName.OPENAI_CHAT,
    "/v1/responses": DialectName.OPENAI_RESPONSES,
}
_ANTHROPIC: Final[Mapping[str, DialectName]] = {
    "/v1/messages": DialectName.ANTHROPIC_MESSAGES,
    "/v1/messages/count_tokens": DialectName.ANTHROPIC_COUNT_TOKENS,
}
_ANTHROPIC_BASE: Final = "/anthropic"
_BASES: Final[Mapping[str, str | None]] = {
    "": None,
    "/openai": "openai",
    "/openrouter": "openrouter",
    "/p/{provider}": None,
}
"""Where paths begin, and the provider behind each; None where the path or the model names it."""
_ANTHROPIC_BASES: Final[Mapping[str, str | None]] = {
    "": None,
    _ANTHROPIC_BASE: "anthropic",
    "/p/{provider}": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A path that takes calls; ``provider`` is None where the path or the model names it."""

    pattern: str
    dialect: DialectName
    provider: str | None


def doors() -> Iterator[Door]:
    """Return every path that takes calls."""
    for base, provider in _BASES.items():
        for path, dialect in _OPENAI.items():
            yield Door(pattern=base + path, dialect=dialect, provider=provider)
    for base, provider in _ANTHROPIC_BASES.items():
        for path, dialect in _ANTHROPIC.items():
            yield Door(pattern=base + path, dialect=dialect, provider=provider)


def listing_doors() -> Iterator[tuple[str, str | None]]:
    """Return every path that lists models, and the provider behind it."""
    for base, provider in _BASES.items():
        yield f"{base}/v1/models", provider
    yield f"{_ANTHROPIC_BASE}/v1/models", "anthropic"


class Families:
    """In whose words what stands at a path speaks of errors."""

    def __init__(self) -> None:
        self.openai = OpenAiFamily()
        self._anthropic = AnthropicFamily()

    def at(self, path: str) -> Family:
        """Return the family of ``path``, whether or not anything stands there."""
        if path.startswith(f"{_ANTHROPIC_BASE}/") or "/v1/messages" in path:
            return self._anthropic
        return self.openai
