"""Write what the bundle is made of as a machine reads it: a CycloneDX 1.6 bill of materials.

    sbom.py FILE

Like the notices it lists what the project requires, and what that requires, on the system it runs
on: the three systems' bundles differ.
"""

from __future__ import annotations

import json
import platform
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import notices
from program_facts import MAKER, NAME, project_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib import metadata

SPEC_VERSION = "1.6"


def bill() -> dict[str, Any]:
    """Return the document. What is listed decides its number, so that it can be made again."""
    required = notices.required()
    main, python = _main(), _python()
    refs = {notices.plain(each.name): _ref(each) for each in required}

    def needs(distribution: metadata.Distribution) -> list[str]:
        return sorted({refs[name] for name in notices.needed_by(distribution)})

    listed = [*(_component(each) for each in required), python]
    direct = [*needs(notices.project()), python["bom-ref"]]
    depends = [
        {"ref": main["bom-ref"], "dependsOn": direct},
        *({"ref": _ref(each), "dependsOn": needs(each)} for each in required),
    ]
    content = json.dumps([main, listed, depends], sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": SPEC_VERSION,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, content)}",
        "version": 1,
        "metadata": {
            "component": main,
            "properties": [
                {"name": "wattfare:system", "value": sys.platform},
                {"name": "wattfare:machine", "value": platform.machine()},
            ],
        },
        "components": listed,
        "dependencies": depends,
    }


def _main() -> dict[str, Any]:
    version = project_version()
    return {
        "type": "application",
        "bom-ref": f"wattfare-desktop@{version}",
        "name": NAME,
        "version": version,
        "supplier": {"name": MAKER},
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }


def _component(distribution: metadata.Distribution) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": _ref(distribution),
        "name": distribution.name,
        "version": distribution.version,
        "purl": _ref(distribution),
        "licenses": [_licence(distribution)],
    }


def _python() -> dict[str, Any]:
    version = platform.python_version()
    return {
        "type": "platform",
        "bom-ref": f"python@{version}",
        "name": "Python",
        "version": version,
        "licenses": [{"license": {"id": "PSF-2.0"}}],
    }


def _licence(distribution: metadata.Distribution) -> dict[str, Any]:
    about = distribution.metadata.json
    expression = about.get("license_expression")
    if expression:
        return {"expression": str(expression)}  # SPDX, by PEP 639
    stated = str(about.get("license") or "see its notices").strip()
    # Some put the whole text where its name belongs.
    return {"license": {"name": stated.splitlines()[0][:100]}}


def _ref(distribution: metadata.Distribution) -> str:
    return f"pkg:pypi/{notices.plain(distribution.name)}@{distribution.version}"


def main(arguments: Sequence[str]) -> int:
    """Write it to the file that is named; return the exit status."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    target = Path(arguments[0])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill(), indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
