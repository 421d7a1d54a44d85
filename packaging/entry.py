"""Where the frozen application starts: what the installed `wattfare` command does."""

import sys

from wattfare_desktop.__main__ import run

if __name__ == "__main__":
    sys.exit(run())
