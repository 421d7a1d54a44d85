"""What is published of a release is read strictly, and compared."""

import json
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.updates import LATEST_BYTES_MAX, Release, Version, is_newer

FIELDS: Final = {
    "version": "1.2.3",
    "page": "https://wattfare.example/releases/1.2.3",
    "summary": "Receipts can be printed.",
    "published": "2026-11-28",
}
RELEASE: Final = Release(
    version=Version(1, 2, 3),
    page="https://wattfare.example/releases/1.2.3",
    summary="Receipts can be printed.",
    published=date(2026, 11, 28),
)
VERSIONS: Final = st.builds(Version, *[st.integers(0, 999_999_999)] * 3)


def _file(**changed: Any) -> bytes:
    return json.dumps({**FIELDS, **changed}).encode()


def test_a_release_is_read() -> None:
    assert Release.read(_file()) == RELEASE


@given(version=VERSIONS, summary=st.from_regex(r"[A-Za-zé$%][a-zA-Z ]{0,50}[a-z]", fullmatch=True))
def test_what_is_written_is_read_again(version: Version, summary: str) -> None:
    release = replace(RELEASE, version=version, summary=" ".join(summary.split()))
    assert Release.read(release.content()) == release


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 4_000,
        _file(more="x"),
        json.dumps({name: FIELDS[name] for name in ("version", "page", "summary")}).encode(),
        b'{"version": "9.9.9", ' + _file()[1:],
        _file(summary="x" * LATEST_BYTES_MAX),
        _file(version=1),
        _file(version=None),
        _file(summary=["x"]),
    ],
)
def test_any_other_file_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Release.read(content)


@pytest.mark.parametrize(
    "version",
    [
        "",
        "1",
        "1.2",
        "1.2.3.4",
        "v1.2.3",
        "01.2.3",
        "1.2.3rc1",
        "1.2.-3",
        "1.2.3 ",
        "\u0661.\u0662.\u0663",
        "9" * 9,
    ],
)
def test_a_version_is_three_numbers(version: str) -> None:
    with pytest.raises(ValueError, match="three numbers"):
        Release.read(_file(version=version))


@pytest.mark.parametrize(
    "page",
    [
        "",
        "http://wattfare.example/",
        "https://",
        "https:///releases",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://user:secret@wattfare.example/",
        "https://wattfare.example/a b",
        "https://wattfare.example/\n",
        "https://wattfäre.example/",
        "https://[::1",
        "https://wattfare.example/" + "a" * 300,
    ],
)
def test_only_an_https_page_is_opened(page: str) -> None:
    with pytest.raises(ValueError, match="page is an https address"):
        Release.read(_file(page=page))


@pytest.mark.parametrize(
    "summary",
    ["", " ", "two\nlines", "turned \u202e round", "hidden\u200b", "x" * 201, " leading"],
)
def test_a_summary_is_one_visible_line(summary: str) -> None:
    with pytest.raises(ValueError, match="summary is one line"):
        Release.read(_file(summary=summary))


@pytest.mark.parametrize("published", ["", "28.11.2026", "2026-11-31", "2026-W48-6", "20261128"])
def test_a_day_is_a_day(published: str) -> None:
    with pytest.raises(ValueError, match=r"published|day"):
        Release.read(_file(published=published))


@pytest.mark.parametrize(
    ("running", "newer"),
    [
        ("1.2.2", True),
        ("1.1.9", True),
        ("0.99.99", True),
        ("1.2.3", False),
        ("1.2.4", False),
        ("1.10.0", False),
        ("2.0.0", False),
        ("1.2.3+source", False),
        ("1.2.2+source", True),
        ("1.2.3.dev4", True),
        ("1.2.3rc1", True),
        ("1.2.4.dev1", False),
        ("1.2.3.dev4+source", True),
    ],
)
def test_what_comes_after_the_running_program_is_newer(running: str, *, newer: bool) -> None:
    assert is_newer(RELEASE, running) is newer


@pytest.mark.parametrize("running", ["", "unknown", "one.two.three", "1.2", "1.2.3-final"])
def test_a_program_without_a_version_is_compared_with_nothing(running: str) -> None:
    with pytest.raises(ValueError, match=r"version"):
        is_newer(RELEASE, running)


@given(first=VERSIONS, second=VERSIONS)
def test_versions_are_ordered_by_their_numbers(first: Version, second: Version) -> None:
    def numbers(version: Version) -> list[int]:
        return [int(part) for part in str(version).split(".")]

    assert (first < second) == (numbers(first) < numbers(second))
    assert Version.read(str(first)) == first
