"""From where an app's access may be used: how it is told, offered and read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from enum import StrEnum
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.oauth.bindings import (
    Allowed,
    Bindings,
    is_interpreter,
    read_allowed,
)
from wattfare_desktop.core.reports import SeenProgram
from wattfare_desktop.ui.presentation.moments import ago_text

_PATH_CHARS: Final = 56
_PATH_HEAD_CHARS: Final = 16


class Kind(StrEnum):
    """What an access can be bound to, as fields of one dialog."""

    PROGRAMS = "programs"
    ORIGINS = "origins"
    ADDRESSES = "addresses"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramChoice:
    """A program that an app may be bound to, or, where it ``may_bind`` not, why."""

    path: str
    note: str
    bound: bool
    may_bind: bool

    @property
    def words(self) -> str:
        """The path, shortened in its middle, and what is known of it."""
        return f"{short_path(self.path)} ({self.note})" if self.note else short_path(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingDraft:
    """The fields as their user has left them; origins and addresses one a line."""

    programs: tuple[str, ...]
    origins: str
    addresses: str
    must_sign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Objections:
    """What is wrong, by the field where it is."""

    by_field: Mapping[Kind, str] = field(default_factory=dict)


def facts_of(bindings: Bindings, own_page: str | None) -> tuple[tuple[str, str], ...]:
    """Return what an access is bound to: a label and a text each.

    ``own_page`` is the host that was approved as a web app, None for an app of another kind.
    """
    pages = "\n".join(bindings.origins) or (
        f"its own only ({own_page})" if own_page else "none but its own"
    )
    return (
        ("Programs", "\n".join(bindings.programs) or "any"),
        ("Web pages", pages),
        ("Addresses", "\n".join(map(str, bindings.cidrs)) or "any of this computer"),
        ("Signs its calls", signs_text(bindings)),
    )


def signs_text(bindings: Bindings) -> str:
    """Return whether a copy of an access would be of use without the app's own key."""
    if bindings.jkt is not None:
        return "yes: its access is of no use without its key"
    return "not yet, though it must" if bindings.proof_required else "no"


def program_choices(
    bindings: Bindings, seen: Sequence[SeenProgram], now: Instant, zone: tzinfo
) -> tuple[ProgramChoice, ...]:
    """Return the programs to choose from: those it is bound to, was seen from, was asked by."""
    notes = dict.fromkeys(bindings.programs, "")
    for each in seen:
        notes[each.path] = f"seen {ago_text(each.at, now, zone)}"
    if bindings.asked_by is not None:
        notes.setdefault(bindings.asked_by, "took the approval")
    return tuple(_choice(path, note, bindings.programs) for path, note in notes.items())


def _choice(path: str, note: str, bound: Iterable[str]) -> ProgramChoice:
    may_bind = not is_interpreter(path)
    why = "runs any script, so it cannot be the only one"
    return ProgramChoice(
        path=path,
        note=note if may_bind else ", ".join(part for part in (note, why) if part),
        bound=path in bound,
        may_bind=may_bind,
    )


def short_path(path: str) -> str:
    """Return ``path`` at a length that fits on a line; its end tells most."""
    if len(path) <= _PATH_CHARS:
        return path
    tail = _PATH_CHARS - _PATH_HEAD_CHARS - 1
    return f"{path[:_PATH_HEAD_CHARS]}…{path[-tail:]}"


def judged(draft: BindingDraft) -> Allowed | Objections:
    """Return what ``draft`` allows, or what is wrong in which field."""
    origins, addresses = _lines(draft.origins), _lines(draft.addresses)
    readings: tuple[tuple[Kind, Callable[[], Allowed]], ...] = (
        (Kind.PROGRAMS, lambda: read_allowed(None, None, draft.programs)),
        (Kind.ORIGINS, lambda: read_allowed(None, origins, None)),
        (Kind.ADDRESSES, lambda: read_allowed(addresses, None, None)),
    )
    wrong = {kind: why for kind, read in readings if (why := _objection(read))}
    if wrong:
        return Objections(by_field=wrong)
    allowed = read_allowed(addresses, origins, draft.programs)
    return replace(allowed, proof_required=draft.must_sign)


def _objection(read: Callable[[], Allowed]) -> str:
    try:
        read()
    except UserFacingError as error:
        return f"{error.title}. {error.detail}"
    return ""


def _lines(text: str) -> list[str]:
    return [line for line in map(str.strip, text.splitlines()) if line]
