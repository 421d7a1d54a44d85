"""Tests of ``wattfare_desktop.system.health``."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.tls import TestAuthority
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system import health
from wattfare_desktop.system.scheme import SchemeOwner, SchemeStatus

elsewhere = pytest.mark.skipif(
    sys.platform in {"win32", "darwin"}, reason="the desktop brings it along there"
)


@elsewhere
def test_a_display_is_named_or_missed() -> None:
    assert not health.display({}).ok
    assert "wattfare serve" in health.display({"DISPLAY": ""}).remedy
    assert health.display({"DISPLAY": ":0"}, lambda _: True).detail == "DISPLAY=:0"
    assert health.display({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}).detail == (
        "WAYLAND_DISPLAY=wayland-0"
    )


@elsewhere
def test_a_display_that_does_not_answer_is_missed() -> None:
    # Nobody has a display of that number, and the library asks for it in earnest.
    found = health.display({"DISPLAY": ":60999"})
    assert (found.ok, ":60999" in found.detail) == (False, True)


@elsewhere
@pytest.mark.parametrize("environment", [{}, {"DISPLAY": ":60999"}])
def test_windows_that_cannot_be_shown_are_refused_with_another_way(
    environment: dict[str, str],
) -> None:
    with pytest.raises(UserFacingError, match="wattfare serve"):
        health.require_windows(environment)
    # Qt was told to draw elsewhere: it knows better.
    health.require_windows({**environment, "QT_QPA_PLATFORM": "offscreen"})


@elsewhere
def test_a_library_is_found_or_missed() -> None:
    assert health.cursor_library("libc.so.6").ok
    missing = health.cursor_library("libno-such-library.so.0")
    assert not missing.ok
    assert "libxcb-cursor0" in missing.remedy


def test_links_go_here_elsewhere_or_nowhere() -> None:
    assert health.scheme(SchemeStatus(owner=SchemeOwner.OURS)).ok
    other = health.scheme(SchemeStatus(owner=SchemeOwner.OTHER, who="other.desktop"))
    assert (other.ok, "other.desktop" in other.detail) == (False, True)
    assert not health.scheme(SchemeStatus(owner=SchemeOwner.NONE)).ok


@pytest.mark.parametrize(
    ("days", "ok"), [(-2, False), (-0.5, True), (0, True), (3_000, True), (8_000, False)]
)
def test_the_clock_is_held_against_a_moment_that_was(days: float, *, ok: bool) -> None:
    known = datetime(2026, 11, 1, tzinfo=UTC)
    found = health.clock(known + timedelta(days=days), known)
    assert found.ok is ok
    assert bool(found.remedy) is not ok


def test_this_machines_clock_is_sane() -> None:
    assert health.clock(datetime.now(UTC), health.installed_at()).ok


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists, not modes")
def test_a_home_open_to_others_is_told(tmp_path: Path) -> None:
    assert health.home(tmp_path / "none").ok
    tmp_path.chmod(0o700)
    assert health.home(tmp_path).ok
    tmp_path.chmod(0o755)
    assert "chmod 700" in health.home(tmp_path).remedy


@elsewhere
def test_certificates_are_counted_where_they_were_found_or_missed(tmp_path: Path) -> None:
    missing = health.certificates({}, tmp_path)
    assert (missing.ok, "ca-certificates" in missing.remedy) == (False, True)

    wrong = health.certificates({"SSL_CERT_FILE": str(tmp_path / "none")}, tmp_path)
    assert (wrong.ok, "Unset SSL_CERT_FILE" in wrong.remedy) == (False, True)

    bundle = tmp_path / "etc/pki/tls/certs/ca-bundle.crt"
    bundle.parent.mkdir(parents=True)
    bundle.write_bytes(TestAuthority().pem)
    assert health.certificates({}, tmp_path).detail == f"1 in {bundle}"
