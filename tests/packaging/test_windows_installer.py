"""The Windows installer is made of a bundle; whether it works is tried beside, under Wine."""

import struct
from pathlib import Path

import pytest

import windows_installer
from tests.support.dummy_bundle import dummy_bundle, needs_makensis
from windows_installer import NoInstallerError, installer_path, make_installer

AMD64 = 0x8664


def machine_of(program: Path) -> int:
    """Return for which processor a Windows program is (the PE format, "COFF File Header")."""
    content = program.read_bytes()
    (at,) = struct.unpack_from("<I", content, 0x3C)
    assert content[at : at + 4] == b"PE\0\0"
    (machine,) = struct.unpack_from("<H", content, at + 4)
    return int(machine)


def test_it_is_one_64_bit_program_that_says_what_it_is(tmp_path: Path) -> None:
    output = installer_path(tmp_path, "1.2.3")

    make_installer(dummy_bundle(tmp_path / "wattfare", "1.2.3"), output, version="1.2.3")

    assert output.name == "Wattfare-1.2.3-x64-setup.exe"
    assert machine_of(output) == AMD64
    content = output.read_bytes()
    for words in ("1.2.3", "Installs Wattfare", "The Wattfare authors", "requireAdministrator"):
        stated = words.encode("utf-16-le") in content or words.encode() in content
        assert stated == (words != "requireAdministrator"), words
    assert b'requestedExecutionLevel level="asInvoker"' in content


def test_without_a_windows_bundle_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert windows_installer.main(["--dist", str(tmp_path)]) == 1

    assert "make bundle, on Windows" in capsys.readouterr().err


def test_without_makensis_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wattfare.exe").touch()
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NoInstallerError, match="install NSIS"):
        make_installer(tmp_path, tmp_path / "wattfare-setup.exe", version="1.2.3")


def test_what_makensis_refuses_is_told(tmp_path: Path) -> None:
    needs_makensis()
    (tmp_path / "wattfare.exe").touch()

    with pytest.raises(NoInstallerError, match=r"(?s)makensis refused.*output file"):
        make_installer(tmp_path, tmp_path / "nowhere" / "wattfare-setup.exe", version="1.2.3")
