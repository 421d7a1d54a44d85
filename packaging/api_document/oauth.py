"""The authorization server's endpoints."""

from typing import Any

from api_document.common import Scope, Words, refusals
from api_document.oauth_bodies import authorization_request
from api_document.shapes import (
    HTML_TYPE,
    JSON_TYPE,
    Json,
    answer,
    body,
    header,
    linked,
    query,
    ref,
    schema,
    sent_header,
    text,
    whole,
)
from wattfare_desktop.core.oauth import metadata
from wattfare_desktop.core.oauth.refreshing import OFFLINE_ACCESS
from wattfare_desktop.core.oauth.registration import DEVICE_GRANT
from wattfare_desktop.gateway.checks import WAIT_PATH

FORM_TYPE = "application/x-www-form-urlencoded"
_NO_STORE = {"Cache-Control": ref("headers", "NoStore")}
_PROOF = sent_header(
    "DPoP", "A proof of possession (RFC 9449): what is given out is then bound to its key.", text()
)
_TAG = ["Authorization"]


def paths() -> Json:
    """Return every path of the authorization server but its metadata's."""
    return {
        metadata.PUSH_PATH: {"post": _push()},
        metadata.AUTHORIZE_PATH: {"get": _authorize()},
        WAIT_PATH: {"get": _wait()},
        metadata.TOKEN_PATH: {"post": _token()},
        metadata.DEVICE_PATH: {"post": _device()},
        metadata.DEVICE_PAGE_PATH: {"get": _device_page()},
        metadata.REVOKE_PATH: {"post": _revoke()},
        metadata.INTROSPECT_PATH: {"post": _introspect()},
        metadata.REGISTER_PATH: {"post": _register()},
    }


def _operation(name: str, summary: str, about: str, responses: Json, **further: Any) -> Json:
    scope = Scope.POSTER if "requestBody" in further else Scope.ANY
    return {
        "operationId": name,
        "tags": _TAG,
        "summary": summary,
        "description": about,
        "security": [],
        **further,
        "responses": {**refusals(Words.OAUTH, scope), **responses},
    }


def _json(about: str, name: str) -> Json:
    return answer(about, {JSON_TYPE: schema(name)}, _NO_STORE)


def _too_many(about: str) -> Json:
    retry = header("When to try again, in seconds.", whole(minimum=1), required=True)
    content = {JSON_TYPE: schema("OAuthError")}
    return answer(about, content, {**_NO_STORE, "Retry-After": retry})


def _refused_proof() -> Json:
    nonce = {"DPoP-Nonce": ref("headers", "Nonce")}
    content = {JSON_TYPE: {"anyOf": [schema("OAuthError"), schema("OpenAiError")]}}
    return answer("Not for this; or `use_dpop_nonce`, and the nonce.", content, nonce)


def _push() -> Json:
    return _operation(
        "pushAuthorizationRequest",
        "Send an authorization request beforehand (RFC 9126)",
        "What is answered is good for one link, of this client, within a minute. A proof that comes"
        " along names the key that alone may trade the code (RFC 9449 section 10.1).",
        {
            "201": linked(
                _json("It is kept.", "PushedRequest"),
                "authorize",
                "authorize",
                parameters={
                    "client_id": "$request.body#/client_id",
                    "request_uri": "$response.body#/request_uri",
                },
            ),
            "400": _refused_proof(),
            "429": _too_many("Too many requests wait."),
        },
        parameters=[_PROOF],
        requestBody=body({FORM_TYPE: schema("AuthorizationRequest")}),
    )


def _authorize() -> Json:
    location = header("Where the browser goes: to wait for the user, or back.", text())
    pages = {HTML_TYPE: text(), JSON_TYPE: schema("OAuthError")}
    return _operation(
        "authorize",
        "Ask the user, by navigating a browser here (RFC 6749 section 4.1.1)",
        "Either all parameters, or `client_id` and the `request_uri` of a pushed request. The same"
        " query behind `wattfare://authorize?` asks without a browser. The wallet's own window"
        " asks; the browser ends at `redirect_uri` with `code` or `error`, `state` and `iss` (RFC"
        " 9207). A client or redirect that is not in order gets a page and no redirect.",
        {
            "303": answer("On.", headers={"Location": {**location, "required": True}}),
            "400": answer("The client or its redirect is not in order.", pages),
            "503": answer("The wallet is locked: the page loads itself again.", pages),
        },
        parameters=[
            query("client_id", text(minLength=1), required=True),
            query("request_uri", text("Of a pushed request.")),
            *(
                query(name, shape)
                for name, shape in authorization_request()["properties"].items()
                if name != "client_id"
            ),
        ],
    )


