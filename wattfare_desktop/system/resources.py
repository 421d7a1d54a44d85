"""What is shipped beside the code: icons, translations, the catalogue, price limits."""

from pathlib import Path


def resource_root() -> Path:
    """Return the folder of resources: in the package once installed or frozen, else the tree's."""
    package = Path(__file__).parent.parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


def licence_notices() -> str:
    """Return the licences of all that is built in: in a bundle with their texts, else by name."""
    root = resource_root()
    in_full = root / "notices.txt"  # written when the bundle is built
    return (in_full if in_full.is_file() else root / "licences.txt").read_text("utf-8")
