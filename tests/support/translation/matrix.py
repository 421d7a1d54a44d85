"""Every cell of the matrix, tried, and the document they make."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.support.translation.answered import KINDS, Kind, heard, streamed, whole
from tests.support.translation.arrived import ARRIVED, PROVIDERS
from tests.support.translation.asked import APPS, Feature, asked
from wattfare_desktop.providers.dialect import (
    JSON_TYPE,
    AppRequest,
    CallRequest,
    DialectName,
    RequestRefusal,
    UpstreamAnswer,
)
from wattfare_desktop.providers.dialects import Carried, Dialects
from wattfare_desktop.providers.wire import encoded

NAMES: Final = {
    DialectName.OPENAI_CHAT: "OpenAI chat completions",
    DialectName.OPENAI_RESPONSES: "OpenAI responses",
    DialectName.ANTHROPIC_MESSAGES: "Anthropic messages",
    DialectName.GEMINI_GENERATE: "Gemini generateContent",
    DialectName.OLLAMA_CHAT: "Ollama chat",
}
MODELS: Final = {
    DialectName.OPENAI_CHAT: "gpt-5-mini",
    DialectName.OPENAI_RESPONSES: "gpt-5-mini",
    DialectName.ANTHROPIC_MESSAGES: "claude-haiku-4-5",
    DialectName.GEMINI_GENERATE: "gemini-2.5-flash",
    DialectName.OLLAMA_CHAT: "llama3.2",
}
_INTRODUCTION: Final = """\
# What can be asked of whom

An app speaks the API it was written for; the model may be at a provider that speaks another. This
is what Wattfare carries over between them, streamed and whole. What cannot be carried is refused
with status 400 and named as the app wrote it (`param` of the error), never left out. Where app and
provider speak the same API nothing is translated.

This page is made by `make docs`, which tries every cell; a test fails where it is not what a cell
really does. Models of one provider may still differ in what they take.
"""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One app asking one provider for one feature; ``refused`` names what is in the way."""

    app: DialectName
    provider: DialectName
    feature: Feature
    refused: str | None


def cells(app: DialectName, *, stream: bool) -> Iterator[Cell]:
    """Try all that an app's API has words for at every provider.

    Raises AssertionError where something is neither carried nor refused by name.
    """
    for feature in Feature:
        if asked(app, feature) is None:
            continue
        for provider in PROVIDERS:
            refused = _tried(app, provider, feature, stream=stream)
            yield Cell(app=app, provider=provider, feature=feature, refused=refused)


def request_of(app: DialectName, feature: Feature, *, stream: bool, model: str) -> AppRequest:
    """Return what an app sends that asks for ``feature``."""
    body: Any = json.loads(json.dumps(asked(app, feature)))
    target, query = "", {}
    if app is DialectName.GEMINI_GENERATE:
        verb = "streamGenerateContent" if stream else "generateContent"
        target, query = f"{model}:{verb}", {"alt": "sse"} if stream else {}
    else:
        # Ollama streams unless it is told not to.
        says = stream or app is DialectName.OLLAMA_CHAT
        body = {**body, "model": model, **({"stream": stream} if says else {})}
    return AppRequest(body=body, body_bytes=len(encoded(body)), target=target, query=query)


def require_arrived(provider: DialectName, feature: Feature, body: Any) -> None:
    """Assert that a provider got what was asked, in its words."""
    text = encoded(body).decode()
    for part in ARRIVED[provider][feature]:
        assert part in text, f"{feature} did not reach {provider}: {part} is not in {text}"


def require_heard(app: DialectName, kind: Kind, told: bytes, *, stream: bool) -> None:
    """Assert that an app got what was answered, in its words."""
    # The spaces in JSON mean nothing, and those in a text stand before no quote.
    text = told.decode().replace('": ', '":').replace(', "', ',"').replace(", {", ",{")
    for part in heard(app, kind, stream=stream):
        assert part in text, f"{kind} did not come back to {app}: {part} is not in {text}"


def _tried(
    app: DialectName, provider: DialectName, feature: Feature, *, stream: bool
) -> str | None:
    dialects, model = Dialects(), MODELS[provider]
    call = dialects[app].read_request(request_of(app, feature, stream=stream, model="asked"))
    assert isinstance(call, CallRequest), call
    carried = dialects.carry(call, app, [provider], model)
    if isinstance(carried, RequestRefusal):
        assert carried.param, f"{feature} is refused without a name: {carried}"
        return carried.param
    sent = carried.dialect.upstream_request(carried.call, model)
    require_arrived(provider, feature, sent.body)
    kind = KINDS.get(feature, Kind.TEXT)
    told = _streamed(carried, provider, kind) if stream else _whole(carried, provider, kind)
    require_heard(app, kind, told, stream=stream)
    return None


def _whole(carried: Carried, provider: DialectName, kind: Kind) -> bytes:
    body = whole(provider, kind)
    answer = UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=encoded(body), parsed=body)
    read = carried.dialect.read_answer(carried.call, answer)
    assert read is not None, "it is an answer"
    assert read.report is not None, "it tells its usage"
    return answer.raw if read.body is None else read.body


def _streamed(carried: Carried, provider: DialectName, kind: Kind) -> bytes:
    reader = carried.dialect.stream_reader(carried.call)
    told = [part for event in streamed(provider, kind) for part in reader.feed(event)]
    told += reader.finish()
    assert reader.done, "its end was seen"
    assert reader.report is not None, "it told its usage"
    return b"".join(told)


def document() -> str:
    """Return the matrix as Markdown."""
    return "\n".join([_INTRODUCTION, *(_section(app) for app in APPS)])


def _section(app: DialectName) -> str:
    tried = list(cells(app, stream=False))
    assert tried == list(cells(app, stream=True)), "a stream carries what a whole answer does"
    rows: dict[Feature, list[str]] = {}
    for cell in tried:
        rows.setdefault(cell.feature, []).append(_shown(cell))
    lines = [
        f"## An app of {NAMES[app]}",
        "",
        f"| | {' | '.join(NAMES[provider] for provider in PROVIDERS)} |",
        f"|---|{'---|' * len(PROVIDERS)}",
        *(f"| {feature} | {' | '.join(shown)} |" for feature, shown in rows.items()),
        "",
    ]
    unknown = [feature.value for feature in Feature if feature not in rows]
    if unknown:
        lines += [f"This API has no words for: {', '.join(unknown)}.", ""]
    return "\n".join(lines)


def _shown(cell: Cell) -> str:
    if cell.refused is not None:
        return f"refused: `{cell.refused}`"
    return "untouched" if cell.app is cell.provider else "yes"
