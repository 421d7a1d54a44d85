"""The manual and the completions tell what the parser knows, and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from completions import PLACES, completions
from manual_page import manual_page

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 28, tzinfo=UTC)
COMMANDS = ("serve", "apps", "funding add", "funding reserve take", "ledger verify", "doctor")


def need(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


@pytest.fixture(scope="module")
def page() -> str:
    return manual_page("1.2.3", NOW)


def test_it_names_the_version_and_the_day(page: str) -> None:
    assert page.startswith('.TH WATTFARE 1 "2026-11-28" "wattfare 1.2.3"')


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_it_with_its_words(page: str, command: str) -> None:
    assert re.search(rf"^\.B {command}( |$)", page, re.MULTILINE)


def test_what_is_not_to_be_typed_is_not_in_it(page: str) -> None:
    assert "open" not in re.findall(r"^\.B (\w+)", page, re.MULTILINE)
    assert not re.search(r"^\.B ledger$", page, re.MULTILINE)  # alone it is no command


def test_hyphens_can_be_copied_and_no_text_is_a_macro(page: str) -> None:
    assert r"\-\-passphrase\-file FILE" in page
    macros = {line.split()[0] for line in page.splitlines() if line.startswith((".", "'"))}
    assert macros == {".TH", ".SH", ".B", ".I", ".TP", ".RS", ".RE", ".br"}


def test_man_renders_it_without_a_warning(page: str, tmp_path: Path) -> None:
    file = tmp_path / "wattfare.1"
    file.write_text(page, encoding="utf-8")

    shown = subprocess.run(
        [need("man"), "--warnings", "--local-file", file],
        env={"LC_ALL": "C.UTF-8", "MANWIDTH": "80", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    assert shown.stderr == ""
    assert "--passphrase-file FILE" in shown.stdout
    assert re.search(r"^ +0 done, 1 refused", shown.stdout, re.MULTILINE)


@pytest.mark.parametrize("shell", PLACES)
def test_each_shell_completes_every_command(shell: str) -> None:
    script = completions(shell, "1.2.3")

    assert {word for command in COMMANDS for word in command.split()} <= {
        *re.findall(r"[\w-]+", script)
    }
    assert "open-uri" not in script


@pytest.mark.parametrize("shell", PLACES)
def test_each_shell_can_read_its_script(shell: str, tmp_path: Path) -> None:
    file = tmp_path / "script"
    file.write_text(completions(shell, "1.2.3"), encoding="utf-8")

    subprocess.run([need(shell), "-n", file], timeout=30, check=True)


def test_bash_completes_a_word_that_was_begun(tmp_path: Path) -> None:
    file = tmp_path / "script"
    file.write_text(completions("bash", "1.2.3"), encoding="utf-8")
    asked = f"""
        source {file}
        COMP_WORDS=(wattfare ledger ver) COMP_CWORD=2
        $(complete -p wattfare | sed 's/.*-F \\([^ ]*\\) .*/\\1/') wattfare ver ledger
        echo "${{COMPREPLY[@]}}"
    """

    told = subprocess.run(
        [need("bash"), "-c", asked], capture_output=True, text=True, timeout=30, check=True
    )

    assert told.stdout.split() == ["verify"]
