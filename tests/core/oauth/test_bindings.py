"""Tests of ``wattfare_desktop.core.oauth.bindings``."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.oauth.bindings import (
    LISTED_MAX,
    UNBOUND,
    Allowed,
    Bindings,
    is_interpreter,
    is_within,
    judge_place,
    judge_program,
    own_origin,
    places_text,
    program_text,
    read_allowed,
    read_cidr,
    read_origin,
    read_program,
)
from wattfare_desktop.core.oauth.clients import Redirect, judge_redirect

HERE = "127.0.0.1"
PAGE = "https://notes.example"


def judge(
    bindings: Bindings, address: str = HERE, origin: str | None = None, own: str | None = None
) -> bool:
    return judge_place(bindings, address=address, origin=origin, own=own) is None


def test_an_unbound_access_is_for_programs_and_its_own_page() -> None:
    assert judge(UNBOUND)
    assert judge(UNBOUND, origin=PAGE, own=PAGE)
    assert not judge(UNBOUND, origin=PAGE)
    assert not judge(UNBOUND, origin=f"{PAGE}:444", own=PAGE)


def test_an_access_bound_to_a_page_is_for_that_page_alone() -> None:
    bound = Bindings(origins=("https://other.example",))
    assert judge(bound, origin="https://other.example", own=PAGE)
    assert not judge(bound, origin=PAGE, own=PAGE)
    assert not judge(bound, own=PAGE)


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("127.0.0.1", True),
        ("::ffff:127.0.0.1", True),
        ("127.0.0.2", False),
        ("::ffff:127.0.0.2", False),
        ("::1", False),
        ("::1%lo", False),
        ("", False),
        ("name", False),
    ],
)
def test_an_address_is_inside_its_range_however_it_is_written(address: str, inside: bool) -> None:  # noqa: FBT001 - a parameter of the test
    bound = Bindings(cidrs=(ip_network("127.0.0.1/32"),))
    assert judge(bound, address=address) is inside


def test_a_page_that_was_opened_as_localhost_is_told_what_helps() -> None:
    refused = judge_place(
        UNBOUND,
        address="127.0.0.1",
        origin="http://localhost:5173",
        own="http://127.0.0.1:5173",
    )
    assert refused is not None
    assert "Open it as http://127.0.0.1" in refused


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_a_mapped_address_is_where_the_plain_one_is(address: object, bits: int) -> None:
    cidr = ip_network(f"10.0.0.0/{bits}", strict=False)
    assert is_within(f"::ffff:{address}", [cidr]) is is_within(str(address), [cidr])


def test_a_program_is_bound_by_its_whole_path() -> None:
    bound = Bindings(programs=("/usr/bin/notes",))
    assert judge_program(bound, "/usr/bin/notes") is None
    for other in ("/usr/bin/notes2", "/tmp/notes", None):  # noqa: S108 - a name, not a file
        assert judge_program(bound, other) is not None
    assert judge_program(UNBOUND, None) is None


@pytest.mark.parametrize(
    "path",
    [
        "/usr/bin/python3",
        "/usr/bin/python3.12",
        "/opt/node/bin/node",
        "/bin/bash",
        "C:\\Python311\\python.exe",
        "C:\\Windows\\System32\\cmd.exe",
        "/usr/lib/jvm/java",
        "/usr/bin/perl5.36.0",
        "/lib64/ld-linux-x86-64.so.2",
        "/usr/bin/mono-sgen",
        "/usr/bin/python3.13t",
        "/usr/bin/qemu-aarch64",
        "/usr/bin/luajit-2.1.0-beta3",
        "/usr/bin/php-cgi",
    ],
)
def test_what_runs_any_script_is_no_binding(path: str) -> None:
    assert is_interpreter(path)
    with pytest.raises(UserFacingError, match="runs any other"):
        read_program(path)
    assert "runs any script" in program_text(path, None)


@pytest.mark.parametrize(
    "path",
    [
        "/usr/bin/notes",
        "/usr/bin/nodepad",
        "/opt/pythonic",
        "C:\\Apps\\Notes.exe",
        "/opt/node/app",
        "\\\\host\\notes.exe",
    ],
)
def test_a_program_of_its_own_is_a_binding(path: str) -> None:
    assert not is_interpreter(path)
    assert read_program(path) == path


@pytest.mark.parametrize("path", ["", "notes", "./notes", "/", "/a\nb", "/" + "x" * 1024])
def test_what_is_no_whole_path_is_refused(path: str) -> None:
    with pytest.raises(UserFacingError):
        read_program(path)


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://notes.example", PAGE),
        ("HTTPS://Notes.Example/", PAGE),
        ("https://notes.example:443", PAGE),
        ("https://notes.example:8443", f"{PAGE}:8443"),
        ("http://127.0.0.1:5173", "http://127.0.0.1:5173"),
        ("http://[::1]:5173", "http://[::1]:5173"),
        ("http://notes.example:80", "http://notes.example"),
    ],
)
def test_an_origin_is_taken_as_browsers_write_it(text: str, origin: str) -> None:
    assert read_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    ["", "null", "*", "https://*.example", "https://a/b", "ftp://a", "https://u@a", "file://", "a"],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(UserFacingError):
        read_origin(text)


@pytest.mark.parametrize("text", ["", "127.0.0.1/33", "127.0.0.1/8", "::ffff:1.2.3.4/128", "here"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(UserFacingError):
        read_cidr(text)


def test_what_is_not_named_stays_and_an_empty_list_takes_away() -> None:
    bound = Bindings(jkt="x" * 43, origins=(PAGE,), programs=("/usr/bin/notes",))
    assert Allowed().on(bound) == bound
    now = read_allowed(["::1"], [], None).on(bound)
    assert (now.jkt, now.origins, now.programs) == (bound.jkt, (), bound.programs)
    assert places_text(now) == "/usr/bin/notes, ::1/128"
    assert places_text(UNBOUND) == "anywhere"


def test_lists_have_an_end() -> None:
    with pytest.raises(UserFacingError, match="too many"):
        read_allowed([f"127.0.0.{n}" for n in range(LISTED_MAX + 1)], None, None)


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("http://127.0.0.1:5173/cb", "http://127.0.0.1:5173"),
        ("http://[::1]:5173/cb", "http://[::1]:5173"),
        ("https://notes.example/cb?x=1", PAGE),
        ("com.example.notes:/cb", None),
    ],
)
def test_a_page_has_the_origin_of_its_redirect(uri: str, origin: str | None) -> None:
    redirect = judge_redirect(uri, ())
    assert isinstance(redirect, Redirect)
    assert own_origin(redirect) == origin


def test_a_program_is_shown_with_what_started_it_and_no_tricks() -> None:
    assert program_text("/usr/bin/notes", "/bin/bash") == "/usr/bin/notes, started by bash"
    assert program_text("/a\n\N{RIGHT-TO-LEFT OVERRIDE}b", None) == "/a??b"


ANY = st.text(max_size=60)
NEARLY = (
    ANY
    | st.text("0123456789abcdef.:/%", max_size=40)
    | ANY.map(lambda text: f"https://{text}")
    | ANY.map(lambda text: f"/usr/bin/{text}")
)


@given(NEARLY)
def test_no_range_raises_but_in_words_and_what_is_taken_is_one(text: str) -> None:
    try:
        network = read_cidr(text)
    except UserFacingError:
        return
    assert is_within(str(network.network_address), [network])
    assert read_cidr(str(network)) == network


@given(NEARLY)
def test_no_origin_raises_but_in_words_and_what_is_taken_is_spelled_as_browsers_do(
    text: str,
) -> None:
    try:
        origin = read_origin(text)
    except UserFacingError:
        return
    assert origin.isascii()
    assert origin == origin.lower()
    assert origin.count("/") == 2
    assert not set("?#@ \\%") & set(origin)
    assert read_origin(origin) == origin
    assert judge(Bindings(origins=(origin,)), origin=origin)


@given(NEARLY)
def test_no_program_raises_but_in_words_and_what_is_taken_is_a_whole_path(text: str) -> None:
    try:
        path = read_program(text)
    except UserFacingError:
        return
    assert path == text
    assert path.isprintable()
    assert not is_interpreter(path)
    assert judge_program(Bindings(programs=(path,)), path) is None


LISTS = st.none() | st.lists(NEARLY, max_size=LISTED_MAX + 2)


@given(LISTS, LISTS, LISTS)
def test_no_lists_raise_but_in_words(
    cidrs: list[str] | None, origins: list[str] | None, programs: list[str] | None
) -> None:
    try:
        allowed = read_allowed(cidrs, origins, programs)
    except UserFacingError:
        return
    for asked, read in (
        (cidrs, allowed.cidrs),
        (origins, allowed.origins),
        (programs, allowed.programs),
    ):
        assert (asked is None) is (read is None)
        assert len(read or ()) <= min(LISTED_MAX, len(asked or ()))
        assert len(set(read or ())) == len(read or ())


@given(NEARLY, st.none() | NEARLY, st.none() | NEARLY)
def test_no_place_raises_and_a_browser_calls_from_named_pages_alone(
    address: str, origin: str | None, own: str | None
) -> None:
    bound = Bindings(cidrs=(ip_network("127.0.0.0/8"),))
    if judge(bound, address=address, origin=origin, own=own):
        assert is_within(address, bound.cidrs)
        assert origin in {None, own}


@given(NEARLY, st.none() | NEARLY)
def test_any_program_is_shown_in_one_visible_line(path: str, parent: str | None) -> None:
    assert program_text(path, parent).isprintable()
