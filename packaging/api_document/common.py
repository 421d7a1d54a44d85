"""What an answer may be instead: the refusals of every path, in the words of each API."""

from collections.abc import Mapping, Sequence
from enum import Enum

from api_document.shapes import (
    JSON_TYPE,
    Json,
    answer,
    header,
    listed,
    members,
    one_of,
    or_null,
    ref,
    schema,
    text,
    whole,
)
from wattfare_desktop.core.oauth.errors import OAuthError
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import LimitKind, Reason


class Words(Enum):
    """In whose words a path refuses; the value begins the names of components."""

    OAUTH = "OAuth"
    OPENAI = "OpenAi"
    ANTHROPIC = "Anthropic"
    GEMINI = "Gemini"
    OLLAMA = "Ollama"
    RUNS = "Run"


_ALL = {
    400: "The request cannot be understood, or asks for what is not offered.",
    403: "Not from here: another page's origin, or a request made across sites.",
    413: "The body is larger than 64 MiB.",
    415: "The body has a Content-Encoding, or another Content-Type than the one that is read here.",
    421: "The Host is not 127.0.0.1, [::1] or localhost with this port.",
    503: "The wallet is locked, or cannot be used now.",
}
"""What any request may meet, before anything looks at its path and after."""

_CALLER = {
    401: "The access is missing, unknown, expired or revoked, or its proof does not do.",
    403: "Paused, or outside what was granted: model, page, program, address. Or not from here.",
    429: "More calls than this app may make; Retry-After tells when it may go on.",
}
"""What whoever shows an access may meet besides."""

_POSTED = {408: "The body did not arrive in time."}

_SENT = _POSTED | {
    404: "There is no such model here, or no price for it.",
}

_CALL = {
    402: "It does not fit a cap or a balance: `limit` names which, `resets_at` when that renews,"
    " `remedy` what helps. Where `reason` is `held`, running calls hold the rest and waiting helps:"
    " then there is a Retry-After.",
    409: "A call with this Idempotency-Key still runs, or its answer was not kept.",
    422: "This Idempotency-Key was sent before with another request.",
    502: "The provider could not be reached, broke off, or answered what cannot be read.",
}

_NOT_HTTP = 400
SECONDS = whole("Seconds.", minimum=0)
_CHALLENGE = text(pattern=r"^(Bearer|DPoP) .*resource_metadata=")
_RETRY = header("When to try again.", SECONDS)
_SHOULD_RETRY = header(
    "`false` where the same call would be refused again: SDKs then do not repeat it.",
    one_of(("false",)),
)
_NONCE = header("The nonce for the next proof (RFC 9449 section 8).", text())
_RATE = header("draft-ietf-httpapi-ratelimit-headers.", text())


class Scope(Enum):
    """How far an operation lets a request come; the value is in the names of components."""

    ANY = "Any"
    POSTER = "Poster"
    """It reads a form or JSON from anybody."""
    CALLER = "Caller"
    """It wants an access."""
    SENDER = "Sender"
    """It wants a call's body besides."""
    LOOKER = "Looker"
    """It tells of models: a header that only one SDK sends has it speak in that one's words."""
    FINDER = "Finder"
    """The same where its path has a name, of which there may be nothing."""
    CALL = "Call"
    """It reaches a provider, whose own errors are passed on."""


_MET: Mapping[Scope, Mapping[int, str]] = {
    Scope.ANY: _ALL,
    Scope.POSTER: _ALL | _POSTED,
    Scope.CALLER: _ALL | _CALLER,
    Scope.SENDER: _ALL | _CALLER | _SENT,
    Scope.LOOKER: _ALL | _CALLER,
    Scope.FINDER: _ALL | _CALLER | {404: "This app may use nothing of that name."},
    Scope.CALL: _ALL | _CALLER | _SENT | _CALL,
}


def refusals(words: Words, scope: Scope) -> Json:
    """Return what an operation may answer instead, as references by status."""
    told = {
        str(status): ref("responses", f"{words.value}{scope.value}{status}")
        for status in sorted(_MET[scope])
    }
    if scope is Scope.CALL:
        told |= dict.fromkeys(("4XX", "5XX"), ref("responses", "Provider"))
    return told


def responses() -> Json:
    """Return every refusal, in everybody's words."""
    passed = {
        "Retry-After": ref("headers", "RetryAfter"),
        "x-wattfare-call": ref("headers", "Call"),
    }
    told = {
        f"{words.value}{scope.value}{status}": _refusal(words, scope, status)
        for words in Words
        for scope in Scope
        for status in _MET[scope]
    }
    about = "The provider's own error, passed on with its status."
    return {**told, "Provider": answer(about, {"*/*": {}}, passed)}


def _refusal(words: Words, scope: Scope, status: int) -> Json:
    headers = _headers(words, status, of_provider=scope is Scope.CALL)
    return answer(_MET[scope][status], {JSON_TYPE: _error(words, scope, status)}, headers)


def _error(words: Words, scope: Scope, status: int) -> Json:
    told = _error_of(words, scope)
    if status != _NOT_HTTP or "anyOf" in told or words is Words.OPENAI:
        return told
    # Of what is not well-formed HTTP, or has a line that is too long, the path is not known.
    return {"anyOf": [told, schema("OpenAiError")]}


def _error_of(words: Words, scope: Scope) -> Json:
    match scope:
        case Scope.CALL:
            return schema(f"{words.value}AnsweredError")
        case Scope.LOOKER | Scope.FINDER:
            return in_any_words(words, "Error")
        case _:
            return schema(f"{words.value}Error")


