"""What the wallet tells programs about itself: RFC 8414 and RFC 9728.

The issuer is ``http`` on a loopback address, the one place where this server departs from the
standards: a certificate for it would need an authority that every machine trusts.
"""

from typing import Any, Final

from wattfare_desktop.core.oauth.details import DETAILS_TYPE
from wattfare_desktop.core.oauth.dpop import ALGORITHMS
from wattfare_desktop.core.oauth.refreshing import OFFLINE_ACCESS
from wattfare_desktop.core.oauth.registration import GRANT_TYPES

AUTHORIZATION_SERVER_PATH: Final = "/.well-known/oauth-authorization-server"
OPENID_ALIAS_PATH: Final = "/.well-known/openid-configuration"
PROTECTED_RESOURCE_PATH: Final = "/.well-known/oauth-protected-resource"
PUSH_PATH: Final = "/oauth/par"
AUTHORIZE_PATH: Final = "/oauth/authorize"
TOKEN_PATH: Final = "/oauth/token"  # noqa: S105 - a path, not a password
DEVICE_PATH: Final = "/oauth/device_authorization"
DEVICE_PAGE_PATH: Final = "/oauth/device"
REGISTER_PATH: Final = "/oauth/register"
REVOKE_PATH: Final = "/oauth/revoke"
INTROSPECT_PATH: Final = "/oauth/introspect"
DESCRIPTION_PATH: Final = "/wattfare/v1/openapi.json"
"""All of this and the APIs behind it, for developers and their programs."""


def authorization_server(issuer: str) -> dict[str, Any]:
    """Return the metadata of the server at ``issuer``, such as ``http://127.0.0.1:8402``.

    Only what is there is listed: a client takes each line for a promise.
    """
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}{AUTHORIZE_PATH}",
        "pushed_authorization_request_endpoint": f"{issuer}{PUSH_PATH}",
        "device_authorization_endpoint": f"{issuer}{DEVICE_PATH}",
        "token_endpoint": f"{issuer}{TOKEN_PATH}",
        "registration_endpoint": f"{issuer}{REGISTER_PATH}",
        "revocation_endpoint": f"{issuer}{REVOKE_PATH}",
        "introspection_endpoint": f"{issuer}{INTROSPECT_PATH}",
        "service_documentation": f"{issuer}{DESCRIPTION_PATH}",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANT_TYPES),
        "scopes_supported": [OFFLINE_ACCESS],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "introspection_endpoint_auth_methods_supported": ["none"],
        "authorization_details_types_supported": [DETAILS_TYPE],
        "dpop_signing_alg_values_supported": list(ALGORITHMS),
        "authorization_response_iss_parameter_supported": True,
        "require_pushed_authorization_requests": False,
        "client_id_metadata_document_supported": True,
        # Requests are not fetched; a pushed request's own URI needs no such promise.
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


def protected_resource(issuer: str) -> dict[str, Any]:
    """Return the metadata of the providers' APIs, which the same origin serves."""
    return {
        "resource": issuer,
        "resource_name": "Wattfare",
        "resource_documentation": f"{issuer}{DESCRIPTION_PATH}",
        "authorization_servers": [issuer],
        "scopes_supported": [OFFLINE_ACCESS],
        "bearer_methods_supported": ["header"],
        "authorization_details_types_supported": [DETAILS_TYPE],
        "dpop_signing_alg_values_supported": list(ALGORITHMS),
        "dpop_bound_access_tokens_required": False,
    }
