"""Make the folder of an AppImage of the bundle, and the AppImage where there is the tool for it.

    appimage.py [--dist DIR]

DIR/Wattfare.AppDir is laid out as AppImages are: the bundle whole, with the libraries that the
Debian package leaves to Debian, since nothing is known of the system it will run on. What every
desktop has, and must be the desktop's own, is left out all the same. `appimagetool` is in no
package index; the release workflow brings it along, and puts it on the PATH.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import build
from deb import moment, project_version
from share import ICON, TEMPLATES, write_share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

ROOT = Path(__file__).resolve().parent.parent
TOOL = "appimagetool"
# Of the AppImage project's own list: an old copy of these breaks a newer system's graphics, fonts
# or name look-ups, which are loaded into the same process.
SYSTEMS_OWN = (
    "libX11-xcb.so", "libX11.so", "libcom_err.so", "libexpat.so", "libfontconfig.so",
    "libfreetype.so", "libgcc_s.so", "libgpg-error.so", "libharfbuzz.so", "libstdc++.so",
    "libuuid.so", "libwayland-client.so", "libxcb.so", "libz.so",
)  # fmt: skip


def make_appdir(bundle: Path, appdir: Path, *, version: str, made_at: datetime) -> None:
    """Lay the AppDir out anew."""
    shutil.rmtree(appdir, ignore_errors=True)
    shutil.copytree(bundle, appdir / "usr/lib/wattfare", symlinks=True)
    for library in sorted((appdir / "usr/lib/wattfare/_internal").glob("*.so*")):
        if library.name.startswith(SYSTEMS_OWN):
            library.unlink()
    (appdir / "usr/bin").mkdir()
    (appdir / "usr/bin/wattfare").symlink_to("../lib/wattfare/wattfare")
    write_share(appdir / "usr/share", version=version, made_at=made_at)
    shutil.copyfile(TEMPLATES / "wattfare.desktop", appdir / "wattfare.desktop")
    shutil.copyfile(ICON, appdir / "wattfare.svg")
    (appdir / ".DirIcon").symlink_to("wattfare.svg")
    shutil.copyfile(TEMPLATES / "AppRun", appdir / "AppRun")
    (appdir / "AppRun").chmod(0o755)


def main(arguments: Sequence[str]) -> int:
    """Make what can be made; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="where the bundle is")
    dist: Path = parser.parse_args(arguments).dist
    if not build.executable(dist).exists():
        print(f"There is no bundle in {dist}: make bundle.", file=sys.stderr)
        return 1
    version, made_at = project_version(), moment(os.environ)
    appdir = dist / "Wattfare.AppDir"
    make_appdir(build.executable(dist).parent, appdir, version=version, made_at=made_at)
    print(f"{appdir} is laid out.")
    tool = shutil.which(TOOL)
    if tool is None:
        print(f"No AppImage is made of it: there is no {TOOL} on the PATH.")
        return 0
    target = dist / f"Wattfare-{version}-{platform.machine()}.AppImage"
    environment = {
        **os.environ,
        "ARCH": platform.machine(),
        "SOURCE_DATE_EPOCH": str(int(made_at.timestamp())),
    }
    done = subprocess.run([tool, str(appdir), str(target)], env=environment, check=False)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