def in_any_words(words: Words, kind: str) -> Json:
    """Return the schema of ``kind`` in ``words``, or in those that a header asks for."""
    told = dict.fromkeys((words, Words.ANTHROPIC, Words.GEMINI))
    return {"anyOf": [schema(f"{each.value}{kind}") for each in told]}


def _headers(words: Words, status: int, *, of_provider: bool) -> Json:
    own = {"x-should-retry": ref("headers", "ShouldRetry")} if words is not Words.OAUTH else {}
    retry = {"Retry-After": ref("headers", "RetryAfter")}
    match status:
        case 401:
            name = "MayChallenge" if of_provider else "Challenge"
            nonce = {"DPoP-Nonce": ref("headers", "Nonce")}
            return {"WWW-Authenticate": ref("headers", name), **nonce}
        case 402 | 409 | 503:
            return retry | own
        case 429:
            rate = ref("headers", "RateLimit")
            return retry | {"RateLimit": rate, "RateLimit-Policy": rate}
        case 403:
            return own
        case _:
            return {}


def headers() -> Json:
    """Return the headers that answers share."""
    challenge = "RFC 6750 section 3, with the `resource_metadata` of RFC 9728."
    return {
        "Challenge": header(challenge, _CHALLENGE, required=True),
        "MayChallenge": header(f"{challenge} Not where the provider refused its key.", text()),
        "RetryAfter": _RETRY,
        "ShouldRetry": _SHOULD_RETRY,
        "Nonce": _NONCE,
        "RateLimit": _RATE,
        "NoStore": header("`no-store`.", text(const="no-store"), required=True),
        "Call": header("The call's name, for its receipt.", text(pattern=CALL_NAME)),
        "Model": header(
            "Which model answers, where it has another name than the one asked for.", text()
        ),
        "StandIn": header("Why another model answers.", one_of(("alias", "fallback", "cap"))),
        "Bound": header(
            "The bound of output tokens that the wallet gave the call, so that it fits.", whole()
        ),
        "Estimated": header("`true`: figures are the wallet's own guess.", one_of(("true",))),
        "Replayed": header(
            "`true`: the first answer to this Idempotency-Key, again.", one_of(("true",))
        ),
    }


CALL_NAME = r"^[A-Za-z0-9_-]{1,64}$"


def schemas() -> Json:
    """Return the errors of each API: as the wallet tells them, and as a provider may."""
    told: Json = {"OAuthError": _oauth_error()}
    for words, shape in (
        (Words.OPENAI, _openai_error),
        (Words.ANTHROPIC, _anthropic_error),
        (Words.GEMINI, _gemini_error),
        (Words.OLLAMA, _ollama_error),
        (Words.RUNS, _run_error),
    ):
        told[f"{words.value}Error"] = shape(closed=True)
        told[f"{words.value}AnsweredError"] = shape(closed=False)
    return told


def _oauth_error() -> Json:
    return members(
        {
            "error": one_of(_codes(), "RFC 6749 section 5.2, and of the RFCs that extend it."),
            "error_description": text("For the app's developer; in English."),
        }
    )


def _codes() -> Sequence[str]:
    return sorted(error.value for error in OAuthError)


_DETAILS: Mapping[str, Json] = {
    "reason": one_of(tuple(Reason), "402: why the limit says no."),
    "limit": one_of(tuple(LimitKind), "402: whose limit it is."),
    "period": or_null(one_of(tuple(Period), "402: how often that limit renews.")),
    "resets_at": or_null(text("402: when it renews.", format="date-time")),
    "remedy": text("402: what helps, for whoever reads it."),
    "call": text("409, 422: the call that was made under the same Idempotency-Key."),
}
"""What some refusals tell programs besides."""


def _openai_error(*, closed: bool) -> Json:
    error = members(
        {"message": text(), "type": text()},
        {"param": or_null(text()), "code": or_null(text()), **_DETAILS},
        closed=closed,
    )
    return members({"error": error}, closed=closed, about="OpenAI's error.")


def _anthropic_error(*, closed: bool) -> Json:
    error = members(
        {"type": text(), "message": text()},
        {"code": or_null(text()), "param": or_null(text()), **_DETAILS},
        closed=closed,
    )
    required = {"type": text(const="error"), "error": error}
    optional = {} if closed else {"request_id": or_null(text())}
    return members(required, optional, closed=closed, about="Anthropic's error.")


def _gemini_error(*, closed: bool) -> Json:
    detail = members(
        {"@type": text()},
        {
            "reason": text("The refusal's code, in capitals."),
            "domain": text(),
            "metadata": {"type": "object", "additionalProperties": text()},
        },
        closed=closed,
    )
    error = members(
        {"code": whole(), "message": text(), "status": text()},
        {"details": listed(detail)},
        closed=closed,
    )
    return members({"error": error}, closed=closed, about="Google's error (AIP-193).")


def _ollama_error(*, closed: bool) -> Json:
    beside = {"code": text(), "param": text(), **_DETAILS}
    return members({"error": text()}, beside, closed=closed, about="Ollama's error.")


def _run_error(*, closed: bool) -> Json:
    told = {"title": text(), "detail": text(), "status": whole()}
    about = "As Replicate (RFC 9457) and fal tell errors."
    if closed:
        return members(told, _DETAILS, about=about)
    return members({"detail": {}}, {**told, **_DETAILS, "detail": {}}, closed=False, about=about)
