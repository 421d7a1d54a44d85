"""The providers' APIs: every path of the gateway's that takes calls or tells of models."""

import re
from collections.abc import Iterator

from api_document.common import Scope, Words, in_any_words, refusals
from api_document.dialects import OPERATIONS, Operation
from api_document.shapes import (
    JSON_TYPE,
    Json,
    answer,
    body,
    in_path,
    linked,
    listed,
    members,
    or_null,
    ref,
    schema,
    sent_header,
    text,
    whole,
)
from wattfare_desktop.gateway.doors import Door, Doors
from wattfare_desktop.gateway.idempotency import KEY_CHARS_MAX, KEY_HEADER
from wattfare_desktop.providers.anthropic.family import AnthropicFamily
from wattfare_desktop.providers.dialect import Family
from wattfare_desktop.providers.gemini.family import GeminiFamily
from wattfare_desktop.providers.ollama.family import OllamaFamily
from wattfare_desktop.providers.openai.family import OpenAiFamily

_WORDS: dict[type[Family], Words] = {
    OpenAiFamily: Words.OPENAI,
    AnthropicFamily: Words.ANTHROPIC,
    GeminiFamily: Words.GEMINI,
    OllamaFamily: Words.OLLAMA,
}
_BASE = re.compile(r"(?P<base>.*?)(?P<version>/v1beta|/v1|/api)/")
_NAME = r"[A-Za-z0-9_:@-][A-Za-z0-9._:@-]{0,127}"
_PROVIDER = in_path("provider", "A provider's id, such as `openai`.", r"^[A-Za-z0-9_-]{1,64}$")
_KEY = sent_header(
    KEY_HEADER,
    "The same request under the same key gets the first answer, within a day, and costs nothing.",
    text(pattern=rf"^[\x21-\x7e]{{1,{KEY_CHARS_MAX}}}$"),
)
_VERSION = sent_header(
    "anthropic-version", "Its presence asks for Anthropic's form, at any list of models.", text()
)
_MODEL = in_path(
    "model",
    "Bare, or as `provider/model`; a slash may be written `%2F`.",
    rf"^{_NAME}(/{_NAME}){{0,4}}$",
)
_CALLED_MODEL = in_path(
    "model",
    "Bare. As `provider/model` it is written with its slash, which is not percent-encoded.",
    r"^[A-Za-z0-9_@-][A-Za-z0-9._@-]{0,127}$",
)


def paths() -> Json:
    """Return every path of the providers' APIs, from the gateway's own table."""
    doors = Doors()
    told: Json = {}
    for door in doors.calls():
        operation = OPERATIONS[door.dialect]
        for verb in operation.verbs:
            path = door.pattern.replace("{rest}", "{model}") + verb
            told.setdefault(path, {})["post"] = _call(door, path, operation)
    for path, _, family in doors.listings():
        told.setdefault(path, {})["get"] = _listing(path, _WORDS[type(family)])
    for path, _, family in doors.models():
        told.setdefault(path, {})["get"] = _one(path, _WORDS[type(family)])
    return told


def schemas() -> Json:
    """Return what is sent there and answered."""
    told = {
        name: shape
        for operation in OPERATIONS.values()
        for name, shape in operation.schemas.items()
    }
    return {**told, **_model_schemas()}


def parameters() -> Json:
    """Return what several of these may be asked with."""
    return {
        "Provider": _PROVIDER,
        "Model": _CALLED_MODEL,
        "ListedModel": _MODEL,
        "IdempotencyKey": _KEY,
        "AnthropicVersion": _VERSION,
    }


def responses() -> Json:
    """Return what is answered there where all is well."""
    told = {
        taken.answer_name: linked(
            answer(
                "As the provider answers; a stream as it comes.", taken.answered, _call_headers()
            ),
            "receipt",
            "receipt",
            parameters={"call": "$response.header.x-wattfare-call"},
        )
        for operation in OPERATIONS.values()
        for taken in operation.ways.values()
    }
    for words in _WORDS.values():
        for kind in ("Models", "Model"):
            shape = {JSON_TYPE: in_any_words(words, kind)}
            told[f"{words.value}{kind}"] = answer("In the form of its API.", shape)
    return told


