"""Tests of ``wattfare_desktop.core.oauth.metadata``."""

import json

from wattfare_desktop.core.oauth.metadata import authorization_server, protected_resource

ISSUER = "http://127.0.0.1:8402"


def test_the_authorization_server_promises_what_is_there() -> None:
    assert json.loads(json.dumps(authorization_server(ISSUER))) == {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/oauth/authorize",
        "pushed_authorization_request_endpoint": f"{ISSUER}/oauth/par",
        "device_authorization_endpoint": f"{ISSUER}/oauth/device_authorization",
        "token_endpoint": f"{ISSUER}/oauth/token",
        "registration_endpoint": f"{ISSUER}/oauth/register",
        "revocation_endpoint": f"{ISSUER}/oauth/revoke",
        "introspection_endpoint": f"{ISSUER}/oauth/introspect",
        "service_documentation": "http://127.0.0.1:8402/wattfare/v1/openapi.json",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "introspection_endpoint_auth_methods_supported": ["none"],
        "scopes_supported": ["offline_access"],
        "authorization_details_types_supported": ["wattfare_spend"],
        "dpop_signing_alg_values_supported": ["ES256", "Ed25519", "EdDSA"],
        "authorization_response_iss_parameter_supported": True,
        "client_id_metadata_document_supported": True,
        "require_pushed_authorization_requests": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


def test_the_resource_names_its_server() -> None:
    assert json.loads(json.dumps(protected_resource(ISSUER))) == {
        "resource": ISSUER,
        "resource_name": "Wattfare",
        "resource_documentation": "http://127.0.0.1:8402/wattfare/v1/openapi.json",
        "authorization_servers": [ISSUER],
        "scopes_supported": ["offline_access"],
        "bearer_methods_supported": ["header"],
        "authorization_details_types_supported": ["wattfare_spend"],
        "dpop_signing_alg_values_supported": ["ES256", "Ed25519", "EdDSA"],
        "dpop_bound_access_tokens_required": False,
    }
