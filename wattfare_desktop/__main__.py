"""Where the program begins: a URI is handed to a running wallet before anything heavy is loaded."""

import os
import sys

from wattfare_desktop.cli.hand_over import hand_over


def run() -> int:
    """Run what was typed and return the exit code."""
    argv = sys.argv[1:]
    done = hand_over(argv, os.environ)
    return _run_whole(argv) if done is None else done


def _run_whole(argv: list[str]) -> int:
    # Imported here, not above: a hand-over is done by now.
    from importlib.metadata import version  # noqa: PLC0415

    from wattfare_desktop.cli.entry import main  # noqa: PLC0415
    from wattfare_desktop.cli.terminal import Terminal  # noqa: PLC0415
    from wattfare_desktop.main.launcher import Launcher  # noqa: PLC0415

    terminal = Terminal(stdin=sys.stdin, stdout=sys.stdout, stderr=sys.stderr)
    return main(
        argv,
        environment=os.environ,
        terminal=terminal,
        launch=Launcher(os.environ, terminal),
        version=version("wattfare-desktop"),
    )


if __name__ == "__main__":
    sys.exit(run())
