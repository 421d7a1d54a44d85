"""Write the notices of all that is built into the bundle: who made it, and under which licence.

    notices.py FILE

What goes in is what the project requires, what that requires, as it is installed here, and what
data is copied from. Each package's own licence texts are taken from what it installed; one that
brings none stops the build, unless its texts are in packaging/licences.
"""

from __future__ import annotations

import re
import sys
import sysconfig
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
LICENCES = ROOT / "packaging" / "licences"
PROJECT = "wattfare-desktop"
# The wheels of Qt bring no texts of their own.
BROUGHT_BY_US = {
    "pyside6-essentials": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "shiboken6": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    # Its own text is that of the Python binding alone; SQLCipher is inside.
    "sqlcipher3": ("SQLCipher.txt",),
}
# Its table of prices is copied into resources/prices; the library itself stays behind.
COPIED_FROM = ("genai-prices",)
_TEXT = re.compile(r"(^|/)(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)
_RULE = "=" * 78


class NoLicenceError(Exception):
    """A package whose licence text is not to be had."""


def notices() -> str:
    """Return all of it. Raises NoLicenceError where a package brings no text."""
    introduction = (ROOT / "resources" / "licences.txt").read_text(encoding="utf-8")
    copied = [metadata.distribution(name) for name in COPIED_FROM]
    parts = [introduction, *(_section(each) for each in (*required(), *copied))]
    parts += [_titled("Python", _python_licence())]
    parts += [_titled("Wattfare desktop", (ROOT / "LICENSE").read_text(encoding="utf-8"))]
    return "\n".join(parts)


def required() -> list[metadata.Distribution]:
    """Return what the project needs on this system, by name."""
    found: dict[str, metadata.Distribution] = {}
    waiting = [*needed_by(project())]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = metadata.distribution(name)
            waiting += needed_by(found[name])
    return [found[name] for name in sorted(found)]


def project() -> metadata.Distribution:
    """Return the project itself, as it is installed."""
    return metadata.distribution(PROJECT)


def needed_by(distribution: metadata.Distribution) -> Iterator[str]:
    """Yield the names of what a package requires on this system."""
    for line in distribution.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield plain(requirement.name)


def _section(distribution: metadata.Distribution) -> str:
    name = plain(distribution.name)
    about = distribution.metadata.json
    licence = str(about.get("license_expression") or about.get("license") or "see below")
    # Some put the whole text where its name belongs.
    named = licence.splitlines()[0][:100]
    texts = [*_own_texts(distribution)]
    texts += [(LICENCES / each).read_text(encoding="utf-8") for each in BROUGHT_BY_US.get(name, ())]
    if not texts:
        raise NoLicenceError(f"{name} brings no licence text: add one to packaging/licences.")
    return _titled(f"{distribution.name} {distribution.version} ({named})", "\n".join(texts))


def _own_texts(distribution: metadata.Distribution) -> Iterator[str]:
    for path in distribution.files or ():
        in_metadata = ".dist-info/" in path.as_posix()
        if in_metadata and _TEXT.search(path.as_posix()):
            yield Path(str(distribution.locate_file(path))).read_text(encoding="utf-8")


def _python_licence() -> str:
    places = (
        Path(sysconfig.get_path("stdlib")) / "LICENSE.txt",
        Path(sys.base_prefix) / "LICENSE.txt",  # Windows
        Path(f"/usr/share/doc/python3.{sys.version_info.minor}/copyright"),  # Debian
    )
    for place in places:
        if place.is_file():
            return place.read_text(encoding="utf-8")
    raise NoLicenceError("Python's own licence text is not where Pythons keep it.")


def _titled(title: str, text: str) -> str:
    return f"{_RULE}\n{title}\n{_RULE}\n\n{text.strip()}\n"


def plain(name: str) -> str:
    """Return a project's name as comparisons want it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main(arguments: Sequence[str]) -> int:
    """Write them to the file that is named; return the exit status."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    target = Path(arguments[0])
    try:
        text = notices()
    except NoLicenceError as error:
        print(error, file=sys.stderr)
        return 1
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
