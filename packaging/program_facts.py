"""What Windows and macOS show of the program: its version, maker and copyright, and what it takes.

Read by the recipe of the bundle and by the installers.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "Wattfare"
MAKER = "The Wattfare authors"
COPYRIGHT = "Copyright 2026 The Wattfare authors. Apache License 2.0."
DESCRIPTION = "Wattfare, a wallet for the AI that apps use"
SCHEME = "wattfare"
# As the program itself knows it: wattfare_desktop/system/macos.py.
BUNDLE_IDENTIFIER = "io.github.wattfare.Desktop"


def project_version() -> str:
    """Return the version of pyproject.toml, such as 0.1.0."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def four_numbers(version: str) -> tuple[int, int, int, int]:
    """Return a version as Windows' resources have it; what follows the numbers is left out."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if found is None:
        raise ValueError(f"{version} does not begin with three numbers")
    major, minor, micro = (int(number) for number in found.groups())
    return major, minor, micro, 0


def version_resource(version: str) -> str:
    """Return the version resource of the Windows program, in PyInstaller's notation."""
    numbers = four_numbers(version)
    strings = {
        "CompanyName": MAKER,
        "FileDescription": DESCRIPTION,
        "FileVersion": version,
        "InternalName": "wattfare",
        "LegalCopyright": COPYRIGHT,
        "OriginalFilename": "wattfare.exe",
        "ProductName": NAME,
        "ProductVersion": version,
    }
    table = ", ".join(f"StringStruct({name!r}, {text!r})" for name, text in strings.items())
    # 0409 is English, 04B0 (1200) UTF-16; 0x40004 is Windows NT, 1 a program.
    return f"""VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004,
    fileType=0x1, subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable('040904B0', [{table}])]),
    VarFileInfo([VarStruct('Translation', [0x0409, 1200])]),
  ],
)
"""


def mac_info(version: str) -> dict[str, object]:
    """Return what the application's Info.plist says beside what PyInstaller writes there."""
    return {
        "CFBundleDisplayName": NAME,
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        "CFBundleURLTypes": [
            {
                "CFBundleURLName": BUNDLE_IDENTIFIER,
                "CFBundleTypeRole": "Viewer",
                "CFBundleURLSchemes": [SCHEME],
            }
        ],
        # It lives in the menu bar: no icon in the Dock. PyInstaller would make a program with a
        # command line one without any window at all.
        "LSUIElement": True,
        "LSBackgroundOnly": False,
        "LSApplicationCategoryType": "public.app-category.finance",
        "LSMinimumSystemVersion": "13.0",
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": COPYRIGHT,
    }
