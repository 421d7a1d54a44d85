"""What the wallet tells of itself: metadata, budgets, estimates and receipts."""

from api_document.common import CALL_NAME, Scope, Words, refusals
from api_document.shapes import (
    JSON_TYPE,
    Json,
    answer,
    body,
    flag,
    header,
    in_path,
    listed,
    members,
    one_of,
    or_null,
    ref,
    schema,
    text,
    whole,
)
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.oauth import metadata
from wattfare_desktop.core.oauth.metadata import DESCRIPTION_PATH
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.receipts import ALGORITHM, TYPE, VERSION
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.gateway.instance_api import INSTANCE_PATH

_DOLLARS = text("Dollars, exactly.", pattern=r"^-?[0-9]+\.[0-9]{2,}$")
_TIME = text(format="date-time")
_NO_STORE = {"Cache-Control": ref("headers", "NoStore")}
_ISSUER = "http://127.0.0.1:8402"


def paths() -> Json:
    """Return the paths of the wallet's own."""
    return {
        **_well_known(),
        DESCRIPTION_PATH: {"get": _description()},
        "/wattfare/v1/budget": {"get": _budget()},
        "/wattfare/v1/estimate": {"post": _estimate()},
        "/wattfare/v1/receipts/{call}": {"get": _receipt()},
    }


def schemas() -> Json:
    """Return what is answered there."""
    return {
        "ServerMetadata": _as_it_is(metadata.authorization_server(_ISSUER)),
        "ResourceMetadata": _as_it_is(metadata.protected_resource(_ISSUER)),
        "Budget": _budget_answer(),
        "Estimate": _estimate_answer(),
        "SignedReceipt": members({"receipt": schema("Receipt"), "signature": text()}),
        "Receipt": _receipt_answer(),
    }


def _well_known() -> Json:
    server, resource = "ServerMetadata", "ResourceMetadata"
    return {
        INSTANCE_PATH: {"get": _instance()},
        metadata.AUTHORIZATION_SERVER_PATH: _told(
            "serverMetadata", "The authorization server's metadata (RFC 8414)", server
        ),
        metadata.OPENID_ALIAS_PATH: _told(
            "serverMetadataAlias", "The same, for libraries that look here only", server
        ),
        metadata.PROTECTED_RESOURCE_PATH: _told(
            "resourceMetadata", "The metadata of the APIs (RFC 9728)", resource
        ),
    }


def _told(name: str, summary: str, shape: str) -> Json:
    operation = {
        "operationId": name,
        "tags": ["Authorization"],
        "summary": summary,
        "security": [],
        "responses": {
            **refusals(Words.OPENAI, Scope.ANY),
            "200": answer("As it is.", {JSON_TYPE: schema(shape)}, _NO_STORE),
        },
    }
    return {"get": operation}


def _instance() -> Json:
    shape = {
        "object": one_of(["wattfare.instance"]),
        "alg": one_of(["Ed25519"]),
        "nonce": text(),
        "port": whole(),
        "public_key": text("Base64url. Believe the one in the wallet's runtime.json instead."),
        "signature": text("Over wattfare-instance-v1, the port and the nonce, a line each."),
    }
    nonce = text(pattern="^[A-Za-z0-9_-]{16,128}$")
    return {
        "operationId": "instance",
        "tags": ["Wallet"],
        "summary": "Which wallet this is, proven by the key in its runtime.json",
        "security": [],
        "parameters": [{"name": "nonce", "in": "query", "required": True, "schema": nonce}],
        "responses": {
            **refusals(Words.OPENAI, Scope.ANY),
            "200": answer("Signed.", {JSON_TYPE: members(shape)}, _NO_STORE),
        },
    }


def _description() -> Json:
    return {
        "operationId": "description",
        "tags": ["Wallet"],
        "summary": "This document",
        "security": [],
        "responses": {
            **refusals(Words.OPENAI, Scope.ANY),
            "200": answer(
                "OpenAPI 3.1.",
                {
                    JSON_TYPE: members(
                        {"openapi": text(), "info": {"type": "object"}, "paths": {}}, closed=False
                    )
                },
            ),
        },
    }


def _budget() -> Json:
    return {
        "operationId": "budget",
        "tags": ["Wallet"],
        "summary": "What is left of this app's caps, and when they renew",
        "responses": {
            **refusals(Words.OPENAI, Scope.CALLER),
            "200": answer("The caps.", {JSON_TYPE: schema("Budget")}, _NO_STORE),
        },
    }


