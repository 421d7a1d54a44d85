"""Statements stay such as another database could run: SQLite's own words stand in two modules."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from wattfare_desktop import storage

OWN: dict[str, str] = {
    "pragmas": r"\bPRAGMA\b",
    "its transactions": r"\bBEGIN (IMMEDIATE|EXCLUSIVE|DEFERRED)\b",
    "its catalogue": r"\bsqlite_\w+",
    "hidden row numbers": r"\b(rowid|oid|last_insert_rowid|changes)\b",
    "numbered parameters": r"\?\d",
    "IS between values": r"\bIS (NOT )?(\?|[a-z]+\.)",
    "least and greatest as min and max": r"\b(min|max)\([^()]*(\([^()]*\)[^()]*)*,",
    "its functions": r"\b(iif|ifnull|total|group_concat|printf|instr|strftime|julianday|unixepoch"
    r"|json_\w+|typeof|randomblob|zeroblob|hex|glob)\(",
    "its conflict clauses": r"\b(INSERT|UPDATE) OR \w+|\bREPLACE INTO\b",
    "its operators": r"\b(GLOB|MATCH|REGEXP)\b|==",
    "its hints": r"\b(NOT INDEXED|INDEXED BY|AUTOINCREMENT|WITHOUT ROWID|ATTACH|VACUUM)\b",
    "its limits": r"\bLIMIT (-1|\?, ?\?)",
}
STATEMENT = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|BEGIN|PRAGMA|VALUES|ORDER BY)\b")
MAY_SPEAK_IT = {"connection.py", "database.py"}
MODULES = sorted(
    path for path in Path(storage.__path__[0]).glob("*.py") if path.name not in MAY_SPEAK_IT
)


def _texts(source: str) -> Iterator[str]:
    """Yield each text in ``source``, with a name for whatever is put into it; no docstrings."""
    tree = ast.parse(source)
    docstrings = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    parts = {
        part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values
            )
        elif isinstance(node, ast.Constant) and node not in docstrings | parts:
            yield str(node.value)


def _own_words(source: str) -> list[str]:
    return [
        f"{what}: {text}"
        for text in _texts(source)
        if STATEMENT.search(text)
        for what, pattern in OWN.items()
        if re.search(pattern, text)
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_speaks_plain_sql(path: Path) -> None:
    assert _own_words(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "statement",
    [
        "PRAGMA user_version",
        "BEGIN IMMEDIATE",
        "SELECT count(*) FROM sqlite_schema",
        "SELECT rowid FROM calls",
        "SELECT 1 FROM calls WHERE seq > ?1",
        "UPDATE raises SET x = 1 WHERE limit_nanos IS NOT ?",
        "UPDATE calls SET cost = min(?, hold)",
        "UPDATE calls SET fee = max(0, coalesce(hold, 1))",
        "SELECT sum(iif(code = 'x', 1, 0)) FROM transfers",
        "INSERT OR IGNORE INTO accounts VALUES (?)",
        "SELECT 1 FROM calls WHERE model GLOB ?",
        "SELECT 1 FROM calls LIMIT ?, ?",
        "SELECT 1 FROM calls WHERE id == ?",
    ],
)
def test_what_another_database_would_not_run_is_noticed(statement: str) -> None:
    assert _own_words(f"execute({statement!r})") != []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT min(limit_nanos), coalesce(max(seq), 0) FROM calls",
        "SELECT 1 FROM calls WHERE a IS NULL AND b IS NOT NULL AND c IS DISTINCT FROM ?",
        "INSERT INTO a (b) VALUES (?) ON CONFLICT DO NOTHING RETURNING b",
    ],
)
def test_what_any_database_runs_is_not(statement: str) -> None:
    assert _own_words(f"execute({statement!r})") == []
