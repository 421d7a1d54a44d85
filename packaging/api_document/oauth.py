"""The authorization server's endpoints."""

from typing import Any

from api_document.common import Scope, Words, refusals
from api_document.shapes import (
    HTML_TYPE,
    JSON_TYPE,
    Json,
    answer,
    body,
    flag,
    form,
    header,
    linked,
    listed,
    members,
    one_of,
    query,
    ref,
    schema,
    sent_header,
    text,
    whole,
)
from wattfare_desktop.core.identifiers import SECOND_MS
from wattfare_desktop.core.oauth import metadata
from wattfare_desktop.core.oauth.details import DETAILS_TYPE, JUSTIFICATION_CHARS_MAX
from wattfare_desktop.core.oauth.device import DEVICE_LIFETIME_MS, USER_CODE_LETTERS
from wattfare_desktop.core.oauth.grants import LIFETIME_DAYS_MAX, MODELS_MAX
from wattfare_desktop.core.oauth.pushed import PUSHED_LIFETIME_MS
from wattfare_desktop.core.oauth.refreshing import OFFLINE_ACCESS
from wattfare_desktop.core.oauth.registration import DEVICE_GRANT, GRANT_TYPES
from wattfare_desktop.core.oauth.requests import STATE_CHARS_MAX
from wattfare_desktop.core.periods import Period
from wattfare_desktop.gateway.checks import WAIT_PATH

FORM_TYPE = "application/x-www-form-urlencoded"
_RANDOM = r"[A-Za-z0-9_-]{43}"
_THUMBPRINT = text("RFC 7638, SHA-256 in base64url.", pattern=r"^[A-Za-z0-9_-]{43}$")
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


