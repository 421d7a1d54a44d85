"""Every promise of SECURITY.md names tests, and the tests it names are there."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_QUOTED = re.compile(r"`([^`]+)`")
_NAMED = re.compile(r"([\w/]*\.py)?((?:::\w+)*)")


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
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    names = (node.name for node in ast.walk(tree) if isinstance(node, kinds))
    return frozenset(name for name in names if name.lower().startswith("test"))


@pytest.mark.parametrize("promise", PROMISES)
def test_what_shows_a_promise_exists(promise: str) -> None:
    quoted = _QUOTED.findall(PROMISES[promise])
    assert quoted, "no test is named"
    file = ""
    for each in quoted:
        named = _NAMED.fullmatch(each)
        assert named is not None, f"{each} is no test's name"
        file = named[1] or file
        assert _tests_in(file), f"there is no test in {file}"
        for name in named[2].split("::")[1:]:
            assert name in _tests_in(file), each


def test_they_are_all_found() -> None:
    assert len(PROMISES) > 40
