"""What each operation of the providers' APIs takes and answers.

Of a request that is described which the wallet reads to price it; what else a provider
understands passes. What has no bound is refused by name. Of an answer that is described which
every provider of the API gives.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from api_document.common import Words
from api_document.shapes import (
    JSON_TYPE,
    Json,
    flag,
    listed,
    members,
    one_of,
    or_null,
    query,
    schema,
    text,
    whole,
)
from wattfare_desktop.providers.dialect import SSE_TYPE, DialectName

FORM_TYPE = "multipart/form-data"
LINES_TYPE = "application/x-ndjson"
_STREAM = {SSE_TYPE: {"description": "Events as they come; an error once it runs is one, too."}}
_MODEL = text("Bare, as `provider/model`, or a name of the user's own.", minLength=1)
_FILE = {"type": "string", "contentMediaType": "application/octet-stream"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One way of an operation's: its name, and what is answered by media type."""

    name: str
    summary: str
    answered: Mapping[str, Json]
    parameters: tuple[Json, ...] = ()

    @property
    def answer_name(self) -> str:
        """What its answer is called among the components."""
        return f"{_upper(self.name)}Answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operation: ``ways`` by the verb its path ends with, "" where it has none."""

    words: Words
    sent: Mapping[str, Json]
    ways: Mapping[str, Taken]
    schemas: Mapping[str, Json] = field(default_factory=dict)
    about: str = ""

    @property
    def tag(self) -> str:
        """What the document lists it under."""
        return self.words.value

    @property
    def verbs(self) -> tuple[str, ...]:
        """What follows the path as the gateway has it: where that ends with the verb, nothing."""
        return tuple(self.ways) if self.ways.keys() & {":generateContent"} else ("",)

    def taken_by(self, path: str) -> Taken:
        """Return the way that a path goes."""
        verb = path[path.index(":") :] if ":" in path else ""
        return self.ways[verb]


def _openai(
    name: str, summary: str, sent: Json, answered: Json, *, streams: bool = False
) -> Operation:
    asked, told = f"{_upper(name)}Request", f"{_upper(name)}Answer"
    answers = {JSON_TYPE: schema(told), **(_STREAM if streams else {})}
    return Operation(
        words=Words.OPENAI,
        sent={JSON_TYPE: schema(asked)},
        ways={"": Taken(name=name, summary=summary, answered=answers)},
        schemas={asked: sent, told: answered},
    )


def _upper(name: str) -> str:
    return name[0].upper() + name[1:]


def _open(required: Mapping[str, Json], optional: Mapping[str, Json] | None = None) -> Json:
    return members(required, optional, closed=False)


_TOKENS = whole(minimum=1, maximum=100_000_000)
_MESSAGE = _open({"role": text()}, {"content": {}})


def _chat() -> Operation:
    sent = _open(
        {"model": _MODEL, "messages": listed(_MESSAGE, minItems=1)},
        {
            "stream": or_null(flag()),
            "stream_options": or_null(_open({}, {"include_usage": flag()})),
            "max_completion_tokens": or_null(_TOKENS),
            "max_tokens": or_null(_TOKENS),
            "n": or_null(whole(minimum=1, maximum=128)),
        },
    )
    answered = _open({"choices": listed({"type": "object"})}, {"usage": {}})
    return _openai("chatCompletion", "A chat completion", sent, answered, streams=True)


def _responses() -> Operation:
    sent = _open(
        {"model": _MODEL, "input": {"type": ["string", "array"]}},
        {
            "stream": or_null(flag()),
            "max_output_tokens": or_null(_TOKENS),
            "store": or_null({"const": False, "type": "boolean"}),
        },
    )
    answered = _open({"output": listed({"type": "object"})}, {"usage": {}})
    return _openai("response", "A response", sent, answered, streams=True)


def _embeddings() -> Operation:
    sent = _open({"model": _MODEL, "input": {"type": ["string", "array"]}})
    answered = _open({"data": listed({"type": "object"})})
    return _openai("embeddings", "Embeddings", sent, answered)