def schemas() -> Json:
    """Return what is sent there and answered."""
    return {
        "AuthorizationRequest": _authorization_request(),
        "AuthorizationDetails": listed(_asked(), minItems=1, maxItems=1),
        "GrantedDetails": listed(_granted(), minItems=1, maxItems=1),
        "PushedRequest": members(
            {
                "request_uri": text(pattern=rf"^urn:ietf:params:oauth:request_uri:{_RANDOM}$"),
                "expires_in": whole(const=PUSHED_LIFETIME_MS // SECOND_MS),
            }
        ),
        "TokenRequest": {"oneOf": [_code_form(), _refresh_form(), _device_form()]},
        "TokenAnswer": _token_answer(),
        "DeviceRequest": _device_request(),
        "DeviceAnswer": _device_answer(),
        "TokenShown": form(
            {"token": text("An access or a refresh token.")},
            {"token_type_hint": text("Both kinds are looked for, whatever it says.")},
        ),
        "Introspection": {"oneOf": [members({"active": {"const": False}}), _active()]},
        "ClientMetadata": _client_metadata(),
        "RegisteredClient": _registered_client(),
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
                for name, shape in _authorization_request()["properties"].items()
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


def _authorization_request() -> Json:
    challenge = "RFC 7636, method S256: a SHA-256 in base64url."
    return form(
        {
            "response_type": one_of(("code",)),
            "client_id": text(
                "A name of its own, which the user sees as unverified, or what registering gave.",
                minLength=1,
            ),
            "redirect_uri": text(
                "On 127.0.0.1 or [::1] with a port, https, or a private-use scheme.",
                format="uri",
                maxLength=2048,
            ),
            "code_challenge": text(challenge, pattern=r"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"),
            "code_challenge_method": one_of(("S256",)),
        },
        {
            "state": text(pattern=rf"^[\x20-\x7e]{{0,{STATE_CHARS_MAX}}}$"),
            "scope": _SCOPE,
            "authorization_details": _DETAILS_TEXT,
            "dpop_jkt": text(
                "The key (RFC 7638) that alone may trade the code.",
                pattern=r"^([A-Za-z0-9_-]{43})?$",
            ),
        },
    )


_SCOPE = text(
    f"`{OFFLINE_ACCESS}` asks for refresh tokens; other words are passed over.",
    pattern=r"^([\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*)?$",
)
_DETAILS_TEXT = text(
    "RFC 9396, as JSON: what the app proposes. Without it the wallet's usual cap is offered.",
    contentMediaType=JSON_TYPE,
    contentSchema=schema("AuthorizationDetails"),
)
_CAP = members(
    {
        "amount": text("Dollars.", pattern=r"^[0-9]+(\.[0-9]{1,9})?$"),
        "currency": one_of(("USD",)),
    }
)
_PERIOD = one_of(tuple(Period), "How often the cap renews.")
_PATTERNS = listed(
    text(pattern=r"^[A-Za-z0-9*][A-Za-z0-9._:/*@+-]{0,99}$"),
    maxItems=MODELS_MAX,
    description="Such as `openai/gpt-*`; without it any model.",
)
_RAISE = flag("Whether the app may ask for more once it comes to the cap.")
_BOUND = flag("Only accesses that are bound to a key (RFC 9449).")


def _asked() -> Json:
    return members(
        {"type": text(const=DETAILS_TYPE), "cap": _CAP, "period": _PERIOD},
        {
            "models": _PATTERNS,
            "justification": text("Shown to the user.", maxLength=JUSTIFICATION_CHARS_MAX),
            "adjustable": flag("false: this cap or a lower one, not more."),
            "expires_in_days": whole(minimum=1, maximum=LIFETIME_DAYS_MAX),
            "raise_allowed": _RAISE,
            "dpop_bound_access_tokens": _BOUND,
        },
    )


def _granted() -> Json:
    return members(
        {"type": text(const=DETAILS_TYPE), "cap": _CAP, "period": _PERIOD},
        {
            "models": _PATTERNS,
            "expires_in_days": whole(minimum=0),
            "raise_allowed": _RAISE,
            "dpop_bound_access_tokens": _BOUND,
        },
        about="What the user granted, which may be another cap than was asked for.",
    )


def _code_form() -> Json:
    return form(
        {
            "grant_type": text(const=GRANT_TYPES[0]),
            "code": text(),
            "client_id": text(),
            "code_verifier": text(pattern=r"^[A-Za-z0-9._~-]{43,128}$"),
        },
        {"redirect_uri": text("The one that was asked with.")},
    )


def _refresh_form() -> Json:
    return form(
        {
            "grant_type": text(const=GRANT_TYPES[1]),
            "refresh_token": text(),
            "client_id": text(),
        },
    )


def _device_form() -> Json:
    return form(
        {"grant_type": text(const=DEVICE_GRANT), "device_code": text(), "client_id": text()}
    )


def _token_answer() -> Json:
    return members(
        {
            "access_token": text(pattern=rf"^wf_at_{_RANDOM}$"),
            "token_type": one_of(("Bearer", "DPoP")),
            "authorization_details": schema("GrantedDetails"),
        },
        {
            "expires_in": whole("Seconds; without it the access does not end.", minimum=0),
            "refresh_token": text(pattern=rf"^wf_rt_{_RANDOM}$"),
            "scope": text(const=OFFLINE_ACCESS),
        },
    )


def _device_request() -> Json:
    return form(
        {"client_id": text(minLength=1)},
        {"scope": _SCOPE, "authorization_details": _DETAILS_TEXT},
    )


def _device_answer() -> Json:
    letters = f"[{USER_CODE_LETTERS}]{{4}}"
    return members(
        {
            "device_code": text(pattern=rf"^wf_dc_{_RANDOM}$"),
            "user_code": text(pattern=f"^{letters}-{letters}$"),
            "verification_uri": text("A page that says where the code is typed.", format="uri"),
            "expires_in": whole(const=DEVICE_LIFETIME_MS // SECOND_MS),
            "interval": whole("Seconds between two polls.", minimum=1),
        }
    )


def _active() -> Json:
    return members(
        {
            "active": {"const": True},
            "iss": text(format="uri"),
            "client_id": text(),
            "iat": whole("Seconds since 1970.", minimum=0),
            "authorization_details": schema("GrantedDetails"),
        },
        {
            "token_type": one_of(("Bearer", "DPoP")),
            "exp": whole("Seconds since 1970.", minimum=0),
            "cnf": members({"jkt": _THUMBPRINT}),
        },
    )


def _client_metadata() -> Json:
    return members(
        {},
        {
            "client_name": text("Shown as a claim.", maxLength=200),
            "redirect_uris": listed(text(format="uri"), maxItems=10),
            "grant_types": listed(one_of(GRANT_TYPES)),
            "response_types": listed(one_of(("code",))),
            "token_endpoint_auth_method": one_of(("none",)),
            "dpop_bound_access_tokens": _BOUND,
        },
        closed=False,
        about="Members that are not understood are passed over.",
    )


def _registered_client() -> Json:
    return members(
        {
            "client_id": text(pattern=r"^wf_cl_[A-Za-z0-9_-]+$"),
            "client_id_issued_at": whole("Seconds since 1970.", minimum=0),
            "client_name": text(),
            "redirect_uris": listed(text()),
            "grant_types": listed(one_of(GRANT_TYPES)),
            "response_types": listed(one_of(("code",))),
            "token_endpoint_auth_method": text(const="none"),
            "dpop_bound_access_tokens": flag(),
        }
    )
