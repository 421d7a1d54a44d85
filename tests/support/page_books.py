"""Books that do at once what the window asks of them, and note it."""

from dataclasses import dataclass, field
from pathlib import Path

from tests.support.sample_rows import NOW
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.ui.presentation.books import Exported, ExportWish, Seen, Verdict
from wattfare_desktop.ui.presentation.long_work import Watch
from wattfare_desktop.wallet.backup import BackupMade, BackupWish
from wattfare_desktop.wallet.restore import Restored

HOME = Path("/home/ada/.local/share/wattfare")


@dataclass(frozen=True, kw_only=True)
class SeenFile:
    file: Path
    made_at: Instant = NOW
    entries: int = 1_204
    home: Path = HOME
    takes_place: bool = True
    needs_passphrase: bool = False


@dataclass(kw_only=True)
class PageBooks:
    """`refusal` is what all work meets while it is set; `unseen` what looking at a backup does."""

    verdict: Verdict = field(
        default_factory=lambda: Verdict(entries=1_204, calls=12, differences=())
    )
    needs_passphrase: bool = False
    refusal: UserFacingError | None = None
    unseen: UserFacingError | None = None
    told: list[tuple[object, ...]] = field(default_factory=list)

    async def back_up(self, wish: BackupWish, watch: Watch) -> BackupMade:
        self._note("back_up", wish, watch)
        return BackupMade(target=wish.target, entries=1_204, size=2_345_678)

    async def look_at_backup(self, file: Path, passphrase: str) -> SeenFile:
        if self.unseen is not None:
            raise self.unseen
        self.told.append(("look_at_backup", file, passphrase))
        return SeenFile(file=file, needs_passphrase=self.needs_passphrase)

    async def restore(self, seen: Seen, passphrase: str | None, watch: Watch) -> Restored:
        self._note("restore", seen, passphrase, watch)
        aside = HOME / "before-restore-2026-11-23-140509"
        return Restored(made_at=NOW, entries=1_204, paused=("Notes AI",), aside=aside)

    async def check(self, watch: Watch) -> Verdict:
        self._note("check", watch)
        return self.verdict

    async def export(self, wish: ExportWish, watch: Watch) -> Exported:
        self._note("export", wish, watch)
        return Exported(files=(wish.folder / f"wattfare.{wish.kind}",), entries=1_204)

    async def accept(self) -> None:
        self._note("accept")

    def _note(self, *words: object) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.told.append(words)