def _wait() -> Json:
    location = header("The app's redirect, with its answer.", text(), required=True)
    return _operation(
        "waitForApproval",
        "The browser's page until the user has answered",
        "Where `/oauth/authorize` leads. It has no script and loads itself again.",
        {
            "200": answer("The user has not answered yet.", {HTML_TYPE: text()}),
            "303": answer("The user has answered.", headers={"Location": location}),
            "410": answer("The request is over, or never was.", {HTML_TYPE: text()}),
        },
        parameters=[query("ticket", text())],
    )


def _token() -> Json:
    return _operation(
        "token",
        "Trade a code, a refresh token or a device code for an access",
        "RFC 6749 sections 4.1.3 and 6, RFC 7636, RFC 8628 section 3.4. Clients are public. Where"
        f" `{OFFLINE_ACCESS}` was not asked for, the access lives as long as the approval;"
        " otherwise it ends by itself and each refresh token is good once: its second use ends the"
        " approval. A poll for a device code is answered `authorization_pending` or `slow_down`"
        " until the user has decided.",
        {
            "200": answer(
                "An access.",
                {JSON_TYPE: schema("TokenAnswer")},
                {**_NO_STORE, "DPoP-Nonce": ref("headers", "Nonce")},
            ),
            "400": _refused_proof(),
        },
        parameters=[_PROOF],
        requestBody=body({FORM_TYPE: schema("TokenRequest")}),
    )


def _device() -> Json:
    return _operation(
        "authorizeDevice",
        "Ask for a program without a browser (RFC 8628)",
        "The user types the code into the wallet itself, or `wattfare approve CODE`; no page takes"
        " it, so there is no `verification_uri_complete`.",
        {
            "200": linked(
                _json("The codes.", "DeviceAnswer"),
                "poll",
                "token",
                requestBody={
                    "grant_type": DEVICE_GRANT,
                    "device_code": "$response.body#/device_code",
                    "client_id": "$request.body#/client_id",
                },
            ),
            "429": _too_many("Too many programs wait."),
        },
        requestBody=body({FORM_TYPE: schema("DeviceRequest")}),
    )


def _device_page() -> Json:
    return _operation(
        "tellWhereToType",
        "A page that says where the code is typed",
        "The `verification_uri` of RFC 8628, for whoever opens it.",
        {"200": answer("The page.", {HTML_TYPE: text()})},
    )


def _revoke() -> Json:
    return _operation(
        "revoke",
        "Give an access or a refresh token back (RFC 7009)",
        "The whole approval ends with it. An unknown token is no error.",
        {"200": answer("It is good for nothing now.", headers=_NO_STORE)},
        requestBody=body({FORM_TYPE: schema("TokenShown")}),
    )


def _introspect() -> Json:
    return _operation(
        "introspect",
        "Ask what a token is worth (RFC 7662)",
        "To hold it is to be allowed to ask. Who shows another access along is told only of tokens"
        " of the same approval.",
        {"200": _json("What it is worth.", "Introspection")},
        security=[{}, {"access": []}],
        requestBody=body({FORM_TYPE: schema("TokenShown")}),
    )


def _register() -> Json:
    return _operation(
        "register",
        "Register a public client (RFC 7591)",
        "Of use to clients whose library wants it, and to those whose answers may go to their own"
        " redirects alone. One that is not approved within an hour is forgotten.",
        {
            "201": _json("It is registered.", "RegisteredClient"),
            "429": _too_many("Too many apps have registered."),
        },
        requestBody=body({JSON_TYPE: schema("ClientMetadata")}),
    )
