"""All of the document put together."""

from api_document import calls, common, oauth, oauth_bodies, runs, wallet
from api_document.common import Words
from api_document.shapes import Json
from wattfare_desktop.core.oauth import metadata
from wattfare_desktop.core.oauth.refreshing import OFFLINE_ACCESS
from wattfare_desktop.gateway.checks import PORTS

_ABOUT = """\
A wallet on this machine lets apps use AI models under caps that their user sets. An app asks once,
by OAuth (authorization code with PKCE, or a device code); the access it gets is then the API key of
whatever SDK it uses, at the paths of that SDK's provider.

Every error is told in the words of its path: OAuth's below `/oauth/`, each provider's at the paths
of its API, OpenAI's elsewhere. Money is a 402, never a 429, so that SDKs do not send a doomed call
again. A path of an API that is known and has no bound, such as `/v1/batches`, is a 403
(`unbounded_cost`), any other a 404; a method that a path does not take is a 405 with `Allow`."""

_TAGS = {
    "Authorization": "How an app gets its access, and gives it back.",
    "Wallet": "What is left, what a call would cost and what it cost.",
    Words.OPENAI.value: "OpenAI's API, which many providers speak.",
    Words.ANTHROPIC.value: "Anthropic's API.",
    Words.GEMINI.value: "Google's Gemini API.",
    Words.OLLAMA.value: "Ollama's API.",
    Words.RUNS.value: "Replicate and fal, which are paid by the run.",
}


def document() -> Json:
    """Return the whole of it."""
    paths = {**wallet.paths(), **oauth.paths(), **calls.paths(), **runs.paths()}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Wattfare",
            "version": "1",
            "summary": "A wallet for AI inference, on loopback.",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [_server()],
        "tags": [{"name": name, "description": about} for name, about in _TAGS.items()],
        "security": [{name: []} for name in _schemes()],  # each alone will do
        "paths": paths,
        "components": {**_used(paths, _components()), "securitySchemes": _schemes()},
    }


def _components() -> Json:
    return {
        "schemas": {
            **wallet.schemas(),
            **oauth_bodies.schemas(),
            **calls.schemas(),
            **runs.schemas(),
            **common.schemas(),
        },
        "responses": {**calls.responses(), **common.responses()},
        "parameters": calls.parameters(),
        "headers": common.headers(),
    }


def _used(paths: Json, components: Json) -> Json:
    """Return those of ``components`` that ``paths`` refer to, directly or not."""
    used: set[tuple[str, str]] = set()
    found = _referred(paths)
    while found := found - used:
        used |= found
        found = {each for kind, name in found for each in _referred(components[kind][name])}
    return {
        kind: {name: shape for name, shape in named.items() if (kind, name) in used}
        for kind, named in components.items()
    }


def _referred(value: object) -> set[tuple[str, str]]:
    match value:
        case {"$ref": str(address)}:
            kind, name = address.removeprefix("#/components/").split("/")
            return {(kind, name)}
        case dict():
            return {each for child in value.values() for each in _referred(child)}
        case list() | tuple():
            return {each for child in value for each in _referred(child)}
        case _:
            return set()


def _server() -> Json:
    port = {"default": str(PORTS[0]), "description": "The next free one, where that was taken."}
    return {"url": "http://127.0.0.1:{port}", "variables": {"port": port}}


def _schemes() -> Json:
    issuer = f"http://127.0.0.1:{PORTS[0]}"
    flow = {
        "authorizationUrl": f"{issuer}{metadata.AUTHORIZE_PATH}",
        "tokenUrl": f"{issuer}{metadata.TOKEN_PATH}",
        "refreshUrl": f"{issuer}{metadata.TOKEN_PATH}",
        "scopes": {OFFLINE_ACCESS: "Short accesses, and refresh tokens."},
    }
    return {
        "access": {
            "type": "http",
            "scheme": "bearer",
            "description": "The access, as OpenAI's SDK sends its key. `Key` will do in place of"
            " `Bearer`, as fal's clients say.",
        },
        "signed": {
            "type": "http",
            "scheme": "DPoP",
            "description": "RFC 9449: an access that is bound to a key, with a proof in the header"
            " `DPoP`. Such an access is refused as a bearer's.",
        },
        "xApiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
        "xGoogApiKey": {"type": "apiKey", "in": "header", "name": "x-goog-api-key"},
        "oauth": {"type": "oauth2", "flows": {"authorizationCode": flow}},
    }
