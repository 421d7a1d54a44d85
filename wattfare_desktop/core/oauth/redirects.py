"""The answer to an authorization request, as the URI that carries it (RFC 6749 section 4.1.2).

Each answer names its issuer (RFC 9207), so that a client which asks several servers knows whose
code it holds.
"""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from wattfare_desktop.core.oauth.errors import Rejected


def code_answer(redirect_uri: str, *, code: str, state: str | None, issuer: str) -> str:
    """Return ``redirect_uri`` with the code that the user's approval is worth."""
    return _with_parameters(redirect_uri, {"code": code, "state": state, "iss": issuer})


def error_answer(redirect_uri: str, *, rejected: Rejected, state: str | None, issuer: str) -> str:
    """Return ``redirect_uri`` with the reason why there is no code."""
    return _with_parameters(
        redirect_uri,
        {
            "error": rejected.code.value,
            "error_description": rejected.description,
            "state": state,
            "iss": issuer,
        },
    )


def _with_parameters(redirect_uri: str, parameters: Mapping[str, str | None]) -> str:
    """Append to the query that is there, leaving every character of it as it was."""
    assert "#" not in redirect_uri
    present = {name: value for name, value in parameters.items() if value is not None}
    # %20, not a plus: a reader of plain URIs understands the one, a reader of forms both.
    query = urlencode(present, safe="", quote_via=quote)
    _, question_mark, own = redirect_uri.partition("?")
    if not question_mark:
        return f"{redirect_uri}?{query}"
    separator = "&" if own and not own.endswith("&") else ""
    return f"{redirect_uri}{separator}{query}"
