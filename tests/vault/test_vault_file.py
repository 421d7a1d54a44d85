"""Tests of ``wattfare_desktop.vault.vault_file``, on real files."""

import hashlib
import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.vault.passphrase import Cost, unwrap, wrap
from wattfare_desktop.vault.protection import Protection
from wattfare_desktop.vault.vault_file import VaultDamagedError, VaultFile

CHEAP = Cost(memory_kib=32, iterations=1, lanes=1)
MASTER = bytes(range(32))


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    home = tmp_path_factory.mktemp("home")
    VaultFile(home).write(wrap(MASTER, "correct horse", CHEAP))
    return (home / "vault.json").read_bytes()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("place")


def respelled(content: bytes, **changes: Any) -> bytes:
    """Return the file with members changed by somebody who knows how it is written."""
    fields = {**json.loads(content), **changes}
    del fields["checksum"]
    checksum = hashlib.sha256(json.dumps(fields).encode()).hexdigest()
    return json.dumps({**fields, "checksum": checksum}, indent=2).encode() + b"\n"


def test_the_key_comes_back_and_is_nowhere_in_the_file(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    file = VaultFile(home)
    assert file.protection() is Protection.ABSENT
    file.write(wrap(MASTER, "correct horse", CHEAP))
    read = file.read()
    assert read is not None
    assert unwrap(read, "correct horse") == MASTER
    assert file.protection() is Protection.PASSPHRASE
    text = (home / "vault.json").read_text()
    assert MASTER.hex() not in text
    assert "horse" not in text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists, not modes")
def test_the_file_and_its_folder_are_private(tmp_path: Path) -> None:
    home = tmp_path / "home"
    VaultFile(home).write(None)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "vault.json").stat().st_mode) == 0o600


def test_writing_again_leaves_one_file_only(tmp_path: Path) -> None:
    file = VaultFile(tmp_path)
    file.write(wrap(MASTER, "correct horse", CHEAP))
    file.write(None)
    assert file.protection() is Protection.KEYRING
    assert [path.name for path in tmp_path.iterdir()] == ["vault.json"]


@given(data=st.data())
def test_any_flipped_bit_is_damage(content: bytes, place: Path, data: st.DataObject) -> None:
    altered = bytearray(content)
    altered[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    (place / "vault.json").write_bytes(altered)
    with pytest.raises(VaultDamagedError):
        VaultFile(place).read()


@given(length=st.integers(0, 400))
def test_a_file_cut_short_is_damage(content: bytes, place: Path, length: int) -> None:
    (place / "vault.json").write_bytes(content[: min(length, len(content) - 1)])
    with pytest.raises(VaultDamagedError):
        VaultFile(place).read()


@pytest.mark.parametrize(
    "changes",
    [
        {"memory_kib": 100 * 1024 * 1024},
        {"memory_kib": True},
        {"memory_kib": 32.0},
        {"memory_kib": "32"},
        {"iterations": 10**12},
        {"lanes": 4_000},
        {"salt": ""},
        {"salt": 7},
        {"nonce": "00"},
        {"wrapped": "00" * 4_000},
        {"version": 2},
        {"protection": "none"},
        {"kdf": "md5"},
    ],
)
def test_a_tampered_member_is_refused_before_anything_is_derived(
    content: bytes, tmp_path: Path, changes: dict[str, Any]
) -> None:
    assert respelled(content) == content
    (tmp_path / "vault.json").write_bytes(respelled(content, **changes))
    with pytest.raises(VaultDamagedError):
        VaultFile(tmp_path).read()


@pytest.mark.parametrize("name", ["salt", "nonce", "wrapped"])
def test_a_tampered_value_with_the_right_checksum_does_not_open(
    content: bytes, tmp_path: Path, name: str
) -> None:
    value = json.loads(content)[name]
    altered = ("0" if value[0] != "0" else "1") + value[1:]
    (tmp_path / "vault.json").write_bytes(respelled(content, **{name: altered}))
    wrapped = VaultFile(tmp_path).read()
    assert wrapped is not None
    assert unwrap(wrapped, "correct horse") is None


@pytest.mark.parametrize(
    "text", [b"", b"null", b"[]", b'"x"', b"{}", b"\xff", b"[" * 4_000, b" " * 100_000]
)
def test_what_is_no_vault_says_what_to_do(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "vault.json").write_bytes(text)
    with pytest.raises(VaultDamagedError) as told:
        VaultFile(tmp_path).protection()
    assert "backup" in told.value.detail


def test_a_folder_in_its_place_is_said_to_be_unreadable(tmp_path: Path) -> None:
    (tmp_path / "vault.json").mkdir()
    with pytest.raises(UserFacingError, match="cannot be read"):
        VaultFile(tmp_path).read()
