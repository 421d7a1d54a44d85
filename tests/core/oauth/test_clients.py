"""Tests of ``wattfare_desktop.core.oauth.clients``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.oauth.clients import (
    ClientIdentity,
    DocumentWanted,
    Redirect,
    RedirectKind,
    Trust,
    identify,
    judge_redirect,
)
from wattfare_desktop.core.oauth.errors import Unredirectable

OWN_PORTS = frozenset({8402, 8403, 8404, 8405})
LOOPBACK, HTTPS, PRIVATE_USE, _DEVICE = RedirectKind


def _redirect(uri: str) -> Redirect:
    redirect = judge_redirect(uri, OWN_PORTS)
    assert isinstance(redirect, Redirect)
    return redirect


def _client(client_id: str, uri: str = "http://127.0.0.1:5173/cb") -> ClientIdentity:
    client = identify(client_id, _redirect(uri))
    assert isinstance(client, ClientIdentity)
    return client


@pytest.mark.parametrize(
    ("uri", "kind", "origin", "target"),
    [
        ("http://127.0.0.1:5173/cb", LOOPBACK, None, "127.0.0.1:5173"),
        ("http://127.0.0.1:1", LOOPBACK, None, "127.0.0.1:1"),
        ("http://[::1]:65535/cb?x=1", LOOPBACK, None, "[::1]:65535"),
        ("HTTP://127.0.0.1:443/", LOOPBACK, None, "127.0.0.1:443"),
        ("http://127.0.0.1:84020/", None, None, ""),
        ("http://127.0.0.1:5173/@x", LOOPBACK, None, "127.0.0.1:5173"),
        ("https://notes.example/cb", HTTPS, "https://notes.example", "notes.example"),
        ("https://Notes.Example", HTTPS, "https://notes.example", "notes.example"),
        ("https://notes.example:443/", HTTPS, "https://notes.example", "notes.example"),
        ("https://n.example:8402/", HTTPS, "https://n.example:8402", "n.example:8402"),
        ("https://a.example?x=1:2@3", HTTPS, "https://a.example", "a.example"),
        ("https://intranet/cb", HTTPS, "https://intranet", "intranet"),
        ("https://xn--bcher-kva.example/", HTTPS, "https://xn--bcher-kva.example",
         "xn--bcher-kva.example"),
        ("com.example.app:/cb", PRIVATE_USE, None, "com.example.app:"),
        ("com.example.app://cb/x?y=1", PRIVATE_USE, None, "com.example.app:"),
        ("Com.Example.App:/cb%20x", PRIVATE_USE, None, "com.example.app:"),
    ],
)  # fmt: skip
def test_redirects_that_may_be_answered(
    uri: str, kind: RedirectKind | None, origin: str | None, target: str
) -> None:
    redirect = judge_redirect(uri, OWN_PORTS)
    if kind is None:
        assert isinstance(redirect, Unredirectable)
        return
    assert isinstance(redirect, Redirect)
    assert (redirect.uri, redirect.kind) == (uri, kind)
    assert (redirect.origin, redirect.target) == (origin, target)
    assert redirect.has_query is ("?" in uri)


BAD_REDIRECTS = [
    ("", "1 to 2048"),
    ("https://a.example/" + "x" * 2048, "1 to 2048"),
    ("/cb", "whole URI"),
    ("notes.example/cb", "whole URI"),
    ("//127.0.0.1:5173/cb", "whole URI"),
    (":", "whole URI"),
    ("1http://127.0.0.1:5173/", "whole URI"),
    ("http://localhost:5173/cb", "127.0.0.1:PORT"),
    ("http://LOCALHOST:5173/cb", "127.0.0.1:PORT"),
    ("http://localhost", "127.0.0.1:PORT"),
    ("http://app.localhost:5173/", "127.0.0.1:PORT"),
    ("https://localhost:5173/cb", "127.0.0.1:PORT"),
    ("https://app.localhost/cb", "127.0.0.1:PORT"),
    ("http://notes.example/cb", "Plain http"),
    ("http://127.0.0.1/cb", "Plain http"),
    ("http://127.0.0.1:/cb", "Plain http"),
    ("http://127.0.0.1:0/cb", "Plain http"),
    ("http://127.0.0.1:05173/cb", "Plain http"),
    ("http://127.0.0.1:123456/cb", "Plain http"),
    ("http://127.0.0.1:65536/cb", "does not exist"),
    ("https://a.example:65536/cb", "does not exist"),
    ("http://127.0.0.2:5173/cb", "Plain http"),
    ("http://127.1:5173/cb", "Plain http"),
    ("http://0x7f000001:5173/cb", "Plain http"),
    ("http://2130706433:5173/cb", "Plain http"),
    ("http://0.0.0.0:5173/cb", "Plain http"),
    ("http://[::]:5173/cb", "Plain http"),
    ("http://[0:0:0:0:0:0:0:1]:5173/cb", "Plain http"),
    ("http://[::ffff:127.0.0.1]:5173/cb", "Plain http"),
    ("http://::1:5173/cb", "Plain http"),
    ("http://127.0.0.1.evil.example:5173/cb", "Plain http"),
    ("http://127.0.0.1:5173.evil.example/cb", "Plain http"),
    ("http://127.0.0.1%3a5173/cb", "Plain http"),
    ("http://127.0.0.1:8402/cb", "own ports"),
    ("http://127.0.0.1:8405/v1/models", "own ports"),
    ("http://[::1]:8403/", "own ports"),
    ("http://user@127.0.0.1:5173/cb", "user name"),
    ("http://127.0.0.1:5173@evil.example/cb", "user name"),
    ("https://user:pass@a.example/", "user name"),
    ("com.example.app://user@cb/", "user name"),
    ("http:127.0.0.1:5173/cb", "names no host"),
    ("https:/a.example/cb", "names no host"),
    ("https:", "names no host"),
    ("https://", "must name a host"),
    ("https:///cb", "must name a host"),
    ("https://127.0.0.1:5173/cb", "must name a host"),
    ("https://[::1]/cb", "must name a host"),
    ("https://2130706433/cb", "must name a host"),
    ("https://0x7f.1/cb", "must name a host"),
    ("https://a.example./cb", "must name a host"),
    ("https://a..example/cb", "must name a host"),
    ("https://-a.example/cb", "must name a host"),
    ("https://a_b.example/cb", "must name a host"),
    ("https://a.example:/cb", "must name a host"),
    ("https://" + "a" * 64 + ".example/cb", "must name a host"),
    ("https://" + "a." * 130 + "example/cb", "must name a host"),
    ("https://%61.example/cb", "must name a host"),
    ("https://b\xfccher.example/", "percent-encoding"),
    ("https://a.example/#x", "fragment"),
    ("https://a.example/cb#", "fragment"),
    ("com.example.app:/cb#x", "fragment"),
    ("https://a.example\\@evil.example/", "percent-encoding"),
    ("https://a.example/ cb", "percent-encoding"),
    (" https://a.example/cb", "percent-encoding"),
    ("https://a.example/cb\n", "percent-encoding"),
    ("https://a.example/\tcb", "percent-encoding"),
    ("https://a.example/\x00", "percent-encoding"),
    ("https://a.example/%", "percent-encoding"),
    ("https://a.example/%zz", "percent-encoding"),
    ("https://a.example/<b>", "percent-encoding"),
    ("https://a.example/%0d%0aSet-Cookie:x", "control characters"),
    ("https://a.example/%00", "control characters"),
    ("https://a.example/%5cx", "control characters"),
    ("com.example.app:/%7f", "control characters"),
    ("https://a.example/?code=1", "parameter of the answer"),
    ("https://a.example/?x=1&state", "parameter of the answer"),
    ("https://a.example/?iss&x", "parameter of the answer"),
    ("com.example.app:/cb?error=x", "parameter of the answer"),
    ("javascript:alert(1)", "private-use scheme"),
    ("JavaScript://a.example/%20alert(1)", "private-use scheme"),
    ("data:text/html,x", "private-use scheme"),
    ("file:///etc/passwd", "private-use scheme"),
    ("vbscript:x", "private-use scheme"),
    ("ftp://a.example/", "private-use scheme"),
    ("myapp://cb", "private-use scheme"),
    ("wattfare://authorize", "private-use scheme"),
    ("urn:ietf:wg:oauth:2.0:oob", "private-use scheme"),
    (".app:/cb", "whole URI"),
    ("app.:/cb", "private-use scheme"),
    ("com..app:/cb", "private-use scheme"),
    ("com.example.app:", "go on with a slash"),
    ("com.example.app:cb", "go on with a slash"),
    ("com.example.app:?x", "go on with a slash"),
]


@pytest.mark.parametrize(("uri", "words"), BAD_REDIRECTS)
def test_redirects_that_are_never_answered(uri: str, words: str) -> None:
    refused = judge_redirect(uri, OWN_PORTS)
    assert isinstance(refused, Unredirectable)
    assert refused.title == "That app cannot be answered"
    assert words in refused.detail


@given(
    st.one_of(
        st.text(),
        st.text("htps:/.127[]@%0alocexm#?=&\\ ").map(lambda text: f"http://{text}"),
        st.text("a1.-:@%/?&=code\n").map(lambda text: f"https://{text}"),
        st.text("a.:/@?#").map(lambda text: f"com.a{text}"),
    )
)
def test_no_redirect_raises_and_what_passes_is_kept_as_it_was(uri: str) -> None:
    redirect = judge_redirect(uri, OWN_PORTS)
    if isinstance(redirect, Redirect):
        assert redirect.uri == uri
        assert uri.isascii()
        assert not set(uri) & set("#\\ \n")


@pytest.mark.parametrize(
    ("asked", "registered"),
    [
        ("http://127.0.0.1:5173/cb", "http://127.0.0.1:6000/cb"),
        ("http://[::1]:1/cb", "http://[::1]:11/cb"),
        ("http://127.0.0.1:1/:1", "http://127.0.0.1:2/:1"),
        ("https://a.example/cb", "https://a.example/cb"),
        ("com.example.app:/cb", "com.example.app:/cb"),
    ],
)
def test_a_registered_redirect_is_matched(asked: str, registered: str) -> None:
    assert _redirect(asked).matches(_redirect(registered))


@pytest.mark.parametrize(
    ("asked", "registered"),
    [
        ("http://127.0.0.1:5173/cb", "http://127.0.0.1:5173/cb/"),
        ("http://127.0.0.1:5173/cb", "http://[::1]:5173/cb"),
        ("http://127.0.0.1:1/:1", "http://127.0.0.1:1/:2"),
        ("https://a.example/cb", "https://a.example:444/cb"),
        ("https://a.example/cb", "https://a.example/CB"),
        ("https://a.example/cb", "https://a.example/cb?x=1"),
        ("com.example.app:/cb", "com.example.app://cb"),
    ],
)
def test_another_redirect_is_not_matched(asked: str, registered: str) -> None:
    assert not _redirect(asked).matches(_redirect(registered))


PLACES = st.sampled_from(
    [
        *("http://127.0.0.1", "http://[::1]", "https://a.example", "https://a.example:444"),
        *("http://127.0.0.1:1", "http://127.0.0.1:65535", "com.a:", "com.a.b:"),
    ]
)
REDIRECTS = st.builds("{}{}".format, PLACES, st.sampled_from(["", "/", "/cb", ":1/cb", "/cb?x"]))


@given(REDIRECTS, REDIRECTS)
def test_two_redirects_match_where_nothing_but_a_loopback_port_differs(one: str, two: str) -> None:
    first, second = judge_redirect(one, OWN_PORTS), judge_redirect(two, OWN_PORTS)
    if isinstance(first, Redirect) and isinstance(second, Redirect):
        assert first.matches(second) is second.matches(first)
        same_but_for_port = (first.host, first.kind) == (second.host, second.kind) and (
            first.uri.replace(f":{first.port}", "", 1)
            == second.uri.replace(f":{second.port}", "", 1)
        )
        is_loopback = first.kind is LOOPBACK
        assert first.matches(second) is (same_but_for_port if is_loopback else one == two)


@pytest.mark.parametrize("uri", ["http://127.0.0.1:5173/cb", "com.example.app:/cb"])
def test_a_bare_name_is_a_claim(uri: str) -> None:
    client = _client("Notes AI", uri)
    assert (client.client_id, client.key, client.name) == ("Notes AI",) * 3
    assert client.trust is Trust.BARE_NAME
    assert not client.verified
    assert client.origin is None
    assert not client.confusable


def test_a_web_client_is_its_origin_whatever_it_calls_itself() -> None:
    client = _client("Your Bank", "https://evil.example/cb")
    assert client.client_id == "Your Bank"
    assert client.name == "evil.example"
    assert client.key == client.origin == "https://evil.example"
    assert client.trust is Trust.WEB_ORIGIN
    assert client.verified


def test_the_names_of_one_origin_share_its_silence() -> None:
    keys = {_client(name, "https://a.example/cb").key for name in ("one", "two")}
    assert len(keys) == 1


@pytest.mark.parametrize("origin", ["https://a.example", "https://a.example:444"])
def test_an_origin_is_a_client_id_where_it_is_answered(origin: str) -> None:
    assert _client(origin, f"{origin}/cb").key == origin


@pytest.mark.parametrize("client_id", ["https://a.example/", "https://b.example/client.json"])
def test_a_url_with_a_path_wants_its_document_whatever_the_redirect(client_id: str) -> None:
    for uri in ("https://a.example/cb", "http://127.0.0.1:5173/cb", "com.example.app:/cb"):
        wanted = identify(client_id, _redirect(uri))
        assert isinstance(wanted, DocumentWanted)
        assert wanted.url.text == client_id


@pytest.mark.parametrize(
    ("client_id", "uri"),
    [
        ("https://a.example", "http://127.0.0.1:5173/cb"),
        ("https://a.example", "com.example.app:/cb"),
        ("https://a.example", "https://b.example/cb"),
        ("https://a.example.evil.example", "https://a.example/cb"),
        ("https://a.example:444", "https://a.example/cb"),
        ("https://a.example:444/", "https://a.example/cb"),
        ("https://a.example/?b=c", "https://a.example/cb"),
        ("http://a.example/", "https://a.example/cb"),
        ("https://a.example/ x", "https://a.example/cb"),
        ("https://a.example/" + "x" * 512, "https://a.example/cb"),
        ("Notes https://a.example", "http://127.0.0.1:5173/cb"),
        ("", "http://127.0.0.1:5173/cb"),
        ("x" * 65, "http://127.0.0.1:5173/cb"),
        ("\ufdfa" * 10, "http://127.0.0.1:5173/cb"),  # NFKC makes 18 of each
        (" Notes", "http://127.0.0.1:5173/cb"),
        ("Notes  AI", "http://127.0.0.1:5173/cb"),
        ("Notes\nAI", "http://127.0.0.1:5173/cb"),
        ("Notes\u200bAI", "http://127.0.0.1:5173/cb"),
        ("\u202eNotes", "http://127.0.0.1:5173/cb"),
        ("\u3164", "http://127.0.0.1:5173/cb"),
        ("Notes\x00", "https://a.example/cb"),
        ("a\ud800", "http://127.0.0.1:5173/cb"),
        ("\u200b", "http://127.0.0.1:5173/cb"),
    ],
)
def test_what_is_no_client(client_id: str, uri: str) -> None:
    refused = identify(client_id, _redirect(uri))
    assert isinstance(refused, Unredirectable)
    assert refused.title == "That app does not say who it is"
    assert "client_id" in refused.detail


def test_a_name_in_another_spelling_is_the_same_client() -> None:
    assert _client("\uff2eotes").key == _client("Notes").key
    assert _client("\uff2eotes").client_id == "\uff2eotes"


def test_a_name_that_passes_for_another_asks_for_a_warning() -> None:
    assert _client("P\u0430ypal").confusable


@pytest.mark.parametrize(
    ("host", "warns"),
    [("xn--pypal-4ve.example", True), ("pay.XN--80ak6aa92e", True), ("xn.example", False)],
)
def test_an_address_in_foreign_letters_asks_for_a_warning(
    host: str,
    warns: bool,  # noqa: FBT001 - an expected value
) -> None:
    redirect = judge_redirect(f"https://{host}/cb", ())
    assert isinstance(redirect, Redirect)
    client = identify("Notes", redirect)
    assert isinstance(client, ClientIdentity)
    assert (client.confusable, client.name) == (warns, host.lower())


def test_the_longest_name_is_shown_whole() -> None:
    assert _client("x" * 64).name == "x" * 64


@given(st.text())
def test_no_client_id_raises(client_id: str) -> None:
    for uri in ("http://127.0.0.1:5173/cb", "https://a.example/cb"):
        client = identify(client_id, _redirect(uri))
        assert isinstance(client, ClientIdentity | Unredirectable | DocumentWanted)
        if isinstance(client, ClientIdentity):
            assert client.client_id == client_id
            assert client.name
            assert client.verified is (uri == "https://a.example/cb")
            assert client.trust is not Trust.REGISTERED
            assert client.host is None
