"""Exit codes, and one line on standard error that says what and what to do."""

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, ScriptedAnswers

ASKING = [
    ["status"],
    ["quit"],
    ["apps"],
    ["activity"],
    ["revoke", "Notes"],
    ["funding", "list"],
    ["funding", "top-up", "funding_1", "5.00"],
    ["funding", "add", "openai", "--key-stdin"],
]


@pytest.mark.parametrize("argv", ASKING)
def test_without_a_wallet_the_code_is_3(command_line: CommandLine, argv: list[str]) -> None:
    ran = command_line.run(*argv, stdin="sk-canary\n")

    assert ran.code == 3
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1
    assert "wattfare serve" in ran.stderr


async def test_a_refusal_is_one_line_and_code_1(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.refuse("apps", "The wallet\nis locked", "Unlock\x1b[2J it.")

    ran = await command_line.run_beside("apps", "--json")

    assert ran.code == 1
    assert ran.stdout == ""
    assert ran.stderr == "wattfare: The wallet is locked: Unlock\\x1b[2J it.\n"


@pytest.mark.parametrize(
    "argv",
    [
        ["spend"],
        ["revoke"],
        ["apps", "app", "extra"],
        ["serve", "--consent", "always"],
        ["serve", "--cons", "deny"],
        ["status", "--port", "65536"],
        ["status", "--port", "-1"],
        ["funding"],
        ["funding", "add"],
        ["funding", "top-up", "funding_1"],
        ["funding", "top-up", "funding_1", "-5"],
        ["funding", "top-up", "funding_1", "1e3"],
        ["funding", "add", "openai", "--key", "sk-canary"],
        ["activity", "--since", "yesterday"],
        ["quit", "now"],
        ["--home"],
    ],
)
def test_wrong_usage_is_code_2(
    command_line: CommandLine, argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.run(*argv).code == 2
    assert "usage: wattfare" in capsys.readouterr().err


def test_a_socket_folder_open_to_others_is_refused(command_line: CommandLine) -> None:
    Path(command_line.environment["XDG_RUNTIME_DIR"], "wattfare").mkdir(mode=0o777)
    Path(command_line.environment["XDG_RUNTIME_DIR"], "wattfare").chmod(0o777)

    ran = command_line.run("status")

    assert ran.code == 1
    assert "private folder" in ran.stderr


def test_version_and_help_are_code_0(
    command_line: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.run("--version").code == 0
    assert capsys.readouterr().out == "wattfare 1.2.3\n"
    assert command_line.run("--help").code == 0
    told = capsys.readouterr().out
    for word in ("serve", "demo", "status", "apps", "revoke", "funding", "activity", "doctor"):
        assert word in told
    assert "open-uri" not in told


@pytest.mark.parametrize("argv", [["--json", "apps"], ["apps", "--json"]])
async def test_options_stand_before_or_after_the_command(
    command_line: CommandLine, wallet: ScriptedAnswers, argv: list[str]
) -> None:
    wallet.answer("apps", [])

    assert (await command_line.run_beside(*argv)).stdout == "[]\n"


@pytest.mark.parametrize("before", [True, False])
async def test_the_home_option_beats_the_environment(
    command_line: CommandLine, wallet: ScriptedAnswers, *, before: bool
) -> None:
    wallet.answer("apps", [])
    elsewhere = ["--home", str(command_line.home.parent / "elsewhere")]

    ran = await command_line.run_beside(*(elsewhere if before else []), "apps", *elsewhere)

    assert ran.code == 3
    assert wallet.asked == []
