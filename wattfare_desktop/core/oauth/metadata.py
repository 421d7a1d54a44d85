"""What the wallet tells programs about itself: RFC 8414 and RFC 9728.

The issuer is ``http`` on a loopback address, the one place where this server departs from the
standards: a certificate for it would need an authority that every machine trusts.
"""

from typing import Any, Final

from wattfare_desktop.core.oauth.details import DETAILS_TYPE
from wattfare_desktop.core.oauth.dpop import ALGORITHMS

AUTHORIZATION_SERVER_PATH: Final = "/.well-known/oauth-authorization-server"
OPENID_ALIAS_PATH: Final = "/.well-known/openid-configuration"
PROTECTED_RESOURCE_PATH: Final = "/.well-known/oauth-protected-resource"
AUTHORIZE_PATH: Final = "/oauth/authorize"
TOKEN_PATH: Final = "/oauth/token"  # noqa: S105 - a path, not a password
REVOKE_PATH: Final = "/oauth/revoke"


def authorization_server(issuer: str) -> dict[str, Any]:
    """Return the metadata of the server at ``issuer``, such as ``http://127.0.0.1:8402``.

    Only what is there is listed: a client takes each line for a promise.
    """
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}{AUTHORIZE_PATH}",
        "token_endpoint": f"{issuer}{TOKEN_PATH}",
        "revocation_endpoint": f"{issuer}{REVOKE_PATH}",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "authorization_details_types_supported": [DETAILS_TYPE],
        "dpop_signing_alg_values_supported": list(ALGORITHMS),
        "authorization_response_iss_parameter_supported": True,
        # RFC 9101 has this default to true for request_uri, which is not offered yet.
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


def protected_resource(issuer: str) -> dict[str, Any]:
    """Return the metadata of the providers' APIs, which the same origin serves."""
    return {
        "resource": issuer,
        "resource_name": "Wattfare",
        "authorization_servers": [issuer],
        "bearer_methods_supported": ["header"],
        "authorization_details_types_supported": [DETAILS_TYPE],
        "dpop_signing_alg_values_supported": list(ALGORITHMS),
        "dpop_bound_access_tokens_required": False,
    }
