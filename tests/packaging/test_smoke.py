"""The trial of a shipped program refuses what only looks like it.

That the real one passes is shown with the real bundle, in ``tests/integration/test_bundle.py``.
"""

import os
from pathlib import Path

import pytest

import smoke
from program_facts import project_version
from smoke import NotAsItShouldBeError

posix_only = pytest.mark.skipif(os.name == "nt", reason="its stand-ins are shell scripts")


def stand_in(folder: Path, version: str, demo: str) -> list[str]:
    program = folder / "stand-in"
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = --version ]; then echo "wattfare {version}"; else {demo}; fi\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return [str(program)]


@posix_only
@pytest.mark.parametrize(
    ("version", "demo", "told"),
    [
        ("0.0.0", "true", "--version printed 'wattfare 0.0.0'"),
        (project_version(), "exit 3", "ended with 3"),
        (project_version(), "true", "never refused"),
        (project_version(), "echo 402", "painted 0 pictures"),
        (
            project_version(),
            'echo 402; mkdir "$3"; for n in 1 2 3 4 5; do echo no >"$3/$n.png"; done',
            r"broken: \['[1-5].png'",
        ),
    ],
)
def test_another_does_not(tmp_path: Path, version: str, demo: str, told: str) -> None:
    with pytest.raises(NotAsItShouldBeError, match=told):
        smoke.try_out(stand_in(tmp_path, version, demo), tmp_path, os.environ)


@posix_only
def test_the_command_tells_in_words_and_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert smoke.main([str(tmp_path / "nowhere")]) == 1
    assert smoke.main(stand_in(tmp_path, "0.0.0", "true")) == 1

    told = capsys.readouterr().err
    assert "nowhere" in told
    assert "0.0.0" in told
