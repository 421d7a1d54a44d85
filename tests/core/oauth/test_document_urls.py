"""Tests of ``wattfare_desktop.core.oauth.document_urls``."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.oauth.document_urls import (
    URL_CHARS_MAX,
    DocumentUrl,
    is_public,
    read_document_url,
)

IPS_4 = st.ip_addresses(v=4).map(IPv4Address)
IPS_6 = st.ip_addresses(v=6).map(IPv6Address)


@pytest.mark.parametrize(
    ("client_id", "host"),
    [
        ("https://notes.example/client.json", "notes.example"),
        ("https://notes.example/", "notes.example"),
        ("https://notes.example//a/...b/~c", "notes.example"),
        ("https://a.b-c.xn--bcher-kva.example/x;y=1,@:", "a.b-c.xn--bcher-kva.example"),
        ("https://notes.example/" + "x" * (URL_CHARS_MAX - 22), "notes.example"),
    ],
)
def test_a_url_of_a_document(client_id: str, host: str) -> None:
    url = read_document_url(client_id)
    assert url == DocumentUrl(text=client_id, host=host)
    assert url.origin == f"https://{host}"


@pytest.mark.parametrize(
    "client_id",
    [
        *(
            "",
            "Notes AI",
            "http://notes.example/a",
            "HTTPS://notes.example/a",
            "https:/a.example/b",
        ),
        *("ftp://notes.example/a", "file:///etc/passwd", " https://notes.example/a"),
        *("https://notes.example", "https://notes.example:8443", "https://notes.example\\a"),
    ],
)
def test_what_is_no_document_at_all(client_id: str) -> None:
    assert read_document_url(client_id) is None


@pytest.mark.parametrize(
    "host",
    [
        # Loopback and its like in every spelling that some resolver or parser takes.
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001"),
        *("127.0.0.1.", "0", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "::1"),  # noqa: S104 - a host
        *("[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[fe80::1%25eth0]", "[64:ff9b::7f00:1]"),
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "8.8.8.8"),
        *(
            "1.1",
            "a.1",
            "a.0x7f",
            "a.example.1",
            "\u2460\u2461\u2466.0.0.1",
            "127\u30020\u30020\u30021",
        ),
        # Names of this machine and its network.
        *("localhost", "LOCALHOST", "localhost.", "app.localhost", "localhost.localdomain"),
        *("printer.local", "router.lan", "nas.home.arpa", "wiki.internal", "a.corp", "a.home"),
        *("intranet", "metadata", "a.onion", "1.0.0.127.in-addr.arpa"),
        # Anything beside a name.
        *("user@notes.example", "user:pass@notes.example", "notes.example@127.0.0.1", "@a.example"),
        *(
            "notes.example:443",
            "notes.example:8443",
            "notes.example:",
            "notes.example.",
            ".example",
        ),
        *("Notes.example", "b\u00fccher.example", "n\u043etes.example", "a..example", "-a.example"),
        *("a-.example", "a_b.example", "a b.example", "%6eotes.example", "notes.example%00", ""),
        *("notes.example\\@127.0.0.1", "a\t.example", "a\n.example", "127.0.0.1\t.example"),
        "a" * 64 + ".example",
        "a." * 126 + "example",
    ],
)
def test_hosts_that_are_refused(host: str) -> None:
    assert isinstance(read_document_url(f"https://{host}/client.json"), str)


@pytest.mark.parametrize(
    "rest",
    [
        *("?a=b", "?", "#a", "/#", "/a?", "/a?b", "/a#b", "?/a", "/a%20b", "/%2e%2e/a", "/a%2fb"),
        *("/.", "/..", "/a/../b", "/a/./b", "/a/..", "/a\\b", "/a b", "/a\tb", "/a\n", "/a\x00"),
        *("/\u00fc", "/<b>", '/"', "/a|b", "/{a}", "/^", "/`", "/[a]", "/" + "x" * URL_CHARS_MAX),
    ],
)
def test_rests_that_are_refused(rest: str) -> None:
    assert isinstance(read_document_url(f"https://notes.example{rest}"), str)


@given(st.text() | st.text("htps:/a.-@?#%\\[]:1\n").map(lambda text: f"https://{text}"))
def test_no_text_raises_and_what_is_taken_has_one_meaning(text: str) -> None:
    url = read_document_url(text)
    if isinstance(url, DocumentUrl):
        assert url.text == text
        assert text.startswith(f"https://{url.host}/")
        assert text.isascii()
        assert not set("@?#%\\[] \n") & set(text.removeprefix(f"https://{url.host}")) - {"@"}
        assert url.host == url.host.lower()
        assert "." in url.host.strip(".")
        assert not url.host[-1].isdigit() or "." not in url.host.rpartition(".")[2]


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "1.1.1.1", "93.184.215.14", "100.63.255.255", "172.32.0.1", "198.17.0.1"),
        *("2606:4700::1111", "2a00:1450:4001::1", "2620:fe::fe", "2003::1"),
        *("::ffff:8.8.8.8", "64:ff9b::8.8.8.8"),
    ],
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.127.255.255"),  # noqa: S104 - no bind
        "127.0.0.1",
        *("127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8"),
        *("192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255"),
        *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1"),
        *("255.255.255.255", "::", "::1", "fe80::1", "fe80::1%lo", "2606:4700::1%lo", "fec0::1"),
        *("fc00::1", "fd12:3456::1", "ff02::1", "100::1", "2001:db8::1", "3fff::1", "5f00::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
        *("64:ff9b::127.0.0.1", "64:ff9b::192.168.0.1", "64:ff9b:1::8.8.8.8", "2002:7f00:1::"),
        *("2002:808:808::", "2001::1", "2001:0:7f00:1::", "::ffff:0:127.0.0.1", "4000::1"),
        *("", "notes.example", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "127.1", "1.1.1.1 "),
    ],
)
def test_addresses_that_are_not(address: str) -> None:
    assert not is_public(address)


@given(IPS_4)
def test_an_ipv4_address_is_the_same_in_its_wrappings(address: IPv4Address) -> None:
    as_it_is = is_public(str(address))
    assert is_public(f"::ffff:{address}") is as_it_is
    assert is_public(f"64:ff9b::{address}") is as_it_is
    if as_it_is:
        assert address.is_global
        assert not address.is_multicast | address.is_private | address.is_reserved


@given(IPS_6 | st.text())
def test_no_address_raises_and_a_public_one_is_global(address: IPv6Address | str) -> None:
    if is_public(str(address)):
        found = IPv6Address(str(address)) if ":" in str(address) else IPv4Address(str(address))
        assert not (found.is_private | found.is_loopback | found.is_link_local | found.is_multicast)
