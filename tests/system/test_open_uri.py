"""Tests of ``wattfare_desktop.system.open_uri``; test_linux opens real links."""

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system.open_uri import require_openable, start_detached


@pytest.mark.parametrize(
    "uri",
    [
        "https://example.org/cb?code=x&state=y",
        "HTTPS://example.org",
        "http://127.0.0.1:5000/cb",
        "http://127.9.9.9/cb",
        "http://[::1]:5000/cb",
        "http://localhost:5000/cb",
        "com.example.app:/cb?code=x",
        "cursor://anysphere.cursor/cb",
        "vscode://publisher.extension/cb",
    ],
)
def test_pages_and_apps_are_opened(uri: str) -> None:
    require_openable(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "example.org",
        "/etc/passwd",
        "--help",
        "-a:/x",
        "https:",
        "https:///path",
        "http://example.org/",
        "http://127.0.0.1.example.org/",
        "http://[::1/",
        "http:",
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "smb://host/share",
        "search-ms:query=x",
        "ms-msdt:/id",
        "mailto:x@example.org",
        "wattfare://authorize",
        "com.example.app:/a b",
        "com.example.app:/a\nb",
        "com.example.app:/\u202e",
        "https://example.org/" + "x" * 20_000,
    ],
)
def test_all_else_is_not(uri: str) -> None:
    with pytest.raises(UserFacingError, match="not opened") as told:
        require_openable(uri)
    assert not uri or uri not in str(told.value)


def test_a_program_runs_apart_and_is_reaped(tmp_path: Path) -> None:
    out = tmp_path / "pid"
    code = (
        "import os, sys; "
        "open(sys.argv[1] + '.part', 'w').write(f'{os.getpid()} {os.getsid(0)}'); "
        "os.rename(sys.argv[1] + '.part', sys.argv[1])"
    )
    if sys.platform == "win32":
        pytest.skip("Windows has no sessions")
    start_detached([sys.executable, "-c", code, str(out)], os.environ)
    deadline = time.monotonic() + 20
    while not out.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    pid, session = (int(each) for each in out.read_text().split())
    assert session == pid
    while psutil.pid_exists(pid):
        assert time.monotonic() < deadline, "left as a zombie"
        time.sleep(0.02)


def test_a_missing_program_is_told() -> None:
    with pytest.raises(UserFacingError, match="Nothing here opens"):
        start_detached(["/no/such/program", "https://example.org"], os.environ)
