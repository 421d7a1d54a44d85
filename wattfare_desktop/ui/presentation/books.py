"""What is said of the books as a whole: backed up, restored, checked, exported, or in doubt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.ledger.chain import Head
from wattfare_desktop.ui.presentation.first_run import passphrase_objection
from wattfare_desktop.ui.presentation.moments import moment_text

_MEGABYTE: Final = 1_000_000
_DIFFERENCES_SHOWN_MAX: Final = 8
_MAC_CHARS: Final = 16


class ExportKind(StrEnum):
    """What the books may be exported as."""

    CSV = "csv"
    JSON = "json"
    BEANCOUNT = "beancount"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportWish:
    """In which form, and into which folder."""

    kind: ExportKind
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The files that were written, and how many entries are in them."""

    files: tuple[Path, ...]
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check of everything found: ``differences`` in words, none where all adds up."""

    entries: int
    calls: int
    differences: tuple[str, ...]


class Made(Protocol):
    """A backup that is in its place."""

    @property
    def target(self) -> Path: ...  # noqa: D102 - the wallet's own words
    @property
    def entries(self) -> int: ...  # noqa: D102
    @property
    def size(self) -> int: ...  # noqa: D102


class Seen(Protocol):
    """A backup that its passphrase has opened, and where it would go."""

    @property
    def made_at(self) -> Instant: ...  # noqa: D102 - the composition root's own words
    @property
    def entries(self) -> int: ...  # noqa: D102
    @property
    def home(self) -> Path: ...  # noqa: D102
    @property
    def takes_place(self) -> bool: ...  # noqa: D102
    @property
    def needs_passphrase(self) -> bool: ...  # noqa: D102


class Back(Protocol):
    """What was restored."""

    @property
    def made_at(self) -> Instant: ...  # noqa: D102 - the wallet's own words
    @property
    def entries(self) -> int: ...  # noqa: D102
    @property
    def paused(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def aside(self) -> Path | None: ...  # noqa: D102


class Doubted(Protocol):
    """Why the books are not taken for what they were left as."""

    @property
    def why(self) -> str: ...  # noqa: D102 - the wallet's own words
    @property
    def database(self) -> Head: ...  # noqa: D102
    @property
    def anchor(self) -> Head | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A result in words: one line, what there is to know besides, and whether all is well."""

    title: str
    detail: str = ""
    is_good: bool = True


def backup_name(day: date, taken: Sequence[str]) -> str:
    """Return how a backup's file is called; none of the names that are ``taken``."""
    return numbered(f"wattfare-{day:%Y-%m-%d}", ".backup", taken)


def backup_objection(
    *, file: str, is_taken: bool, is_folder: bool, passphrase: str, repeated: str
) -> str:
    """Return why no backup can be made like this; empty where it can."""
    if not file.strip() or is_folder:
        return "Choose the file to write."
    if not Path(file.strip()).is_absolute():
        return "Choose a place for the file."
    if is_taken:
        return "There is a file of that name already. Take another name."
    return passphrase_objection(passphrase, repeated)


def restore_objection(*, file: str, passphrase: str) -> str:
    """Return what is missing before a backup can be looked at; empty where nothing is."""
    if not file.strip():
        return "Choose the backup's file."
    return "" if passphrase else "Enter the backup's passphrase."


def export_objection(*, folder: str, is_there: bool) -> str:
    """Return why nothing can be written there; empty where it can."""
    if not folder.strip():
        return "Choose a folder."
    return "" if is_there else "There is no such folder."


def backup_told(made: Made) -> Told:
    """Return that a backup was made."""
    return Told(
        title=f"Backed up: {_counted(made.entries, 'entry', 'entries')}, "
        f"{made.size / _MEGABYTE:.1f} MB",
        detail=f"{made.target}\n\nIt was read back and checked. Whoever has this file and its "
        "passphrase has your wallet: keep them apart.",
    )


def verdict_told(verdict: Verdict) -> Told:
    """Return what a check found."""
    if not verdict.differences:
        entries = _counted(verdict.entries, "entry", "entries")
        return Told(
            title=f"Everything adds up: {entries}, {_counted(verdict.calls, 'call', 'calls')}",
            detail="Every balance, limit and call was recomputed.",
        )
    count = len(verdict.differences)
    shown = verdict.differences[:_DIFFERENCES_SHOWN_MAX]
    more = count - len(shown)
    lines = [f"• {each}" for each in shown]
    if more:
        lines.append(f"… and {more:,} more.")
    lines.append("\nRestore a backup from before, or keep the books as they are.")
    return Told(
        title=f"The books do not add up: {_counted(count, 'difference', 'differences')}",
        detail="\n".join(lines),
        is_good=False,
    )


def export_told(exported: Exported) -> Told:
    """Return what was written, and where."""
    folder = exported.files[0].parent
    names = "\n".join(f"• {file.name}" for file in exported.files)
    return Told(
        title=f"Exported: {_counted(exported.entries, 'entry', 'entries')}",
        detail=f"In {folder}:\n{names}",
    )


def seen_text(seen: Seen, zone: tzinfo) -> str:
    """Return what a backup is and what restoring it does."""
    made_at = moment_text(seen.made_at, zone)
    lines = [
        f"The backup was made on {made_at} and has {_counted(seen.entries, 'entry', 'entries')}."
    ]
    if seen.takes_place:
        lines.append(
            f"The present wallet is put aside, whole, in {seen.home}. What was spent or changed "
            "since the backup is not in it. Running calls are cut."
        )
    lines.append("All apps are paused until you resume them.")
    if not seen.needs_passphrase:
        lines.append("The wallet's key goes into this computer's keyring.")
    return "\n\n".join(lines)


def restored_told(back: Back, zone: tzinfo) -> Told:
    """Return what was restored."""
    lines = [f"The books are as of {moment_text(back.made_at, zone)}."]
    if back.paused:
        names = ", ".join(back.paused)
        lines.append(
            f"Paused until you resume them, as you may have ended some since: {names}. "
            "Turn to Apps to do so."
        )
    if back.aside is not None:
        lines.append(f"The wallet from before is in {back.aside}.")
    return Told(
        title=f"Restored: {_counted(back.entries, 'entry', 'entries')}",
        detail="\n\n".join(lines),
    )


def doubt_notice(doubt: Doubted) -> str:
    """Return why nothing is spent, for a strip above the page."""
    return (
        f"Nothing is spent: the wallet's books are not as they were left. {doubt.why} "
        "Revoking works meanwhile."
    )


def doubt_question(doubt: Doubted) -> str:
    """Return what going on from doubted books means, with both ends of the books."""
    return (
        f"{doubt.why}\n\n"
        f"The wallet's file ends at {_head_text(doubt.database)}.\n"
        f"Kept outside it was {_head_text(doubt.anchor)}.\n\n"
        "If you have put an older file back yourself, go on: what is missing in it stays missing, "
        "and that you went on is written into the books. If you have not, somebody else may have."
    )


def _head_text(head: Head | None) -> str:
    return "nothing" if head is None else f"entry {head.seq:,} ({head.mac.hex()[:_MAC_CHARS]})"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def numbered(stem: str, suffix: str, taken: Sequence[str]) -> str:
    """Return ``stem + suffix``, with a number where that is among ``taken``."""
    name, number = f"{stem}{suffix}", 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}{suffix}"
    return name
