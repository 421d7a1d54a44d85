"""Members of a body that would say where a call goes, or whose key pays for it.

No provider's own API has them. Servers that stand before several providers (LiteLLM's proxy, say)
do obey such members, beside the others or in a bag among them, and would carry a key of the user's
to an address of the app's. Where a call goes is said by the user's credential alone.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from wattfare_desktop.providers.dialect import FormPart, RequestRefusal

_STEERING: Final = re.compile(
    # Addresses, in whosever words.
    r"(?:.*_)?(?:api_base|base_url|api_url|endpoint|endpoint_url|webhook_url)"
    # Keys, and names that stand for keys.
    r"|(?:.*_)?(?:api_key|api_version|credentials|credential_name|ad_token|ad_token_provider)"
    r"|aws_.*|azure_.*|vertex_.*|litellm_.*|langfuse_.*|langsmith_.*"
    # Other models than the one that was asked for and priced, and other ways to them.
    r"|(?:.*_)?fallbacks|model_list|user_config|custom_llm_provider|proxy"
    # Bags whose content would be put beside the rest.
    r"|extra_body|extra_headers|extra_query"
)
_BAG: Final = "metadata"
"""A member of honest calls; what is in it is looked at too."""


def steering(body: Any) -> RequestRefusal | None:
    """Return why a parsed body, JSON or the parts of a form, may not go out; None where it may."""
    named = next((name for name in _names(body) if _steers(name)), None)
    if named is None:
        return None
    return RequestRefusal(
        message=f"'{named}' is not taken from an app: the wallet's user decides where calls go.",
        code="destination_in_body",
        param=named,
    )


def _steers(name: str) -> bool:
    # Forms may write a list's name with brackets behind.
    return _STEERING.fullmatch(name.lower().partition("[")[0]) is not None


def _names(body: Any) -> Iterable[str]:
    if isinstance(body, Mapping):
        return [*body, *_in_bag(body.get(_BAG))]
    if isinstance(body, tuple):
        return [part.name for part in body if isinstance(part, FormPart)]
    return ()


def _in_bag(content: Any) -> Iterable[str]:
    """Return the names in a bag, which may be JSON in a text."""
    if isinstance(content, str):
        try:
            content = json.loads(content)
        except (ValueError, RecursionError):
            return ()
    return [name for name in content if isinstance(name, str)] if isinstance(content, dict) else ()
