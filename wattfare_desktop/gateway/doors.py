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
from wattfare_desktop.providers.gemini.family import GeminiFamily
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
_GEMINI: Final[Mapping[str, DialectName]] = {
    ":countTokens": DialectName.GEMINI_COUNT_TOKENS,
    ":embedContent": DialectName.GEMINI_EMBED,
    ":batchEmbedContents": DialectName.GEMINI_EMBED,
    # Its own two, and whatever else is asked: refused by name, in its words.
    "": DialectName.GEMINI_GENERATE,
}
_GEMINI_BASE: Final = "/gemini"
_GEMINI_BASES: Final[Mapping[str, str | None]] = {
    "": None,
    _GEMINI_BASE: "google",
    "/p/{provider}": None,
}
_GEMINI_VERSIONS: Final = ("/v1beta", "/v1")
_ANTHROPIC_BASES: Final[Mapping[str, str | None]] = {
    "": None,
    _ANTHROPIC_BASE: "anthropic",
    "/p/{provider}": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A path that takes calls; ``provider`` is None where the path or the model names it.

    ``verb`` is how the path goes on after a model's name.
    """

    pattern: str
    dialect: DialectName
    provider: str | None
    verb: str = ""


def doors() -> Iterator[Door]:
    """Return every path that takes calls."""
    for base, provider in _BASES.items():
        for path, dialect in _OPENAI.items():
            yield Door(pattern=base + path, dialect=dialect, provider=provider)
    for base, provider in _GEMINI_BASES.items():
        for version in _GEMINI_VERSIONS:
            for verb, dialect in _GEMINI.items():
                pattern = f"{base}{version}/models/{{rest}}{verb}"
                yield Door(pattern=pattern, dialect=dialect, provider=provider, verb=verb)
    for base, provider in _ANTHROPIC_BASES.items():
        for path, dialect in _ANTHROPIC.items():
            yield Door(pattern=base + path, dialect=dialect, provider=provider)


def listing_doors() -> Iterator[tuple[str, str | None]]:
    """Return every path that lists models, and the provider behind it."""
    for base, provider in _BASES.items():
        yield f"{base}/v1/models", provider
    for base, provider in _GEMINI_BASES.items():
        yield f"{base}/v1beta/models", provider
    yield f"{_GEMINI_BASE}/v1/models", "google"
    yield f"{_ANTHROPIC_BASE}/v1/models", "anthropic"


class Families:
    """In whose words what stands at a path speaks of errors."""

    def __init__(self) -> None:
        self.openai = OpenAiFamily()
        self._gemini = GeminiFamily()
        self._anthropic = AnthropicFamily()

    def at(self, path: str) -> Family:
        """Return the family of ``path``, whether or not anything stands there."""
        if path.startswith(f"{_ANTHROPIC_BASE}/") or "/v1/messages" in path:
            return self._anthropic
        if _is_gemini(path):
            return self._gemini
        return self.openai


def _is_gemini(path: str) -> bool:
    # OpenAI has models below /v1/models too; only here a model's name goes on with a verb.
    is_verb = ":" in path.rpartition("/models/")[2]
    return path.startswith(f"{_GEMINI_BASE}/") or "/v1beta/" in path or is_verb