def _moderations() -> Operation:
    sent = _open({"input": {"type": ["string", "array"]}}, {"model": _MODEL})
    answered = _open({"results": listed({"type": "object"})})
    return _openai("moderation", "A moderation", sent, answered)


def _images() -> Operation:
    sent = _open(
        {"model": _MODEL, "prompt": text(minLength=1)},
        {"n": or_null(whole(minimum=1, maximum=10)), "stream": or_null(flag())},
    )
    return _openai("images", "Pictures", sent, _open({}, {"data": {}}), streams=True)


def _form(name: str, summary: str, sent: Json, answered: Mapping[str, Json]) -> Operation:
    asked = f"{_upper(name)}Form"
    return Operation(
        words=Words.OPENAI,
        sent={FORM_TYPE: schema(asked)},
        ways={"": Taken(name=name, summary=summary, answered=answered)},
        schemas={asked: sent},
    )


def _image_edits() -> Operation:
    sent = _open({"model": _MODEL, "prompt": text(minLength=1), "image": _FILE})
    answered = {JSON_TYPE: _open({}, {"data": {}}), **_STREAM}
    return _form("imageEdits", "Pictures made from pictures", sent, answered)


def _transcriptions() -> Operation:
    sent = _open({"model": _MODEL, "file": _FILE}, {"response_format": text()})
    answered = {JSON_TYPE: _open({}, {"text": text()}), "text/plain": text(), **_STREAM}
    return _form("transcription", "What was said", sent, answered)


def _speech() -> Operation:
    sent = _open({"model": _MODEL, "input": text(minLength=1), "voice": {}})
    return Operation(
        words=Words.OPENAI,
        sent={JSON_TYPE: schema("SpeechRequest")},
        ways={
            "": Taken(
                name="speech",
                summary="A text, spoken",
                answered={"audio/*": {"type": "string"}, **_STREAM},
            )
        },
        schemas={"SpeechRequest": sent},
    )


def _messages() -> Operation:
    sent = _open(
        {
            "model": _MODEL,
            "messages": listed(_MESSAGE, minItems=1),
            "max_tokens": whole(minimum=0, maximum=100_000_000),
        },
        {"stream": flag(), "system": {"type": ["string", "array"]}},
    )
    told = _open({"type": text(const="message"), "content": listed({"type": "object"})})
    answered = {JSON_TYPE: schema("MessageAnswer"), **_STREAM}
    return Operation(
        words=Words.ANTHROPIC,
        sent={JSON_TYPE: schema("MessageRequest")},
        ways={"": Taken(name="message", summary="A message", answered=answered)},
        schemas={"MessageRequest": sent, "MessageAnswer": told},
    )


def _count_tokens() -> Operation:
    sent = _open({"model": _MODEL, "messages": listed(_MESSAGE, minItems=1)})
    answered = {JSON_TYPE: _open({"input_tokens": whole(minimum=0)})}
    return Operation(
        words=Words.ANTHROPIC,
        sent={JSON_TYPE: schema("CountTokensRequest")},
        ways={"": Taken(name="countTokens", summary="How long it is", answered=answered)},
        schemas={"CountTokensRequest": sent},
        about=_COUNTS,
    )


_COUNTS = (
    "It costs nothing. Where the model's provider counts none the wallet guesses, and says so in"
    " `x-wattfare-estimated`."
)
_CONTENTS = listed(
    _open({}, {"parts": listed(_open({}, {"text": text()})), "role": one_of(("user", "model"))}),
    minItems=1,
)


def _generate() -> Operation:
    sent = _open(
        {"contents": _CONTENTS},
        {
            "systemInstruction": {"type": "object"},
            "generationConfig": _open({}, {"maxOutputTokens": _TOKENS}),
        },
    )
    told = _open({}, {"candidates": listed({"type": "object"}), "usageMetadata": {}})
    pieces = {JSON_TYPE: listed(schema("GeneratedContent")), **_STREAM}
    return Operation(
        words=Words.GEMINI,
        sent={JSON_TYPE: schema("GenerateContentRequest")},
        ways={
            ":generateContent": Taken(
                name="generateContent",
                summary="An answer",
                answered={JSON_TYPE: schema("GeneratedContent")},
            ),
            ":streamGenerateContent": Taken(
                name="streamGenerateContent",
                summary="An answer in pieces",
                answered=pieces,
                parameters=(query("alt", one_of(("sse", "json"), "Events, or one array.")),),
            ),
        },
        schemas={"GenerateContentRequest": sent, "GeneratedContent": told},
    )


