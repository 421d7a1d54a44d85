"""Write resources/openapi.json: our own API, as the gateway serves it to whoever builds on it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from api_document.document import document

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "resources" / "openapi.json"


# A reference, and an array of no more than one text, each on a line of its own.
_SHORT = re.compile(r"[\[{]\s+(\"[^\"]*\"(?:: \"[^\"]*\")?)\s+[\]}]")


def written() -> str:
    """Return the document as the file has it."""
    text = json.dumps(document(), indent=1, ensure_ascii=False)
    return _SHORT.sub(lambda short: short[0][0] + short[1] + short[0][-1], text) + "\n"


def main() -> int:
    """Write the file; return the exit status."""
    TARGET.write_text(written(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
