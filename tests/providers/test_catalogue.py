"""Tests of ``wattfare_desktop.providers.catalogue``."""

from pathlib import Path

import pytest

from wattfare_desktop.providers.catalogue import (
    Catalogue,
    CatalogueError,
    KeyPlacement,
    ModelRoute,
    Provider,
    parse_catalogue,
    read_base_url,
)
from wattfare_desktop.providers.dialect import DialectName, OutputLimitField, RequestRefusal

BUNDLED = (Path(__file__).parents[2] / "resources" / "providers.toml").read_text("utf-8")

ROW = """
[[providers]]
id = "some"
name = "Some"
base = "https://api.some.example/v1/"
dialects = ["openai_chat"]
auth = "bearer"
key_check = "/models"
models = "/models"
price_id = "openai"
console = ""
"""


@pytest.fixture
def bundled() -> Catalogue:
    return parse_catalogue(BUNDLED)


def test_the_bundled_rows(bundled: Catalogue) -> None:
    ids = [provider.id for provider in bundled]
    assert ids[0] == "openai"
    assert {"openai", "openrouter", "deepseek", "groq", "mistral", "x-ai"} < set(ids)
    openai = bundled.find("openai")
    assert openai is not None
    assert openai.base_url == "https://api.openai.com/v1"
    assert openai.auth is KeyPlacement.BEARER
    assert [provider.id for provider in bundled if provider.practice] == ["practice"]
    assert all(
        provider.base_url.startswith("https://")
        for provider in bundled
        if provider.base_url and not provider.local
    )


def test_practice_takes_real_prices_and_has_no_base_yet(bundled: Catalogue) -> None:
    practice = bundled.find("practice")
    assert practice is not None
    assert practice.price_id == "makers"
    assert practice.base_url == ""
    served = bundled.with_base("practice", "http://127.0.0.1:5").find("practice")
    assert served is not None
    assert served.base_url == "http://127.0.0.1:5"
    assert bundled.find("practice") == practice


def test_a_changed_base_keeps_the_order(bundled: Catalogue) -> None:
    moved = bundled.with_base("openai", "https://else.example/v1")
    assert [provider.id for provider in moved] == [provider.id for provider in bundled]
    assert "openai" in moved
    assert "nobody" not in moved
    assert moved.find("nobody") is None
    with pytest.raises(KeyError):
        bundled.with_base("nobody", "https://else.example/v1")


def test_a_row_and_its_defaults() -> None:
    (row,) = parse_catalogue(ROW)
    assert row.base_url == "https://api.some.example/v1"
    assert row.dialects == (DialectName.OPENAI_CHAT,)
    assert row.limit_field is OutputLimitField.AS_SENT
    assert not row.local
    assert not row.practice
    assert row.needs_key
    assert not row.needs_base
    assert row.balance_shape is None
    assert row.landmark is None


def test_each_api_of_a_provider_may_have_a_path_of_its_own() -> None:
    (row,) = parse_catalogue(ROW + 'paths = { openai_chat = "/compatible/v1" }')
    assert row.path_before(DialectName.OPENAI_CHAT) == "/compatible/v1"
    assert row.path_before(DialectName.ANTHROPIC_MESSAGES) == ""


def test_a_row_may_ask_for_headers_and_a_whole_list() -> None:
    (row,) = parse_catalogue(
        ROW.replace('models = "/models"', 'models = "/models?limit=1000"')
        + 'headers = { "some-version" = "2" }'
    )
    assert row.models_path == "/models?limit=1000"
    assert row.headers == {"some-version": "2"}


def test_a_row_needs_little() -> None:
    (row,) = parse_catalogue(
        '[[providers]]\nid = "few"\nname = "Few"\nbase = "https://few.example"'
    )
    assert (row.auth, row.key_check_path, row.models_path) == (
        KeyPlacement.BEARER,
        "/models",
        "/models",
    )
    assert (row.price_id, row.dialects) == ("few", (DialectName.OPENAI_CHAT,))


