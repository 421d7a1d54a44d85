"""Where the program begins: a URI is handed to a running wallet before anything heavy is loaded."""

import os
import sys
from typing import Final

from wattfare_desktop.cli.hand_over import hand_over

_PACKAGE: Final = "wattfare_desktop"


def run() -> int:
    """Run what was typed and return the exit code."""
    argv = sys.argv[1:]
    done = hand_over(argv, os.environ)
    return _run_whole(argv) if done is None else done


def _run_whole(argv: list[str]) -> int:
    try:
        return _run_command(argv)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith(_PACKAGE):
            raise
        # A source tree under a bare Python: what it builds on was never installed.
        sys.stderr.write(
            f"wattfare: A library is missing, {error.name}: start it with `make run`, "
            "or install it with `pip install .`.\n"
        )
        return 1


def _run_command(argv: list[str]) -> int:
    # Imported here, not above: a hand-over is done by now.
    from wattfare_desktop.cli.entry import main  # noqa: PLC0415
    from wattfare_desktop.cli.terminal import Terminal  # noqa: PLC0415
    from wattfare_desktop.main.launcher import Launcher  # noqa: PLC0415
    from wattfare_desktop.system.program import program_version  # noqa: PLC0415

    terminal = Terminal(stdin=sys.stdin, stdout=sys.stdout, stderr=sys.stderr)
    return main(
        argv,
        environment=os.environ,
        terminal=terminal,
        launch=Launcher(os.environ, terminal),
        version=program_version(),
    )


if __name__ == "__main__":
    sys.exit(run())
