"""Write docs/translation.md: what an app of each API can ask of the providers of every other."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "translation.md"


def main() -> int:
    """Try every cell and write the document; return the exit status."""
    # The cells are what the tests try.
    sys.path.insert(0, str(ROOT))
    from tests.support.translation.matrix import document  # noqa: PLC0415 - found only now

    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(document(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