def test_there_are_forty_and_each_can_be_reached_or_says_what_an_address_looks_like(
    bundled: Catalogue,
) -> None:
    rows = [row for row in bundled if not row.practice]
    assert len(rows) > 50
    for row in rows:
        assert row.base_url or row.base_example.startswith("https://"), row.id
        assert row.needs_base == (not row.base_url)
        assert bool(row.balance_path) == (row.balance_shape is not None), row.id
        assert row.local or row.console_url.startswith("https://") or row.id == "own", row.id
        assert row.local == (row.landmark is not None), row.id


def test_what_bills_nothing_says_so(bundled: Catalogue) -> None:
    free = [row.id for row in bundled if row.price_id == "free"]
    assert free == ["ollama", "lm-studio", "llama-cpp", "localai", "vllm"]


def test_the_users_own_rows_come_after_the_bundled_ones(bundled: Catalogue) -> None:
    both = bundled.joined(parse_catalogue(ROW))
    assert [row.id for row in both] == [*(row.id for row in bundled), "some"]
    with pytest.raises(CatalogueError, match="some already"):
        both.joined(parse_catalogue(ROW))


@pytest.mark.parametrize(
    ("toml", "complaint"),
    [
        ("", r"\[\[providers\]\]"),
        ("providers = 3", r"\[\[providers\]\]"),
        ("providers = [3]", "not a table"),
        (ROW.replace('name = "Some"', ""), "name is missing"),
        (ROW.replace('name = "Some"', "name = 3"), "name is missing"),
        (ROW + 'color = "red"', "color"),
        (ROW.replace('id = "some"', 'id = "So me"'), "an id is"),
        (ROW.replace('"/models"', '"models"'), "not a path"),
        (ROW.replace('"openai_chat"', '"morse"'), "morse"),
        (ROW.replace('"bearer"', '"cookie"'), "cookie"),
        (ROW.replace("https://", "http://"), "plain http"),
        (ROW + 'local = "yes"', "local"),
        (ROW + 'limit_field = "x"', "x"),
        (ROW + ROW, "same id"),
        ("[[[", "."),
        (ROW + "found_at = 8080", "found_at"),
        (ROW + 'found_at = 8080\nfound_by = ["props", "x"]', "found_by"),
        (ROW + 'balance = "left"', "not a path"),
        (ROW + "paths = 3", "paths is a table"),
        (ROW + 'paths = { openai_chat = "v1" }', "paths is a table"),
        (ROW + 'paths = { morse = "/v1" }', "morse"),
        (ROW.replace('models = "/models"', 'models = "/models?"'), "not a path"),
        (ROW.replace('models = "/models"', 'models = "/models?a b"'), "not a path"),
        (ROW.replace('models = "/models"', 'models = "?a=b"'), "not a path"),
        (ROW + "headers = 3", "headers"),
        (ROW + "headers = { a = 3 }", "headers"),
        (ROW + 'balance_shape = "round"', "round"),
    ],
)
def test_a_wrong_text_is_refused(toml: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_catalogue(toml)


def test_a_wrong_row_is_named() -> None:
    with pytest.raises(CatalogueError, match="row 2"):
        parse_catalogue(ROW + ROW.replace('name = "Some"', ""))


KNOWN = {
    "openai": {"gpt-5-mini", "gpt-5"},
    "practice": {"gpt-5-mini"},
    "groq": {"llama-3.3-70b-versatile", "openai/gpt-oss-120b"},
    "openrouter": {"openai/gpt-5", "openai/gpt-5-mini"},
}


def has_model(provider: Provider, model: str) -> bool:
    return model in KNOWN.get(provider.id, set())


@pytest.mark.parametrize(
    ("name", "configured", "route"),
    [
        ("openai/gpt-5", {"openai", "openrouter"}, ("openai", "gpt-5")),
        ("openai/not-known-yet", {"openai"}, ("openai", "not-known-yet")),
        ("openrouter/openai/gpt-5", {"openai", "openrouter"}, ("openrouter", "openai/gpt-5")),
        ("openai/gpt-5", {"openrouter"}, ("openrouter", "openai/gpt-5")),
        ("openai/gpt-oss-120b", {"groq"}, ("groq", "openai/gpt-oss-120b")),
        ("groq/openai/gpt-oss-120b", {"groq"}, ("groq", "openai/gpt-oss-120b")),
        ("practice/gpt-5-mini", {"openai", "practice"}, ("practice", "gpt-5-mini")),
        ("gpt-5-mini", {"practice"}, ("practice", "gpt-5-mini")),
        ("gpt-5-mini", {"practice", "openai"}, ("openai", "gpt-5-mini")),
        ("llama-3.3-70b-versatile", {"openai", "groq"}, ("groq", "llama-3.3-70b-versatile")),
    ],
)
def test_a_name_finds_its_provider(
    bundled: Catalogue, name: str, configured: set[str], route: tuple[str, str]
) -> None:
    found = bundled.split_model(name, configured, has_model)
    assert found == ModelRoute(provider=route[0], model=route[1])


@pytest.mark.parametrize(
    ("name", "configured", "words"),
    [
        ("gpt-5-mini", set(), "No provider"),
        ("gpt-5-mini", {"groq"}, "No provider"),
        ("openai/gpt-5", {"groq"}, "no funding for the provider 'openai'"),
        ("openai/", {"openai"}, "No provider"),
        ("/gpt-5", {"openai"}, "No provider"),
        ("nobody/gpt-5", {"nobody"}, "No provider"),
    ],
)
def test_a_name_nobody_has_is_refused(
    bundled: Catalogue, name: str, configured: set[str], words: str
) -> None:
    refusal = bundled.split_model(name, configured, has_model)
    assert isinstance(refusal, RequestRefusal)
    assert refusal.code == "model_not_found"
    assert refusal.status == 404
    assert words in refusal.message


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/", "https://api.openai.com/v1"),
        ("HTTPS://API.Example.COM", "https://api.example.com"),
        ("https://host:8443/a/b", "https://host:8443/a/b"),
        ("http://localhost:11434/v1", "http://localhost:11434/v1"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.8.9.1", "http://127.8.9.1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("https://[2001:DB8:0::1]", "https://[2001:db8::1]"),
    ],
)
def test_a_base_url_is_kept_in_one_form(text: str, kept: str) -> None:
    assert read_base_url(text) == kept
    assert read_base_url(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "api.openai.com/v1",
        "ftp://host/v1",
        "file:///etc/passwd",
        "https://",
        "https:///v1",
        "https://user@host/v1",
        "https://user:key@host/v1",
        "https://host/v1?key=1",
        "https://host/v1?",
        "https://host/v1#part",
        "https://host/v1#",
        "https://host/a/../b",
        "https://host/a//b",
        "https://host/./b",
        "https://host:0/v1",
        "https://host:99999/v1",
        "https://host:80a/v1",
        "https://host:/v1",
        "https://ho st/v1",
        "https://host\\v1",
        "https://host/v1\n",
        "https://höst/v1",
        "https://-host/v1",
        "https://a..b/v1",
        "https://[::g]/v1",
        "http://host.example/v1",
        "http://10.0.0.5:8000/v1",
        "http://localhost.example/v1",
        "http://127.0.0.1.example/v1",
        "https://h/" + "a" * 2000,
    ],
)
def test_a_base_url_that_is_not_one_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_base_url(text)


def test_plain_http_elsewhere_is_the_users_choice_alone() -> None:
    kept = read_base_url("http://10.0.0.5:8000/v1", allow_plain_http=True)
    assert kept == "http://10.0.0.5:8000/v1"
