"""Members of a body that would say where a call goes, or whose key pays for it.

No provider's own API has them. Servers that stand before several providers (LiteLLM's proxy, say)
do obey such members, and would carry a key of the user's to an address of the app's. Where a call
goes is said by the user's credential alone.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from wattfare_desktop.providers.dialect import FormPart, RequestRefusal

STEERING: Final = frozenset(
    {
        "api_base",
        "api_key",
        "api_version",
        "aws_access_key_id",
        "aws_secret_access_key",
        "azure_ad_token",
        "azure_endpoint",
        "base_url",
        "custom_llm_provider",
        "endpoint_url",
        "extra_headers",
        "fallbacks",
        "model_list",
        "proxy",
        "user_config",
        "vertex_credentials",
    }
)


def steering(body: Any) -> RequestRefusal | None:
    """Return why a parsed body, JSON or the parts of a form, may not go out; None where it may."""
    named = next((name for name in _names(body) if name.lower() in STEERING), None)
    if named is None:
        return None
    return RequestRefusal(
        message=f"'{named}' is not taken from an app: the wallet's user decides where calls go.",
        code="destination_in_body",
        param=named,
    )


def _names(body: Any) -> Iterable[str]:
    if isinstance(body, Mapping):
        return body
    if isinstance(body, tuple):
        return (part.name for part in body if isinstance(part, FormPart))
    return ()
