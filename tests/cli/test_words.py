"""Where the command stands, and what is a URI."""

import pytest

from wattfare_desktop.cli.words import handed_over_uri, is_uri, with_uri_command

URI = "wattfare://authorize?client_id=Notes"


@pytest.mark.parametrize(
    "before", [[], ["--json"], ["--home", "/x"], ["--home=/x", "-v"], ["--port", "0", "--json"]]
)
def test_a_uri_in_the_commands_place_becomes_a_command(before: list[str]) -> None:
    assert with_uri_command([*before, URI, "-v"]) == [*before, "open-uri", URI, "-v"]


@pytest.mark.parametrize(
    "argv", [[], ["--json"], ["revoke", URI], ["--home", URI], ["status"], ["--home", URI, "apps"]]
)
def test_a_uri_elsewhere_stays_what_it_is(argv: list[str]) -> None:
    assert with_uri_command(argv) == argv


def test_schemes_know_no_case() -> None:
    assert is_uri("WattFare:authorize")
    assert not is_uri("wattfares://authorize")
    assert not is_uri("https://wattfare:8402")


def test_only_a_uri_alone_is_handed_over_early() -> None:
    assert handed_over_uri([URI]) == (URI, None)
    assert handed_over_uri(["--home", "/x", URI]) == (URI, "/x")
    assert handed_over_uri([]) is None
    assert handed_over_uri(["status"]) is None
    assert handed_over_uri([URI, "--json"]) is None