def _gemini_count() -> Operation:
    sent = _open({}, {"contents": _CONTENTS, "generateContentRequest": {"type": "object"}})
    answered = {JSON_TYPE: _open({"totalTokens": whole(minimum=0)})}
    way = Taken(name="countContentTokens", summary="How long it is", answered=answered)
    return Operation(
        words=Words.GEMINI,
        sent={JSON_TYPE: schema("CountContentTokensRequest")},
        ways={":countTokens": way},
        schemas={"CountContentTokensRequest": sent},
        about=_COUNTS,
    )


def _gemini_embed() -> Operation:
    sent = _open({}, {"content": {"type": "object"}, "requests": listed({"type": "object"})})
    answered = {JSON_TYPE: _open({}, {"embedding": {}, "embeddings": {}})}
    one = Taken(name="embedContent", summary="An embedding", answered=answered)
    many = Taken(name="batchEmbedContents", summary="Embeddings", answered=answered)
    return Operation(
        words=Words.GEMINI,
        sent={JSON_TYPE: schema("EmbedContentRequest")},
        ways={":embedContent": one, ":batchEmbedContents": many},
        schemas={"EmbedContentRequest": sent},
        about="`content` for one, `requests` for many.",
    )


def _ollama(name: str, summary: str, sent: Json, told: Json, *, streams: bool = True) -> Operation:
    asked = f"{_upper(name)}Request"
    lines = {LINES_TYPE: text("An object a line; streamed unless `stream` is false.")}
    answered = {JSON_TYPE: told, **(lines if streams else {})}
    return Operation(
        words=Words.OLLAMA,
        sent={JSON_TYPE: schema(asked)},
        ways={"": Taken(name=name, summary=summary, answered=answered)},
        schemas={asked: sent},
    )


OPERATIONS: Mapping[DialectName, Operation] = {
    DialectName.OPENAI_CHAT: _chat(),
    DialectName.OPENAI_RESPONSES: _responses(),
    DialectName.OPENAI_EMBEDDINGS: _embeddings(),
    DialectName.OPENAI_MODERATIONS: _moderations(),
    DialectName.OPENAI_IMAGES: _images(),
    DialectName.OPENAI_IMAGE_EDITS: _image_edits(),
    DialectName.OPENAI_TRANSCRIPTIONS: _transcriptions(),
    DialectName.OPENAI_SPEECH: _speech(),
    DialectName.ANTHROPIC_MESSAGES: _messages(),
    DialectName.ANTHROPIC_COUNT_TOKENS: _count_tokens(),
    DialectName.GEMINI_GENERATE: _generate(),
    DialectName.GEMINI_COUNT_TOKENS: _gemini_count(),
    DialectName.GEMINI_EMBED: _gemini_embed(),
    DialectName.OLLAMA_CHAT: _ollama(
        "ollamaChat",
        "A chat",
        _open({"model": _MODEL, "messages": listed(_MESSAGE)}, {"stream": or_null(flag())}),
        _open({"message": {"type": "object"}}),
    ),
    DialectName.OLLAMA_GENERATE: _ollama(
        "ollamaGenerate",
        "A completion",
        _open({"model": _MODEL, "prompt": text()}, {"stream": or_null(flag())}),
        _open({"response": text()}),
    ),
    DialectName.OLLAMA_EMBED: _ollama(
        "ollamaEmbed",
        "Embeddings",
        _open({"model": _MODEL, "input": {"type": ["string", "array"]}}),
        _open({"embeddings": listed({"type": "array"})}),
        streams=False,
    ),
}