def _call(door: Door, path: str, operation: Operation) -> Json:
    taken = operation.taken_by(path)
    return {
        "operationId": f"{taken.name}{_where(path)}",
        "tags": [operation.tag],
        "summary": taken.summary,
        "description": f"{operation.about} {_reach(door.provider, path)}".strip(),
        "parameters": [*_gaps(path), ref("parameters", "IdempotencyKey"), *taken.parameters],
        "requestBody": body(operation.sent),
        "responses": {
            **refusals(operation.words, Scope.CALL),
            "200": ref("responses", taken.answer_name),
        },
    }


def _call_headers() -> Json:
    return {
        "x-wattfare-call": ref("headers", "Call"),
        "x-wattfare-model": ref("headers", "Model"),
        "x-wattfare-stand-in": ref("headers", "StandIn"),
        "x-wattfare-max-output-tokens": ref("headers", "Bound"),
        "x-wattfare-estimated": ref("headers", "Estimated"),
        "idempotent-replayed": ref("headers", "Replayed"),
    }


def _listing(path: str, words: Words) -> Json:
    return {
        "operationId": f"list{words.value}Models{_where(path)}",
        "tags": [words.value],
        "summary": "The models this app may use",
        "description": "Of those that the wallet has a credential and a price for, as"
        " `provider/model`.",
        "parameters": [*_gaps(path), ref("parameters", "AnthropicVersion")],
        "responses": {
            **refusals(words, Scope.FINDER if "{" in path else Scope.LOOKER),
            "200": ref("responses", f"{words.value}Models"),
        },
    }


def _one(path: str, words: Words) -> Json:
    return {
        "operationId": f"get{words.value}Model{_where(path)}",
        "tags": [words.value],
        "summary": "One model that this app may use",
        "parameters": [
            *_gaps(path.replace("{model}", "")),
            ref("parameters", "ListedModel"),
            ref("parameters", "AnthropicVersion"),
        ],
        "responses": {
            **refusals(words, Scope.FINDER),
            "200": ref("responses", f"{words.value}Model"),
        },
    }


def _model_schemas() -> Json:
    openai = members(
        {
            "id": text(),
            "object": text(const="model"),
            "created": whole("Seconds since 1970.", minimum=0),
            "owned_by": text("The provider."),
        }
    )
    anthropic = members(
        {
            "type": text(const="model"),
            "id": text(),
            "display_name": text(),
            "created_at": text(format="date-time"),
            "lifecycle": text(const="active"),
        }
    )
    return {
        "OpenAiModel": openai,
        "OpenAiModels": members(
            {"object": text(const="list"), "data": listed(schema("OpenAiModel"))}
        ),
        "AnthropicModel": anthropic,
        "AnthropicModels": members(
            {
                "data": listed(schema("AnthropicModel")),
                "has_more": {"const": False},
                "first_id": or_null(text()),
                "last_id": or_null(text()),
            }
        ),
        "GeminiModel": members({"name": text(pattern="^models/"), "displayName": text()}),
        "GeminiModels": members({"models": listed(schema("GeminiModel"))}),
        "OllamaModel": members({"name": text(), "model": text(), "details": {"type": "object"}}),
        "OllamaModels": members({"models": listed(schema("OllamaModel"))}),
    }


def _gaps(path: str) -> Iterator[Json]:
    if "{provider}" in path:
        yield ref("parameters", "Provider")
    if "{model}" in path:
        yield ref("parameters", "Model")


def _reach(provider: str | None, path: str) -> str:
    if provider is not None:
        return f"Reaches {provider} alone."
    return "Reaches that provider alone." if "{provider}" in path else ""


def _where(path: str) -> str:
    """Return what an operation's name ends with, by where it stands and in which version."""
    match = _BASE.match(path)
    assert match is not None, path
    base = match["base"].strip("/")
    # Google's stands in two versions below one base.
    version = "V1" if "/v1/models/{model}:" in path or path == "/gemini/v1/models" else ""
    if path.startswith("/gemini/v1/models/"):
        version = "V1"
    at = {"": "", "p/{provider}": "AtProvider"}.get(base, f"At{base.title()}")
    return version + at
