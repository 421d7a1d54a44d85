"""The image for macOS. Its tools are Apple's alone: here they are stand-ins that take notes.

So what is shown is in which order the script calls them and what it tells, not that Apple agrees.
"""

import os
import plistlib
import shutil
import subprocess
import sys
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

import pytest

from program_facts import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
SCRIPT = ROOT / "packaging" / "macos" / "make-dmg.sh"
ENTITLEMENTS = ROOT / "packaging" / "macos" / "entitlements.plist"
IDENTITY = "0123456789ABCDEF0123456789ABCDEF01234567"
SECRETS = {
    "MACOS_CERTIFICATE": b64encode(b"canary-certificate").decode(),
    "MACOS_CERTIFICATE_PASSWORD": "canary-password",
    "NOTARY_KEY": b64encode(b"canary-key").decode(),
    "NOTARY_KEY_ID": "canary-id",
    "NOTARY_ISSUER": "canary-issuer",
}
STAND_INS = {
    "codesign": "",
    "xcrun": "",
    "spctl": "",
    "hdiutil": 'for last; do :; done; touch "$last"',
    "ditto": 'if [ $# = 2 ]; then cp -R "$1" "$2"; else for last; do :; done; touch "$last"; fi',
    "file": 'if grep -q "^CODE" "$2"; then echo "Mach-O 64-bit"; else echo data; fi',
    "security": f"""case "$1" in
find-identity) [ -n "$NO_IDENTITY" ] || echo '  1) {IDENTITY} "Developer ID Application: X"' ;;
list-keychains) [ "$4" = -s ] || echo '    "/Users/x/Library/Keychains/login.keychain-db"' ;;
esac""",
}


@dataclass(frozen=True, kw_only=True)
class Made:
    """How one run went; ``called`` are the tools with their arguments, in order."""

    code: int
    told: str
    called: list[str]
    images: set[str]

    def place(self, *words: str) -> int:
        """Return at which place the one call with all these words stands."""
        (place,) = [
            at for at, call in enumerate(self.called) if all(word in call for word in words)
        ]
        return place


@pytest.fixture
def app(tmp_path: Path) -> Path:
    contents = tmp_path / "Wattfare.app" / "Contents"
    for name, text in (
        ("MacOS/wattfare", "CODE"),
        ("Frameworks/libcrypto.dylib", "CODE"),
        ("Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore", "CODE"),
        ("Resources/prices.toml", "text"),
        ("Info.plist", "text"),
    ):
        (contents / name).parent.mkdir(parents=True, exist_ok=True)
        (contents / name).write_text(text, encoding="ascii")
    return contents.parent


def make(app: Path, more: dict[str, str]) -> Made:
    folder = app.parent
    tools, notes, scratch = folder / "tools", folder / "notes", folder / "scratch"
    tools.mkdir()
    scratch.mkdir()
    for name, body in STAND_INS.items():
        (tools / name).write_text(
            f'#!/bin/bash\necho "{name} $*" >> "{notes}"\n{body}\n', encoding="ascii"
        )
        (tools / name).chmod(0o755)
    done = subprocess.run(
        [str(SCRIPT), str(app), str(folder / "Wattfare-1.2.3.dmg")],
        env={
            "PATH": f"{tools}:{os.environ['PATH']}",
            "TMPDIR": str(scratch),
            "NO_IDENTITY": "",
            **more,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    # Neither certificate nor key may stay behind, whatever happened.
    assert list(scratch.iterdir()) == []
    return Made(
        code=done.returncode,
        told=done.stdout + done.stderr,
        called=notes.read_text(encoding="utf-8").splitlines(),
        images={image.name for image in folder.glob("*.dmg")},
    )


def test_it_signs_from_the_inside_out_and_notarises_both(app: Path) -> None:
    made = make(app, SECRETS)

    assert made.code == 0, made.told
    assert made.images == {"Wattfare-1.2.3.dmg"}
    signed = [
        call.rpartition(" ")[2].removeprefix(f"{app}/Contents/")
        for call in made.called
        if call.startswith("codesign --force")
    ]
    library, code, framework, program, whole, image = signed
    assert {library, code} == {
        "Frameworks/libcrypto.dylib",
        "Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore",
    }
    assert framework == "Frameworks/PySide6/Qt/lib/QtCore.framework"
    assert (program, whole) == ("MacOS/wattfare", str(app))
    assert image.endswith("Wattfare-1.2.3.dmg")
    order = [
        made.place("codesign --verify"),
        made.place("notarytool submit", "app.zip"),
        made.place("stapler staple", "Wattfare.app"),
        made.place("hdiutil create"),
        made.place("notarytool submit", ".dmg"),
        made.place("stapler staple", ".dmg"),
        made.place("spctl --assess"),
        made.place("security delete-keychain"),
    ]
    assert order == sorted(order)


def test_only_the_program_is_given_entitlements_and_all_is_hardened(app: Path) -> None:
    made = make(app, SECRETS)

    signing = [call for call in made.called if call.startswith("codesign --force")]
    with_entitlements = [call for call in signing if "--entitlements" in call]
    assert len(with_entitlements) == 2
    assert all("--options runtime" in call for call in signing[:-1])
    assert all(f"--sign {IDENTITY}" in call for call in signing)
    assert not any("--deep" in call for call in signing)


def test_no_secret_is_told(app: Path) -> None:
    made = make(app, SECRETS)

    assert "canary" not in made.told
    for secret in (SECRETS["MACOS_CERTIFICATE"], SECRETS["NOTARY_KEY"]):
        assert not any(secret in call for call in made.called)


def test_without_a_certificate_the_name_says_that_it_is_unsigned(app: Path) -> None:
    made = make(app, {})

    assert made.code == 0, made.told
    assert made.images == {"Wattfare-1.2.3-unsigned.dmg"}
    assert "not notarised" in made.told
    assert not any(call.startswith(("codesign", "xcrun")) for call in made.called)


def test_a_certificate_without_an_identity_makes_no_image(app: Path) -> None:
    made = make(app, SECRETS | {"NO_IDENTITY": "1"})

    assert made.code == 1
    assert made.images == set()
    assert "holds no identity" in made.told


def test_the_hardened_runtime_is_opened_for_nothing_but_code_made_while_running() -> None:
    allowed = plistlib.loads(ENTITLEMENTS.read_bytes())

    assert allowed == {"com.apple.security.cs.allow-unsigned-executable-memory": True}


def test_the_script_is_sound() -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    subprocess.run(["shellcheck", str(SCRIPT)], check=True, timeout=60)
