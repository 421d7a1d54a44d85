"""beancount's own checker, run on a text."""

import subprocess
import sys
from pathlib import Path


def bean_check(text: str, folder: Path) -> str:
    """Return what bean-check complains of; "" where it takes the file."""
    path = folder / "books.beancount"
    path.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [Path(sys.executable).parent / "bean-check", "--no-cache", path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    told = done.stdout + done.stderr
    assert (done.returncode == 0) == (not told.strip()), told
    return told.strip()
