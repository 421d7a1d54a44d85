"""Erasing is asked for by a word of its own."""

from tests.support.command_line import CommandLine


def test_it_is_the_composition_roots_to_do(command_line: CommandLine) -> None:
    assert command_line.run("erase").code == 0
    assert command_line.run("erase", "--yes", "--json").code == 0

    asked, agreed = command_line.launch.erased
    assert (asked.wallet.home, asked.is_agreed, asked.json) == (command_line.home, False, False)
    assert (agreed.is_agreed, agreed.json) == (True, True)
