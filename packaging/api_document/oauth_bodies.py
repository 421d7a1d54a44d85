"""What is sent to the authorization server, and answered."""

from api_document.shapes import (
    JSON_TYPE,
    Json,
    flag,
    form,
    listed,
    members,
    one_of,
    schema,
    text,
    whole,
)
from wattfare_desktop.core.identifiers import SECOND_MS
from wattfare_desktop.core.oauth.details import DETAILS_TYPE, JUSTIFICATION_CHARS_MAX
from wattfare_desktop.core.oauth.device import DEVICE_LIFETIME_MS, USER_CODE_LETTERS
from wattfare_desktop.core.oauth.grants import LIFETIME_DAYS_MAX, MODELS_MAX
from wattfare_desktop.core.oauth.pushed import PUSHED_LIFETIME_MS
from wattfare_desktop.core.oauth.refreshing import OFFLINE_ACCESS
from wattfare_desktop.core.oauth.registration import DEVICE_GRANT, GRANT_TYPES
from wattfare_desktop.core.oauth.requests import STATE_CHARS_MAX
from wattfare_desktop.core.periods import Period

_RANDOM = r"[A-Za-z0-9_-]{43}"
_THUMBPRINT = text("RFC 7638, SHA-256 in base64url.", pattern=r"^[A-Za-z0-9_-]{43}$")


def schemas() -> Json:
    """Return what is sent there and answered."""
    return {
        "AuthorizationRequest": authorization_request(),
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


def authorization_request() -> Json:
    """Return the parameters that ask for an approval (RFC 6749 section 4.1.1)."""
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
