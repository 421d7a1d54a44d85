"""The whole way of an export: a real wallet, its control socket, and what is written."""

import csv
import io
import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.bean_check import bean_check
from tests.support.command_line import CommandLine, Ran, ScriptedAnswers
from tests.support.wallet_house import WalletHouse, wallet_house
from wattfare_desktop.cli.tables import nanos
from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.export_operations import export_family
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.server import ControlServer
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.ledger.sheets import COLUMNS, Sheet
from wattfare_desktop.system import paths

NAME = '=HYPERLINK("http://x")\n"; drop'
HEAD: dict[str, Any] = {
    "at": "2026-11-24T00:00:00.000Z",
    "entries": 0,
    "mac": "00",
    "calls": 0,
    "accounts": [],
    "apps": {},
    "fundings": [],
    "running": [],
}


@pytest.fixture
async def house(tmp_path: Path, command_line: CommandLine) -> AsyncIterator[WalletHouse]:
    """A wallet that has spent, answering where the command line asks."""
    async with wallet_house(tmp_path) as made:
        await made.fund("5.00")
        await made.approve()
        grant = (await made.app()).id
        for cost in ("0.10", "0.000000001"):
            await made.spend(grant, cost)
        # As a stranger would have it, were names not judged at the door.
        await made.books.database.write(
            lambda cx: cx.execute("UPDATE grants SET name = ?", (NAME,)).rowcount
        )
        await made.hold(grant, "0.25")
        family = export_family(made.wallet)

        async def answer(command: str, arguments: dict[str, JsonValue]) -> JsonValue:
            return None if command == "status" else await family[command](Arguments(arguments))

        home = paths.wallet_home(command_line.home, {})
        address = paths.control_address(home, command_line.environment)
        server = ControlServer(address=address, answerer=answer)  # type: ignore[arg-type]
        assert await server.start()
        yield made
        await server.close()


async def _export(command_line: CommandLine, *words: str) -> Ran:
    ran = await command_line.run_beside("ledger", "export", *words)
    assert (ran.code, ran.stderr) == (0, "")
    return ran


@pytest.mark.usefixtures("house")
async def test_beancount_is_taken_by_its_own_checker(
    command_line: CommandLine, tmp_path: Path
) -> None:
    ran = await _export(command_line, "--format", "beancount")
    assert bean_check(ran.stdout, tmp_path) == ""
    assert "4.899999999 ~ 0 PLAY" in ran.stdout
    assert "held: 0.250000000 PLAY" in ran.stdout
    # What is asserted is what the checker came to: another figure and it complains.
    wrong = ran.stdout.replace("4.899999999 ~", "4.899999998 ~")
    assert "Balance failed" in bean_check(wrong, tmp_path)


@pytest.mark.usefixtures("house")
async def test_json_has_everything(command_line: CommandLine) -> None:
    told = json.loads((await _export(command_line)).stdout)
    assert (told["format"], told["version"]) == ("wattfare-ledger", 1)
    assert {*Sheet} <= told.keys()
    for sheet in Sheet:
        assert all(tuple(row) == COLUMNS[sheet] for row in told[sheet])
    chain = [row["entry"] for name in ("transfers", "events", "notes") for row in told[name]]
    assert sorted(chain) == list(range(1, told["head"]["entry"] + 1)), "every entry, once"
    assert _posted(told["transfers"]) == {
        row["account"]: nanos(row["balance"]) for row in told["accounts"] if nanos(row["balance"])
    }
    assert [call["status"] for call in told["calls"]] == ["settled", "settled", "running"]
    assert {call["app_name"] for call in told["calls"]} == {NAME}


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def _posted(transfers: list[dict[str, str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in transfers:
        if row["kind"] in {"posted", "post_pending"}:
            for account, sign in ((row["debit_account"], -1), (row["credit_account"], 1)):
                found[account] = found.get(account, 0) + sign * nanos(row["amount"])
    return {account: balance for account, balance in found.items() if balance}


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("sheet", Sheet)
async def test_csv_says_the_same(command_line: CommandLine, sheet: Sheet) -> None:
    whole = json.loads((await _export(command_line)).stdout)[sheet]
    text = (await _export(command_line, "--format", "csv", "--sheet", str(sheet))).stdout
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert len(rows) == len(whole) > 0
    for row, told in zip(rows, whole, strict=True):
        assert {name: cell.removeprefix("'") for name, cell in row.items()} == {
            name: "" if value is None else str(value).lower() if value is True or value is False
            else str(value)
            for name, value in told.items()
        }  # fmt: skip
        assert not row.get("app_name", "").startswith("=")


@pytest.mark.usefixtures("house")
async def test_a_file_is_private_whole_and_replaced_only_when_told(
    command_line: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "books.json"
    read = partial(path.read_text, encoding="utf-8")
    ran = await _export(command_line, "--output", str(path))
    assert "are written to" in ran.stdout
    assert path.stat().st_mode & 0o777 == 0o600
    json.loads(read())
    path.write_text("mine", encoding="utf-8")
    refused = await command_line.run_beside("ledger", "export", "--output", str(path))
    assert refused.code == 1
    assert "There is a file already" in refused.stderr
    assert read() == "mine"
    ran = await _export(command_line, "--output", str(path), "--force", "--json")
    assert json.loads(ran.stdout)["file"] == str(path)
    json.loads(read())
    assert not [name for name in _names(tmp_path) if name.endswith(".part")]


async def test_ctrl_c_leaves_nothing(
    command_line: CommandLine,
    wallet: ScriptedAnswers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(*_arguments: object) -> None:
        raise KeyboardInterrupt

    wallet.answer("status", None)
    wallet.answer("ledger export", {**HEAD, "entries": 9})
    monkeypatch.setattr("wattfare_desktop.cli.progress.ProgressBar.show", interrupt)
    ran = await command_line.run_beside("ledger", "export", "--output", str(tmp_path / "b.json"))
    assert ran.code == 130
    assert [path for path in _names(tmp_path) if "b.json" in path] == []


async def test_empty_books(
    command_line: CommandLine, wallet: ScriptedAnswers, tmp_path: Path
) -> None:
    wallet.answer("status", None)
    wallet.answer("ledger export", HEAD)
    told = json.loads((await _export(command_line)).stdout)
    assert {name: told[name] for name in Sheet} == {name: [] for name in Sheet}
    text = (await _export(command_line, "--format", "beancount")).stdout
    assert bean_check(text, tmp_path) == ""


def test_without_a_running_wallet_this_home_s_is_opened(command_line: CommandLine) -> None:
    command_line.launch.refusal = UserFacingError("There is no wallet here", "Name it.")
    ran = command_line.run("ledger", "export")
    assert (ran.code, ran.stdout) == (1, "")
    assert "There is no wallet here" in ran.stderr
    assert [options.home for options in command_line.launch.hosted] == [command_line.home]


def test_a_sheet_is_for_csv(command_line: CommandLine) -> None:
    ran = command_line.run("ledger", "export", "--format", "json", "--sheet", "calls")
    assert ran.code == 1
    assert "--sheet is for csv" in ran.stderr


def test_a_folder_that_is_not_there(command_line: CommandLine, tmp_path: Path) -> None:
    ran = command_line.run("ledger", "export", "--output", str(tmp_path / "no" / "books.json"))
    assert ran.code == 1
    assert "cannot be written" in ran.stderr
