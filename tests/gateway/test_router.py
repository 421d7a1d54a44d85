"""Only a path that is in the table leads anywhere, and its gaps hold nothing but names."""

import pytest

from wattfare_desktop.gateway.router import Router

ROUTER = Router(
    {
        ("GET", "/v1/models"): "list",
        ("POST", "/v1/chat/completions"): "chat",
        ("POST", "/p/{provider}/v1/chat/completions"): "chat at",
        ("GET", "/receipts/{call}"): "receipt",
        ("POST", "/v1beta/models/{rest}"): "generate",
        ("GET", "/one/{model}"): "one",
    }
)


@pytest.mark.parametrize(
    ("method", "path", "found", "gaps"),
    [
        ("GET", "/v1/models", "list", {}),
        ("POST", "/p/x-ai/v1/chat/completions", "chat at", {"provider": "x-ai"}),
        ("GET", "/receipts/call_1", "receipt", {"call": "call_1"}),
        ("POST", "/v1beta/models/gemini-2.5-pro:go", "generate", {"rest": "gemini-2.5-pro:go"}),
        ("POST", "/v1beta/models/openai/gpt-5:go", "generate", {"rest": "openai/gpt-5:go"}),
        ("GET", "/one/gpt-5", "one", {"model": "gpt-5"}),
        ("GET", "/one/a/b:free", "one", {"model": "a/b:free"}),
        ("GET", "/one/a%2Fb%2fc", "one", {"model": "a/b/c"}),
    ],
)
def test_what_is_in_the_table_is_found(
    method: str, path: str, found: str, gaps: dict[str, str]
) -> None:
    match = ROUTER.find(method, path)
    assert match is not None
    assert (match.found, match.gaps) == (found, gaps)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/models/",
        "//v1/models",
        "/V1/models",
        "/v1/../v1/models",
        "/p//v1/chat/completions",
        "/p/a/b/v1/chat/completions",
        "/p/%2e%2e/v1/chat/completions",
        "/p/../v1/chat/completions",
        "/receipts/a.b",
        "/receipts/" + "a" * 65,
        "/receipts/call_1\n",
        "/v1beta/models/",
        "/v1beta/models/..",
        "/v1beta/models/../chat",
        "/v1beta/models/a/../b",
        "/v1beta/models/a//b",
        "/v1beta/models/a/b/c/d/e/f",
        "/v1beta/models/a%2fb",
        "/one/a%2F",
        "/one/%2Fa",
        "/one/a%2F..",
        "/one/..%2Fa",
        "/one/a%2F%2e%2e",
        "/one/a%252Fb",
        "/one/a%2Fb%2Fc%2Fd%2Fe%2Ff",
        "/v1beta/models/a b",
        "/v1beta/models/a?x",
        "/v1beta/models/é",
    ],
)
def test_no_other_spelling_leads_anywhere(path: str) -> None:
    assert ROUTER.find("GET", path) is None
    assert ROUTER.find("POST", path) is None
    assert not ROUTER.methods(path)


def test_a_path_tells_its_methods() -> None:
    assert ROUTER.find("GET", "/v1/chat/completions") is None
    assert ROUTER.methods("/v1/chat/completions") == {"POST"}
    assert ROUTER.methods("/p/groq/v1/chat/completions") == {"POST"}
    assert ROUTER.methods("/one/gpt-5") == {"GET"}
