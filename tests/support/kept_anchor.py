"""An anchor kept in memory, or by a keeper that fails."""

from wattfare_desktop.core.errors import UserFacingError


class KeptAnchor:
    """What ``wallet.proof`` anchors by; a test may look at it, change it, or make it fail."""

    def __init__(self) -> None:
        self.text: str | None = None
        self.failure: UserFacingError | None = None
        self.writes = 0

    async def read_anchor(self) -> str | None:
        if self.failure is not None:
            raise self.failure
        return self.text

    async def write_anchor(self, text: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.text = text
        self.writes += 1
