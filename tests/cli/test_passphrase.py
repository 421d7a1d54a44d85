"""The passphrase file: its first line and nothing of it in an error."""

from pathlib import Path

import pytest

from wattfare_desktop.cli.passphrase import read_passphrase
from wattfare_desktop.core.errors import UserFacingError


@pytest.mark.parametrize(
    ("content", "passphrase"),
    [
        (b"correct horse\n", "correct horse"),
        (b"correct horse\r\nsecond line\n", "correct horse"),
        (b" kept as it is ", " kept as it is "),
        ("Schlüssel".encode(), "Schlüssel"),
    ],
)
def test_it_is_the_first_line(tmp_path: Path, content: bytes, passphrase: str) -> None:
    path = tmp_path / "passphrase"
    path.write_bytes(content)

    assert read_passphrase(path) == passphrase


@pytest.mark.parametrize("content", [b"", b"\n", b"\ncanary", b"canary\xff\n", b"canary" * 1_000])
def test_what_is_none_is_refused_unquoted(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "passphrase"
    path.write_bytes(content)

    with pytest.raises(UserFacingError) as caught:
        read_passphrase(path)
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserFacingError, match="nowhere"):
        read_passphrase(tmp_path / "nowhere")
