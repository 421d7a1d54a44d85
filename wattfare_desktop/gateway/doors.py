"""Which paths of the public port take calls: in which dialect, and for which provider.

The paths right below the root take any model the wallet can pay for. Those below a provider's own
name, or below ``/p/`` and its id, reach that provider alone; they are what its stock SDK appends to
the base address it is given.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from wattfare_desktop.providers.anthropic.family import AnthropicFamily
from wattfare_desktop.providers.dialect import DialectName, Family
from wattfare_desktop.providers.gemini.family import GeminiFamily
from wattfare_desktop.providers.ollama.family import OllamaFamily
from wattfare_desktop.providers.openai.family import OpenAiFamily
from wattfare_desktop.providers.queues import QueueFamily

_ANY: Final = ("", "/p/{provider}")
"""Where every API stands: at the root, and below any provider's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A path that takes calls; ``provider`` is None where the path or the model names it.

    ``verb`` is how the path goes on after a model's name.
    """

    pattern: str
    dialect: DialectName
    provider: str | None
    verb: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Api:
    """One API: its calls and its lists of models by their paths, below each of its ``bases``.

    ``bases`` are its own names and the provider behind each; it stands below ``_ANY`` besides.
    ``own_listings`` are lists that only stand below its own names: elsewhere another API has them.
    ``marks`` are what its paths are known by, wherever they begin; ``header`` is one that only its
    SDKs send.
    """

    family: Family
    bases: Mapping[str, str]
    calls: Mapping[str, DialectName]
    listings: tuple[str, ...] = ()
    own_listings: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    verbs: Mapping[str, DialectName] = field(default_factory=dict)
    header: str | None = None

    def doors(self) -> Iterator[Door]:
        """Return every path that takes calls."""
        for base, provider in self._all_bases():
            for path, dialect in self.calls.items():
                yield Door(pattern=base + path, dialect=dialect, provider=provider)
            for listing in self.listings + self.own_listings:
                for verb, dialect in self.verbs.items():
                    pattern = f"{base}{listing}/{{rest}}{verb}"
                    yield Door(pattern=pattern, dialect=dialect, provider=provider, verb=verb)

    def lists(self) -> Iterator[tuple[str, str | None]]:
        """Return every path that lists models, and the provider behind it."""
        for base, provider in self._all_bases():
            for path in self.listings:
                yield base + path, provider
        for base, provider in self.bases.items():
            for path in self.own_listings:
                yield base + path, provider

    def has(self, path: str) -> bool:
        """Return whether ``path`` is one of this API's, whether or not anything stands there."""
        return any(path.startswith(f"{base}/") for base in self.bases) or any(
            mark in path for mark in self.marks
        )

    def _all_bases(self) -> Iterator[tuple[str, str | None]]:
        yield from ((base, None) for base in _ANY)
        yield from self.bases.items()


def _openai() -> _Api:
    return _Api(
        family=OpenAiFamily(),
        bases={"/openai": "openai", "/openrouter": "openrouter"},
        calls={
            "/v1/chat/completions": DialectName.OPENAI_CHAT,
            "/v1/responses": DialectName.OPENAI_RESPONSES,
            "/v1/embeddings": DialectName.OPENAI_EMBEDDINGS,
            "/v1/moderations": DialectName.OPENAI_MODERATIONS,
            "/v1/audio/transcriptions": DialectName.OPENAI_TRANSCRIPTIONS,
            "/v1/audio/speech": DialectName.OPENAI_SPEECH,
            "/v1/images/generations": DialectName.OPENAI_IMAGES,
            "/v1/images/edits": DialectName.OPENAI_IMAGE_EDITS,
        },
        listings=("/v1/models",),
    )


def _queues() -> _Api:
    # Their paths are not made of a base and an operation: ``queues`` has them.
    return _Api(family=QueueFamily(), bases={"/replicate": "replicate", "/fal": "fal"}, calls={})


def _anthropic() -> _Api:
    return _Api(
        family=AnthropicFamily(),
        bases={"/anthropic": "anthropic"},
        calls={
            "/v1/messages": DialectName.ANTHROPIC_MESSAGES,
            "/v1/messages/count_tokens": DialectName.ANTHROPIC_COUNT_TOKENS,
        },
        own_listings=("/v1/models",),
        marks=("/v1/messages",),
        header="anthropic-version",
    )


def _gemini() -> _Api:
    return _Api(
        family=GeminiFamily(),
        bases={"/gemini": "google"},
        calls={},
        listings=("/v1beta/models",),
        own_listings=("/v1/models",),
        # OpenAI has models below /v1/models too; only here a model's name has a verb.
        marks=("/v1beta/", ":"),
        verbs={
            ":countTokens": DialectName.GEMINI_COUNT_TOKENS,
            ":embedContent": DialectName.GEMINI_EMBED,
            ":batchEmbedContents": DialectName.GEMINI_EMBED,
            # Its own two, and whatever else is asked: refused by name, in its words.
            "": DialectName.GEMINI_GENERATE,
        },
        header="x-goog-api-key",
    )


def _ollama() -> _Api:
    return _Api(
        family=OllamaFamily(),
        bases={"/ollama": "ollama"},
        calls={
            "/api/chat": DialectName.OLLAMA_CHAT,
            "/api/generate": DialectName.OLLAMA_GENERATE,
            "/api/embed": DialectName.OLLAMA_EMBED,
        },
        listings=("/api/tags",),
        marks=("/api/",),
    )


class Doors:
    """Every path that takes calls or lists models, and in whose words each speaks of errors."""

    def __init__(self) -> None:
        openai = _openai()
        self.openai = openai.family
        self._others = (_queues(), _anthropic(), _gemini(), _ollama())
        self._all = (openai, *self._others)

    def calls(self) -> Iterator[Door]:
        """Return every path that takes calls."""
        for api in self._all:
            yield from api.doors()

    def listings(self) -> Iterator[tuple[str, str | None, Family]]:
        """Return every path that lists models, the provider behind it, and how it is written."""
        for api in self._all:
            for path, provider in api.lists():
                yield path, provider, api.family

    def family_of(self, headers: Mapping[str, str], usual: Family) -> Family:
        """Return the family whose SDK sent ``headers``; ``usual`` where they do not tell.

        Three APIs have their list of models at one path below the root.
        """
        told = (api.family for api in self._others if api.header and api.header in headers)
        return next(told, usual)

    def family_at(self, path: str) -> Family:
        """Return the family of ``path``, whether or not anything stands there."""
        return next((api.family for api in self._others if api.has(path)), self.openai)