def _estimate() -> Json:
    return {
        "operationId": "estimate",
        "tags": ["Wallet"],
        "summary": "What a chat completion would cost",
        "description": "The body is that of the call. Nothing is sent and nothing is held.",
        "requestBody": body({JSON_TYPE: schema("ChatCompletionRequest")}),
        "responses": {
            **refusals(Words.OPENAI, Scope.SENDER),
            "200": answer("From least to most.", {JSON_TYPE: schema("Estimate")}, _NO_STORE),
        },
    }


def _receipt() -> Json:
    error = {JSON_TYPE: schema("OpenAiError")}
    retry = {"Retry-After": header("In seconds.", whole(minimum=1), required=True)}
    return {
        "operationId": "receipt",
        "tags": ["Wallet"],
        "summary": "The receipt of one of this app's calls",
        "description": "Signed with Ed25519 over the canonical form (RFC 8785) of `receipt`.",
        "parameters": [in_path("call", "What `x-wattfare-call` said.", CALL_NAME)],
        "responses": {
            **refusals(Words.OPENAI, Scope.CALLER),
            "200": answer("The receipt.", {JSON_TYPE: schema("SignedReceipt")}, _NO_STORE),
            "404": answer("This app made no such call.", error),
            "409": answer("The call still runs.", error, retry),
        },
    }


def _as_it_is(told: Json) -> Json:
    """Return the schema of metadata that differ in nothing but the port."""
    return members({name: _like(value) for name, value in told.items()})


def _like(value: object) -> Json:
    match value:
        case str() if value.startswith(_ISSUER):
            path = value.removeprefix(_ISSUER).replace(".", r"\.")
            return text(pattern=rf"^http://127\.0\.0\.1:[0-9]+{path}$")
        case [str(first), *_] if first.startswith(_ISSUER):
            return listed(_like(first), minItems=1, maxItems=1)
        case _:
            return {"const": value}


def _budget_answer() -> Json:
    window = members(
        {
            "period": one_of(tuple(Period)),
            "limit": _DOLLARS,
            "spent": _DOLLARS,
            "held": {**_DOLLARS, "description": "Held by running calls."},
            "left": {**_DOLLARS, "description": "Below zero once a cap was lowered."},
            "resets_at": or_null(_TIME),
        }
    )
    return members(
        {
            "object": text(const="wattfare.budget"),
            "currency": text(const="USD"),
            "windows": listed(window),
            "wallet_left": or_null(
                {**_DOLLARS, "description": "The least of all limits over all apps; null: none."}
            ),
        }
    )


def _estimate_answer() -> Json:
    return members(
        {
            "object": text(const="wattfare.estimate"),
            "currency": text(const="USD"),
            "model": text("As `provider/model`."),
            "low": {**_DOLLARS, "description": "The input alone, as well as it can be guessed."},
            "high": {**_DOLLARS, "description": "The most that would be held."},
            "output_tokens_max": whole(minimum=0),
            "price_version": text(),
        }
    )


def _receipt_answer() -> Json:
    return members(
        {
            "type": text(const=TYPE),
            "version": whole(const=VERSION),
            "call": text(pattern=CALL_NAME),
            "app": members({"id": text(), "name": text()}),
            "provider": text(),
            "provider_request": or_null(text("The provider's own name for it.")),
            "model": text(),
            "program": or_null(text("The program that called.")),
            "streamed": flag(),
            "status": one_of(tuple(CallStatus)),
            "end": or_null(one_of(tuple(CallEnd))),
            "basis": or_null(one_of(tuple(Basis), "On whose word the charge rests.")),
            "price_version": text(),
            "currency": text(const="USD"),
            "items": listed(_item()),
            "amounts": _amounts(),
            "times": _times(),
            "key": members(
                {"algorithm": text(const=ALGORITHM), "id": text(), "public": text("base64url")}
            ),
        }
    )


def _item() -> Json:
    return members(
        {
            "kind": one_of(tuple(UnitKind)),
            "units": whole(minimum=0),
            "price": _DOLLARS,
            "per": whole("How many units the price is for.", minimum=1),
            "amount": _DOLLARS,
        }
    )


def _amounts() -> Json:
    sure = ("hold", "provider_cost", "fee", "cost", "overrun", "credited", "corrected")
    known = {"exact": or_null(_DOLLARS), "rounding": or_null(_DOLLARS)}
    return members({**dict.fromkeys(sure, _DOLLARS), **known})


def _times() -> Json:
    told = {"started": _TIME, "first_byte": or_null(_TIME), "finished": or_null(_TIME)}
    return members({**told, "issued": _TIME})
