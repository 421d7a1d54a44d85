"""Each check is named and timed, and none can hang the run."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import checks

if TYPE_CHECKING:
    import pytest


def python(code: str, *, timeout_s: float = 30) -> checks.Check:
    return checks.Check(name="a check", command=("python", "-c", code), timeout_s=timeout_s)


def test_a_check_that_finds_nothing_passes(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = checks.perform(python("pass"))

    assert outcome.passed
    assert "--- a check: ok" in capsys.readouterr().out


def test_a_failing_check_is_told_with_its_status(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = checks.perform(python("raise SystemExit(3)"))

    assert not outcome.passed
    assert "FAILED (status 3)" in capsys.readouterr().out


def test_a_check_that_hangs_is_ended_with_all_it_started() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        hang = f"import socket; socket.create_connection(('127.0.0.1', {port})).recv(1)"
        start_another = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hang!r}])"

        outcome = checks.perform(python(start_another, timeout_s=2))

        server.settimeout(10)
        grandchild, _ = server.accept()
        with grandchild:
            grandchild.settimeout(10)
            assert grandchild.recv(1) == b""  # its end is closed: it is gone
    assert "not done after 2 s" in outcome.verdict


def test_wrong_usage_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.main(["everything"]) == 2

    assert "checks.py lint" in capsys.readouterr().err
