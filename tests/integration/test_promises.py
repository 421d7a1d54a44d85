"""Every promise of SECURITY.md names tests, and the tests it names are there."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_NAMED = re.compile(r"`([\w/]*(?:\.py)?)((?:::\w+)+)`")


def _promises() -> Iterator[tuple[str, str]]:
    """Yield each row's promise and what is said to show it."""
    lines = (ROOT / "SECURITY.md").read_text("utf-8").splitlines()
    for line in lines:
        if line.startswith("| ") and not line.startswith("| promise"):
            promise, shown = line.strip("| ").split(" | ")
            yield promise, shown


PROMISES = dict(_promises())


@cache
def _tests_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )


@pytest.mark.parametrize("promise", PROMISES)
def test_what_shows_a_promise_exists(promise: str) -> None:
    named = _NAMED.findall(PROMISES[promise])
    assert named, "no test is named"
    assert len(named) == PROMISES[promise].count("::test_"), "one is written in another way"
    file = ""
    for path, names in named:
        file = path or file
        for name in names.split("::")[1:]:
            assert name in _tests_in(file), f"{file}{names}"


def test_they_are_all_found() -> None:
    assert len(PROMISES) > 40
