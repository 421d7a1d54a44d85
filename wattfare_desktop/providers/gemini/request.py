"""How much a request to generate can cost at most; what cannot be bounded is refused by name.

Only what decides the cost is judged; everything else is Google's to judge and passes as it is.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.providers.dialect import AppRequest, CallRequest, RequestRefusal
from wattfare_desktop.providers.gemini.reading import (
    Refused,
    a_text,
    a_whole,
    an_object,
    body_of,
    model_and_verb,
    objects,
)
from wattfare_desktop.providers.gemini.usage import BEFORE_3

GENERATE: Final = "generateContent"
STREAM: Final = "streamGenerateContent"

CONTENTS_MAX: Final = 100_000
CANDIDATES_MAX: Final = 8
OUTPUT_TOKENS_LIMIT: Final = 100_000_000

# What Google's template may add to the text it is sent, as for any other provider: something
# hidden before it all, the marks of each turn, the prose that introduces tools.
TEMPLATE_TOKENS: Final = 256
TURN_TOKENS: Final = 16
TOOLS_TOKENS: Final = 256
TOOL_TOKENS: Final = 32

_TEXT_MEMBERS: Final = frozenset(
    {
        "codeExecutionResult",
        "executableCode",
        "functionCall",
        "functionResponse",
        "partMetadata",
        "text",
        "thought",
        "thoughtSignature",
        "toolCall",
        "toolResponse",
    }
)

# These put text before the model that is not in the request: the input is then bounded by the
# model's window alone. ``computerUse`` brings functions of Google's own.
_WINDOW_TOOLS: Final = frozenset({"codeExecution", "computerUse", "urlContext"})
# Kept at Google, and so not counted here, but read into the window like anything else.
_WINDOW_MEMBERS: Final = ("cachedContent", "continuationToken")
_PICTURE_MEMBERS: Final = frozenset({"inlineData", "mediaResolution"})

_UNBOUNDED_TOOLS: Final = {
    "enterpriseWebSearch": "its searches have no bound",
    "exaAiSearch": "its searches have no bound",
    "fileSearch": "text kept at the provider cannot be counted here",
    "googleMaps": "its look-ups are billed apart from tokens",
    "googleSearchRetrieval": "its searches are billed apart from tokens",
    "mcpServers": "tools the provider calls have no bound",
    "parallelAiSearch": "its searches have no bound",
    "retrieval": "its searches are billed apart from tokens",
}
_MAKES_PICTURES: Final = re.compile(r".*(image|banana).*")
# Models that answer in sound alone have its rate as that of their output.
_SPEAKS_ALWAYS: Final = re.compile(r".*-tts.*")
_STANDARD_TIERS: Final = frozenset({"standard", "unspecified", "service_tier_unspecified"})


@dataclass(frozen=True, slots=True, kw_only=True)
class GeminiCall(CallRequest):
    """A call of this API. ``as_array``: its app wants the stream as one JSON array."""

    as_array: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a request gives the model to read."""

    turns: int = 0
    media_parts: int = 0
    media_bytes: int = 0
    image_parts: int = 0
    image_bytes: int = 0

    def __add__(self, other: "Material") -> "Material":
        return Material(
            turns=self.turns + other.turns,
            media_parts=self.media_parts + other.media_parts,
            media_bytes=self.media_bytes + other.media_bytes,
            image_parts=self.image_parts + other.image_parts,
            image_bytes=self.image_bytes + other.image_bytes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tools:
    declared: int = 0
    beyond_text: int = 0
    searches: int = 0


_LATER: Final = "what is answered later cannot be watched by any hold"
_UNBOUNDED_VERBS: Final = {
    "asyncBatchEmbedContent": _LATER,
    "batchGenerateContent": _LATER,
    "predictLongRunning": _LATER,
}


def read_generate_request(asked: AppRequest) -> GeminiCall | RequestRefusal:
    """Read a request to ``generateContent`` or ``streamGenerateContent``.

    JSON text is never shorter than the text inside it, so its length bounds the input tokens.
    """
    try:
        return _read(asked)
    except Refused as refused:
        return refused.refusal


def _read(asked: AppRequest) -> GeminiCall:
    body = body_of(asked)
    model, verb = model_and_verb(asked.target)
    stream = _is_stream(verb)
    as_array = _wants_array(asked)
    # The model in the path is the one that counts.
    body.pop("model", None)
    config = an_object(body, "generationConfig", "generationConfig")
    material = read_contents(body, "contents")
    tools = _tools(body, model)
    window = tools.beyond_text + sum(body.get(name) is not None for name in _WINDOW_MEMBERS)
    return GeminiCall(
        model=model,
        stream=stream,
        as_array=stream and as_array,
        wants_usage=stream,
        choices=_whole(config, "candidateCount", CANDIDATES_MAX) or 1,
        text_tokens_max=max(0, asked.body_bytes - material.image_bytes)
        + overhead(material.turns, tools.declared),
        text_bytes=max(0, asked.body_bytes - material.media_bytes),
        media_parts=material.media_parts + window,
        image_parts=material.image_parts,
        output_tokens_max=_whole(config, "maxOutputTokens", OUTPUT_TOKENS_LIMIT),
        service_tier=_service_tier(body),
        counted_max=_counted(model, config, tools.searches),
        body=body,
    )


def _is_stream(verb: str) -> bool:
    if verb in _UNBOUNDED_VERBS:
        message = f"'{verb}' is not allowed by this wallet: {_UNBOUNDED_VERBS[verb]}."
        raise Refused(message, "method", "unbounded_cost", 403)
    if verb not in {GENERATE, STREAM}:
        raise Refused(
            f"'{verb}' is not allowed by this wallet: it takes '{GENERATE}', '{STREAM}',"
            " 'countTokens', 'embedContent' and 'batchEmbedContents'.",
            "method",
            "unknown_method",
            404,
        )
    return verb == STREAM


def _wants_array(asked: AppRequest) -> bool:
    form = asked.query.get("alt") or asked.query.get("$alt") or "json"
    if form not in {"json", "sse"}:
        raise Refused("'alt' must be 'json' or 'sse'.", "alt")
    return form == "json"


def overhead(turns: int, tools: int) -> int:
    """Return what may be added to a text of ``turns`` with ``tools``, in tokens."""
    told = TOOLS_TOKENS + TOOL_TOKENS * tools if tools else 0
    return TEMPLATE_TOKENS + TURN_TOKENS * turns + told


def read_contents(body: dict[str, Any], name: str) -> Material:
    """Return what the contents and the system's instruction give the model to read."""
    contents = objects(body, name, name)
    if not 0 < len(contents) <= CONTENTS_MAX:
        raise Refused(f"'{name}' must hold 1 to {CONTENTS_MAX} contents.", name)
    material = Material()
    for index, content in enumerate(contents):
        material += read_content(content, f"{name}[{index}]")
    system = body.get("systemInstruction")
    if system is not None and not isinstance(system, str):
        instruction = an_object(body, "systemInstruction", "systemInstruction")
        material += read_content(instruction, "systemInstruction")
    return material


def read_content(content: dict[str, Any], where: str) -> Material:
    """Return what one content gives the model to read."""
    parts = size = images = image_bytes = 0
    for part in objects(content, "parts", f"{where}.parts"):
        spoken = part.get("functionResponse")
        answers_in_media = isinstance(spoken, dict) and spoken.get("parts")
        if answers_in_media or not _TEXT_MEMBERS.issuperset(part):
            parts += 1
            size += _longest_text(part)
            if (pixels := _picture(part)) is not None:
                images += 1
                image_bytes += len(pixels)
    return Material(
        turns=1,
        media_parts=parts,
        media_bytes=size,
        image_parts=images,
        image_bytes=image_bytes,
    )


def _picture(part: dict[str, Any]) -> str | None:
    """Return the data of a part that is one picture and nothing else."""
    blob = part.get("inlineData")
    if not isinstance(blob, dict) or not part.keys() <= _PICTURE_MEMBERS:
        return None
    kind, data = blob.get("mimeType"), blob.get("data")
    is_picture = isinstance(kind, str) and kind.startswith("image/")
    return data if is_picture and isinstance(data, str) else None


def _longest_text(part: dict[str, Any]) -> int:
    """Return the length of the data inside a part such as an inline image."""
    found = 0
    for value in part.values():
        inner = value.values() if isinstance(value, dict) else (value,)
        found = max([found, *(len(text) for text in inner if isinstance(text, str))])
    return found


def _tools(body: dict[str, Any], model: str) -> _Tools:
    declared = beyond_text = searches = 0
    for index, tool in enumerate(objects(body, "tools", "tools")):
        for name in tool:
            where = f"tools[{index}].{name}"
            if name == "functionDeclarations":
                declared += len(objects(tool, name, where))
            elif name == "googleSearch" and BEFORE_3.fullmatch(model.lower()):
                searches = 1
                beyond_text += 1
            elif name in _WINDOW_TOOLS:
                beyond_text += 1
            else:
                raise _unbounded_tool(name, where)
    return _Tools(declared=declared, beyond_text=beyond_text, searches=searches)


def _unbounded_tool(name: str, where: str) -> Refused:
    reason = _UNBOUNDED_TOOLS.get(name, "what it costs is not known")
    if name == "googleSearch":
        reason = "this model may make any number of searches, each with a price"
    return Refused(f"'{name}' is not allowed by this wallet: {reason}.", where, "unbounded_cost")


def _counted(model: str, config: dict[str, Any], searches: int) -> dict[UnitKind, int]:
    """Return what must have a price of its own, and how often it can be billed.

    Pictures and sound are tokens, bounded with the others: what is asked is that their rate is
    known.
    """
    name = model.lower()
    modalities = _modalities(config)
    counted: dict[UnitKind, int] = {}
    if "IMAGE" in modalities or _MAKES_PICTURES.fullmatch(name):
        counted[UnitKind.OUTPUT_IMAGE] = 0
    if "AUDIO" in modalities and not _SPEAKS_ALWAYS.fullmatch(name):
        counted[UnitKind.OUTPUT_AUDIO] = 0
    if searches:
        counted[UnitKind.WEB_SEARCH] = searches
    return counted


def _modalities(config: dict[str, Any]) -> set[str]:
    asked = config.get("responseModalities") or []
    told = {asked} if isinstance(asked, str) else {each for each in asked if isinstance(each, str)}
    for shape in objects(config, "responseFormat", "generationConfig.responseFormat"):
        told |= set(shape)
    modalities = {each.upper() for each in told} - {"MODALITY_UNSPECIFIED"}
    if modalities - {"TEXT", "IMAGE", "AUDIO"}:
        raise Refused(
            '\'responseModalities\' may hold "TEXT", "IMAGE" and "AUDIO": other output is not'
            " metered yet.",
            "generationConfig.responseModalities",
            "unbounded_cost",
        )
    return modalities


def _service_tier(body: dict[str, Any]) -> str | None:
    asked = a_text(body, "serviceTier", "serviceTier")
    tier = "" if asked is None else asked.lower()
    return None if not tier or tier in _STANDARD_TIERS else tier


def _whole(config: dict[str, Any], name: str, most: int) -> int | None:
    return a_whole(config, name, f"generationConfig.{name}", 1, most)
