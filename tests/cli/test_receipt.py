"""What ``wattfare receipt`` prints and writes, and what it makes of a file."""

import json
import os
import stat
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import CommandLine, ScriptedAnswers
from tests.support.receipts import KEY, RECEIPT, SIGNER, signed
from wattfare_desktop.core.metering.items import Item
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.receipts import receipt_file
from wattfare_desktop.vault.signing import Signer

SIGNED = signed()
OTHER = Signer(bytes(32))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "receipt.json"
    path.write_bytes(receipt_file(SIGNED))
    return path


async def test_a_receipt_is_shown_whole_and_exact(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("receipt", SIGNED)
    ran = await command_line.run_beside("receipt", "call_1")
    assert wallet.asked == [("receipt", {"call": "call_1"})]
    assert ran.code == 0
    lines = [line.split("  ") for line in ran.stdout.splitlines()]
    told = {line[0]: line[-1].strip() for line in lines}
    assert told["App"] == "Notes AI (grant_1)"
    assert told["Model"] == "openai/gpt-5 (streamed)"
    assert told["Usage"] == "reported by the provider"
    assert told["At the provider"] == "req_7"
    assert told["input"] == "$0.025"
    assert told["input from the cache"] == "$0.0000003753"
    assert told["Exact cost"] == "$0.0350003753"
    assert told["Rounded up by"] == "$0.0000000007"
    assert told["Charged"] == "$0.035000376"
    assert "Service fee" not in told, "there is none"
    assert told["Signed with"] == KEY.id
    assert "20,000" in ran.stdout
    assert "$0.1251 per million" in ran.stdout
    assert "$0.01 each" in ran.stdout


async def test_sound_is_told_in_the_seconds_it_is_priced_by(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    sound = Item(kind=UnitKind.AUDIO_MILLISECOND, units=12_500, usd=Decimal("0.0001"))
    wallet.answer("receipt", signed(replace(RECEIPT, items=(sound,))))
    ran = await command_line.run_beside("receipt", "call_1")
    (line,) = (line for line in ran.stdout.splitlines() if line.startswith("sound (s)"))
    assert line.split()[2:] == ["12.5", "$0.0001", "per", "second", "$0.00125"]


async def test_json_is_what_the_file_would_be(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("receipt", SIGNED)
    ran = await command_line.run_beside("receipt", "call_1", "--json")
    assert ran.stdout.encode() == receipt_file(SIGNED)


async def test_a_written_receipt_is_private_and_fits(
    command_line: CommandLine, wallet: ScriptedAnswers, tmp_path: Path
) -> None:
    wallet.answer("receipt", SIGNED)
    wallet.answer("receipt key", {"id": KEY.id, "public": KEY.public})
    path = tmp_path / "mine.json"
    ran = await command_line.run_beside("receipt", "call_1", "--output", str(path))
    assert (ran.code, ran.stderr) == (0, "")
    assert "call_1" in ran.stdout
    assert path.read_bytes() == receipt_file(SIGNED)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    looked = await command_line.run_beside("receipt", "--verify", str(path))
    assert (looked.code, looked.stderr) == (0, "")
    assert looked.stdout.startswith("The signature fits, and it is this wallet's.\n")
    assert "$0.035000376" in looked.stdout


async def test_where_it_cannot_be_written_that_is_said(
    command_line: CommandLine, wallet: ScriptedAnswers, tmp_path: Path
) -> None:
    wallet.answer("receipt", SIGNED)
    ran = await command_line.run_beside("receipt", "c", "--output", str(tmp_path / "no" / "f"))
    assert (ran.code, ran.stdout) == (1, "")
    assert "cannot be written" in ran.stderr


def test_without_a_wallet_a_foreign_key_is_warned_of(command_line: CommandLine, file: Path) -> None:
    ran = command_line.run("receipt", "--verify", str(file))
    assert ran.code == 0
    assert ran.stdout.startswith("The signature fits the key below.\n")
    assert "proves nothing unless" in ran.stderr
    assert KEY.id in ran.stderr


@pytest.mark.parametrize("own", [OTHER, None])
async def test_another_wallets_receipt_is_told_apart(
    command_line: CommandLine, wallet: ScriptedAnswers, file: Path, own: Signer | None
) -> None:
    if own is None:
        wallet.refuse("receipt key", "The wallet is locked", "Unlock it.")
    else:
        wallet.answer("receipt key", {"id": own.id, "public": own.public})
    ran = await command_line.run_beside("receipt", "--verify", str(file), "--json")
    assert ran.code == 0
    told = json.loads(ran.stdout)
    assert told["signature_fits"] is True
    assert told["signed_by"] == ("unknown" if own is None else "another")
    assert told["key"] == {"id": KEY.id, "public": KEY.public}
    assert told["receipt"] == SIGNED["receipt"]
    assert "proves nothing unless" in ran.stderr


@pytest.mark.parametrize("given", [KEY.id, KEY.public])
def test_a_key_that_is_known_needs_no_wallet(
    command_line: CommandLine, file: Path, given: str
) -> None:
    ran = command_line.run("receipt", "--verify", str(file), f"--key={given}")
    assert (ran.code, ran.stderr) == (0, "")
    assert "the key is the one you gave" in ran.stdout
    wrong = command_line.run("receipt", "--verify", str(file), f"--key={OTHER.id}")
    assert (wrong.code, wrong.stdout) == (1, "")
    assert "names another key" in wrong.stderr


@pytest.mark.parametrize("as_json", [False, True])
def test_an_altered_receipt_does_not_fit(
    command_line: CommandLine, file: Path, *, as_json: bool
) -> None:
    file.write_bytes(file.read_bytes().replace(b'"0.035000376"', b'"0.025000376"'))
    ran = command_line.run("receipt", "--verify", str(file), *["--json"] * as_json)
    assert ran.code == 1
    if as_json:
        told = json.loads(ran.stdout)
        assert (told["signature_fits"], told["signed_by"], told["receipt"]) == (False, None, None)
    else:
        assert ran.stdout == ""
        assert "signature does not fit" in ran.stderr


def test_a_key_put_in_the_place_of_another_does_not_fit(
    command_line: CommandLine, file: Path
) -> None:
    content = file.read_text().replace(KEY.public, OTHER.public).replace(KEY.id, OTHER.id)
    file.write_text(content)
    assert "does not fit" in command_line.run("receipt", "--verify", str(file)).stderr


@pytest.mark.parametrize(
    "content",
    [
        b"",
        receipt_file(SIGNED)[:-30],
        b"PK\x03\x04 not json",
        b"{" * 60_000,
        b" " * 70_000,
        b"{}",
        receipt_file(SIGNED).replace(b'"signature"', b'"signature": "x", "signature"'),
    ],
)
def test_what_is_no_receipt_is_refused_on_one_line(
    command_line: CommandLine, file: Path, content: bytes
) -> None:
    file.write_bytes(content)
    ran = command_line.run("receipt", "--verify", str(file))
    assert (ran.code, ran.stdout) == (1, "")
    assert ran.stderr.startswith("wattfare: This is no receipt: ")
    assert ran.stderr.count("\n") == 1


def test_an_endless_file_is_not_read_to_its_end(command_line: CommandLine) -> None:
    assert "larger than any" in command_line.run("receipt", "--verify", "/dev/zero").stderr


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_what_cannot_be_read_is_said(command_line: CommandLine, tmp_path: Path, name: str) -> None:
    ran = command_line.run("receipt", "--verify", str(tmp_path / name))
    assert ran.code == 1
    assert "cannot be read" in ran.stderr


@pytest.mark.parametrize(
    "changes", [{"items": [1]}, {"app": "x"}, {"amounts": {}}, {"call": 7}, {"times": []}]
)
def test_a_signer_who_leaves_out_what_matters_is_not_shown(
    command_line: CommandLine, file: Path, changes: dict[str, Any]
) -> None:
    file.write_bytes(receipt_file(signed(**changes)))
    ran = command_line.run("receipt", "--verify", str(file), f"--key={SIGNER.id}")
    assert (ran.code, ran.stdout) == (1, "")
    assert "cannot be shown" in ran.stderr


def test_a_foreign_receipt_cannot_move_the_cursor(command_line: CommandLine, file: Path) -> None:
    file.write_bytes(receipt_file(signed(app={"id": "grant_1", "name": "\x1b[2J\u202eevil"})))
    ran = command_line.run("receipt", "--verify", str(file), f"--key={SIGNER.id}")
    assert ran.code == 0
    assert r"\x1b[2J\u202eevil" in ran.stdout


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ((), 2),
        (("call_1", "--verify", "f"), 2),
        (("call_1", "--key", "k"), 1),
        (("--verify", "f", "--output", "g"), 1),
        (("call_1",), 3),
    ],
)
def test_wrong_words_and_no_wallet_have_their_codes(
    command_line: CommandLine, argv: tuple[str, ...], code: int
) -> None:
    ran = command_line.run("receipt", *argv)
    assert (ran.code, ran.stdout) == (code, "")
    assert not os.path.lexists("g")
