"""Every operation of the three APIs asked of a provider that has only one of them, as a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from tests.support.asked import form
from wattfare_desktop.providers.dialect import (
    FORM_DIALECTS,
    AppRequest,
    CallRequest,
    DialectName,
    FormPart,
    RequestRefusal,
)
from wattfare_desktop.providers.dialects import Dialects
from wattfare_desktop.providers.wire import encoded

OPERATIONS: Final = {
    DialectName.OPENAI_CHAT: "OpenAI chat completions",
    DialectName.OPENAI_RESPONSES: "OpenAI responses",
    DialectName.OPENAI_EMBEDDINGS: "OpenAI embeddings",
    DialectName.OPENAI_IMAGES: "OpenAI images",
    DialectName.OPENAI_TRANSCRIPTIONS: "OpenAI transcription",
    DialectName.OPENAI_SPEECH: "OpenAI speech",
    DialectName.OPENAI_MODERATIONS: "OpenAI moderations",
    DialectName.ANTHROPIC_MESSAGES: "Anthropic messages",
    DialectName.ANTHROPIC_COUNT_TOKENS: "Anthropic count_tokens",
    DialectName.GEMINI_GENERATE: "Gemini generateContent",
    DialectName.GEMINI_COUNT_TOKENS: "Gemini countTokens",
    DialectName.GEMINI_EMBED: "Gemini embedContent",
}
_MODELS: Final = {
    DialectName.OPENAI_EMBEDDINGS: "text-embedding-3-small",
    DialectName.OPENAI_IMAGES: "gpt-image-1",
    DialectName.OPENAI_TRANSCRIPTIONS: "whisper-1",
    DialectName.OPENAI_SPEECH: "tts-1",
    DialectName.OPENAI_MODERATIONS: "omni-moderation-latest",
    DialectName.ANTHROPIC_MESSAGES: "claude-haiku-4-5",
    DialectName.ANTHROPIC_COUNT_TOKENS: "claude-haiku-4-5",
    DialectName.GEMINI_GENERATE: "gemini-2.5-flash",
    DialectName.GEMINI_COUNT_TOKENS: "gemini-2.5-flash",
    DialectName.GEMINI_EMBED: "gemini-embedding-001",
}
_SAID: Final = [{"role": "user", "content": "Say hello"}]
_PARTS: Final = {"role": "user", "parts": [{"text": "Say hello"}]}
_BODIES: Final[dict[DialectName, dict[str, Any]]] = {
    DialectName.OPENAI_CHAT: {"messages": _SAID},
    DialectName.OPENAI_RESPONSES: {"input": "Say hello"},
    DialectName.OPENAI_EMBEDDINGS: {"input": "Say hello"},
    DialectName.OPENAI_IMAGES: {"prompt": "A hat"},
    DialectName.OPENAI_SPEECH: {"input": "Hello", "voice": "alloy"},
    DialectName.OPENAI_MODERATIONS: {"input": "Say hello"},
    DialectName.ANTHROPIC_MESSAGES: {"max_tokens": 900, "messages": _SAID},
    DialectName.ANTHROPIC_COUNT_TOKENS: {"messages": _SAID},
}
_GEMINI: Final[dict[DialectName, tuple[str, dict[str, Any]]]] = {
    DialectName.GEMINI_GENERATE: ("generateContent", {"contents": [_PARTS]}),
    DialectName.GEMINI_COUNT_TOKENS: ("countTokens", {"contents": [_PARTS]}),
    DialectName.GEMINI_EMBED: ("embedContent", {"content": _PARTS}),
}
_INTRODUCTION: Final = """\
## Every operation

Down the side what an app calls, above what a provider answers: *passes* as it is, *translated*, or
refused by the `param` of the error, because no such provider does anything of the kind. A provider
that answers several of these is sent each as it came. Counting is never refused for that: where the
model's provider counts no tokens the wallet guesses them, and says so in `x-wattfare-estimated`.
"""


class Way(StrEnum):
    """How a call gets to its provider."""

    PASSES = "passes"
    TRANSLATED = "translated"


@dataclass(frozen=True, kw_only=True)
class OperationCell:
    """One operation asked of one provider: the way it went, or what names its refusal."""

    app: DialectName
    provider: DialectName
    way: Way | None
    refused: str | None


def operation_cells() -> Iterator[OperationCell]:
    """Try every operation at every provider.

    Raises AssertionError where a call is neither carried nor refused by name.
    """
    for app in OPERATIONS:
        for provider in OPERATIONS:
            tried = _tried(app, provider)
            way, refused = (tried, None) if isinstance(tried, Way) else (None, tried)
            yield OperationCell(app=app, provider=provider, way=way, refused=refused)


def operation_table() -> str:
    """Return all cells as Markdown."""
    rows: dict[DialectName, list[str]] = {}
    for cell in operation_cells():
        shown = f"refused: `{cell.refused}`" if cell.way is None else cell.way.value
        rows.setdefault(cell.app, []).append(shown)
    lines = [
        _INTRODUCTION,
        f"| | {' | '.join(OPERATIONS.values())} |",
        f"|---|{'---|' * len(OPERATIONS)}",
        *(f"| {OPERATIONS[app]} | {' | '.join(row)} |" for app, row in rows.items()),
        "",
    ]
    return "\n".join(lines)


def _tried(app: DialectName, provider: DialectName) -> Way | str:
    dialects, model = Dialects(), _model(provider)
    call = dialects[app].read_request(_request(app))
    assert isinstance(call, CallRequest), call
    carried = dialects.carry(call, app, [provider], model)
    if isinstance(carried, RequestRefusal):
        assert carried.param, f"{app} is refused without a name: {carried}"
        assert carried.code == "operation_not_supported"
        return carried.param
    assert carried.spoken is provider
    # What is sent is a request its provider's own dialect takes, to a path of that operation.
    sent = carried.dialect.upstream_request(carried.call, model)
    plain = dialects[provider].read_request(_request(provider))
    assert isinstance(plain, CallRequest), plain
    assert sent.path == dialects[provider].upstream_request(plain, model).path
    if carried.dialect is dialects[provider]:
        assert carried.call is call
        return Way.PASSES
    return Way.TRANSLATED


def _model(name: DialectName) -> str:
    return _MODELS.get(name, "gpt-5-mini")


def _request(name: DialectName) -> AppRequest:
    """Return the least that an app asks of an operation."""
    model = _model(name)
    if name in _GEMINI:
        verb, body = _GEMINI[name]
        return AppRequest(body=body, body_bytes=len(encoded(body)), target=f"{model}:{verb}")
    if name in FORM_DIALECTS:
        sound = FormPart(name="file", content=b"ID3", file_name="a.mp3")
        return AppRequest(body=form(sound, model=model), body_bytes=9)
    body = {"model": model, **_BODIES[name]}
    return AppRequest(body=body, body_bytes=len(encoded(body)))
