"""Keys go in unseen and by standard input; never by an argument, never out again."""

from typing import Any

import pytest

from tests.support.command_line import CommandLine, ScriptedAnswers

KEY = "sk-canary-91"
ROW: dict[str, Any] = {
    "id": "funding_1",
    "provider": "openai",
    "name": "OpenAI",
    "key_hint": "y-91",
    "base_url": "http://127.0.0.1:9999/v1",
    "balance": "20.000000000",
    "held": "0.000000000",
    "spent": "0.000000000",
}
PROVIDERS: list[dict[str, Any]] = [
    {"id": "openai", "name": "OpenAI", "needs_key": True},
    {"id": "practice", "name": "Practice", "needs_key": False},
]


@pytest.fixture
def adding(wallet: ScriptedAnswers) -> ScriptedAnswers:
    wallet.answer("funding providers", PROVIDERS)
    wallet.answer("funding add", {**ROW, "warning": None})
    return wallet


async def test_a_key_is_read_from_standard_input(
    command_line: CommandLine, adding: ScriptedAnswers
) -> None:
    ran = await command_line.run_beside(
        *["funding", "add", "openai", "--base-url", "http://127.0.0.1:9999/v1", "--key-stdin"],
        *("--balance", "20.00"),
        stdin=f"{KEY}\n",
    )

    assert ran.code == 0
    assert adding.asked == [
        (
            "funding add",
            {
                "provider": "openai",
                "key": KEY,
                "base_url": "http://127.0.0.1:9999/v1",
                "balance": "20.00",
            },
        )
    ]
    assert KEY not in ran.stdout + ran.stderr


async def test_on_a_terminal_the_key_is_typed_unseen(
    command_line: CommandLine, adding: ScriptedAnswers
) -> None:
    command_line.typed_secretly = KEY

    ran = await command_line.run_beside("funding", "add", "openai", is_terminal=True)

    assert ran.code == 0
    assert len(command_line.prompts) == 1
    assert adding.asked[-1][1]["key"] == KEY


async def test_a_provider_without_keys_is_not_asked_for_one(
    command_line: CommandLine, adding: ScriptedAnswers
) -> None:
    assert (await command_line.run_beside("funding", "add", "practice")).code == 0

    assert command_line.prompts == []
    assert adding.asked[-1][1]["key"] is None


@pytest.mark.parametrize("stdin", ["", "\n", "two words\x07\n", "k" * 5_000])
async def test_what_is_no_key_is_not_sent(
    command_line: CommandLine, adding: ScriptedAnswers, stdin: str
) -> None:
    ran = await command_line.run_beside("funding", "add", "openai", "--key-stdin", stdin=stdin)

    assert ran.code == 1
    assert adding.asked == []


async def test_without_terminal_and_key_it_says_how(
    command_line: CommandLine, adding: ScriptedAnswers
) -> None:
    ran = await command_line.run_beside("funding", "add", "openai")

    assert ran.code == 1
    assert "--key-stdin" in ran.stderr
    assert [command for command, _ in adding.asked] == ["funding providers"]


async def test_a_warning_is_told_and_the_funding_is_there(
    command_line: CommandLine, adding: ScriptedAnswers
) -> None:
    adding.answer("funding add", {**ROW, "warning": "OpenAI could not be asked."})

    ran = await command_line.run_beside("funding", "add", "openai", "--key-stdin", stdin=KEY)

    assert ran.code == 0
    assert "OpenAI could not be asked." in ran.stderr
    assert "funding_1" in ran.stdout


async def test_top_up_and_remove_name_the_funding(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("funding top-up", ROW)
    wallet.answer("funding remove", ROW)

    topped = await command_line.run_beside("funding", "top-up", "funding_1", "5")
    removed = await command_line.run_beside("funding", "remove", "funding_1")

    assert wallet.asked == [
        ("funding top-up", {"funding": "funding_1", "amount": "5.00"}),
        ("funding remove", {"funding": "funding_1"}),
    ]
    assert "$20.00" in topped.stdout
    assert "removed" in removed.stdout


async def test_the_list_shows_a_hint_of_the_key_alone(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("funding list", [ROW])

    lines = (await command_line.run_beside("funding", "list")).stdout.splitlines()

    assert lines[1].split()[:5] == ["funding_1", "openai", "OpenAI", "y-91", "$20.00"]


LISTED: list[dict[str, Any]] = [
    {
        "id": "groq",
        "name": "Groq",
        "base_url": "https://api.groq.com/openai/v1",
        "console_url": "https://console.groq.com/keys",
    },
    {
        "id": "x-ai",
        "name": "xAI",
        "base_url": "https://api.x.ai/v1",
        "console_url": "https://console.x.ai",
    },
]


async def test_providers_are_searched_by_any_part_of_their_names(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("funding providers", LISTED)
    ran = await command_line.run_beside("funding", "providers", "XAI")
    assert "x-ai" in ran.stdout
    assert "groq" not in ran.stdout


async def test_no_provider_of_that_name_leads_to_ones_own(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    wallet.answer("funding providers", LISTED)
    ran = await command_line.run_beside("funding", "providers", "nobody")
    assert "`own`" in ran.stdout


async def test_model_servers_of_this_computer_are_told_with_the_way_to_add_them(
    command_line: CommandLine, wallet: ScriptedAnswers
) -> None:
    near = {"provider": "vllm", "name": "vLLM", "base_url": "http://127.0.0.1:8000/v1"}
    wallet.answer("funding find", [near])
    ran = await command_line.run_beside("funding", "find")
    assert "funding add vllm" in ran.stdout
    wallet.answer("funding find", [])
    ran = await command_line.run_beside("funding", "find")
    assert "No model server" in ran.stdout
