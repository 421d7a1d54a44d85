"""From where an access may be used: told, offered, read."""

from dataclasses import replace
from datetime import UTC

import pytest

from tests.support.report_rows import NOON
from wattfare_desktop.core.identifiers import MINUTE_MS, later
from wattfare_desktop.core.oauth.bindings import LISTED_MAX, UNBOUND, Allowed, Bindings, read_cidr
from wattfare_desktop.core.reports import SeenProgram
from wattfare_desktop.ui.presentation.bindings import (
    BindingDraft,
    Kind,
    Objections,
    facts_of,
    judged,
    program_choices,
    short_path,
    signs_text,
)

DRAFT = BindingDraft(programs=(), origins="", addresses="", must_sign=False)


def test_nothing_named_takes_every_binding_away() -> None:
    assert judged(DRAFT) == Allowed(cidrs=(), origins=(), programs=(), proof_required=False)


def test_what_is_named_is_read_a_line_each() -> None:
    draft = BindingDraft(
        programs=("/usr/bin/notes",),
        origins="\n https://Notes.example/ \nhttps://two.example\n",
        addresses="127.0.0.1\n::1",
        must_sign=True,
    )
    assert judged(draft) == Allowed(
        programs=("/usr/bin/notes",),
        origins=("https://notes.example", "https://two.example"),
        cidrs=(read_cidr("127.0.0.1"), read_cidr("::1")),
        proof_required=True,
    )


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"programs": ("/usr/bin/python3",)}, Kind.PROGRAMS, "cannot be bound to an interpreter"),
        ({"origins": "null"}, Kind.ORIGINS, "'null' is no web origin"),
        ({"addresses": "127.0.0.1/8"}, Kind.ADDRESSES, "no range of addresses"),
        (
            {"addresses": "\n".join(f"127.0.0.{n}" for n in range(LISTED_MAX + 1))},
            Kind.ADDRESSES,
            "too many",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    changes: dict[str, object], field: Kind, said: str
) -> None:
    wrong = judged(replace(DRAFT, **changes))  # type: ignore[arg-type] # a table of fields
    assert isinstance(wrong, Objections)
    assert list(wrong.by_field) == [field]
    assert said in wrong.by_field[field]


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = judged(replace(DRAFT, origins="x", addresses="y"))
    assert isinstance(wrong, Objections)
    assert set(wrong.by_field) == {Kind.ORIGINS, Kind.ADDRESSES}


def test_programs_are_offered_with_what_is_known_of_them() -> None:
    bound = Bindings(programs=("/usr/bin/old",), asked_by="/usr/bin/notes")
    seen = (
        SeenProgram(path="/usr/bin/notes", at=later(NOON, -3 * MINUTE_MS)),
        SeenProgram(path="/usr/bin/python3.12", at=NOON),
    )
    old, notes, python = program_choices(bound, seen, NOON, UTC)
    assert (old.words, old.bound, old.may_bind) == ("/usr/bin/old", True, True)
    assert (notes.words, notes.bound) == ("/usr/bin/notes (seen 3 min ago)", False)
    assert not python.may_bind
    assert "runs any script" in python.words


def test_a_long_path_keeps_its_end() -> None:
    short = short_path(f"/opt/{'x' * 80}/bin/notes")
    assert short.startswith("/opt/")
    assert short.endswith("/bin/notes")
    assert "…" in short


def test_what_is_so_is_told_in_words() -> None:
    assert dict(facts_of(UNBOUND, None)) == {
        "Programs": "any",
        "Web pages": "none but its own",
        "Addresses": "any of this computer",
        "Signs its calls": "no",
    }
    told = dict(facts_of(replace(UNBOUND, cidrs=(read_cidr("::1"),)), "notes.example"))
    assert told["Web pages"] == "its own only (notes.example)"
    assert told["Addresses"] == "::1/128"
    assert signs_text(Bindings(proof_required=True)) == "not yet, though it must"
    assert signs_text(Bindings(jkt="x" * 43)).startswith("yes")
