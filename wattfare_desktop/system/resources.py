"""What is shipped beside the code: icons, translations, the catalogue, price limits."""

from pathlib import Path


def resource_root() -> Path:
    """Return the folder of resources: in the package once installed or frozen, else the tree's."""
    package = Path(__file__).parent.parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"
