"""What the wallet without windows tells on its terminal, where others have a tray."""

import shlex
import sys
from pathlib import Path

import pytest

from tests.support.wallet_process import Machine
from wattfare_desktop.cli.sample_app import SampleApp, Wish

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
WISH = Wish(cap="1.00", period="day", models=(), justification="")


def test_a_limit_of_which_most_is_gone_is_a_line(tmp_path: Path) -> None:
    machine = Machine(folder=tmp_path)
    opening = ("--passphrase-file", str(machine.passphrase_file()))
    with machine.serving("--consent", "terminal", *opening) as wallet:
        machine.ask("funding add", provider="practice", balance="5.00")
        app = SampleApp(name="Notes AI", origin=wallet.origin)
        try:
            assert machine.run(app.request_uri(WISH)).code == 0
            assert wallet.line().startswith("consent ")
            # What four calls cost, and what the last of them holds.
            wallet.type("approve 0.003 day")
            assert wallet.line().startswith("approved ")
            app.collect_access()
            for _ in range(4):
                app.call("Tell me a story", model="gpt-5", output_tokens_max=60, heard=None)
        finally:
            app.close()
        name, app_name, cap, period, spent = shlex.split(wallet.line())
        assert (name, app_name, cap, period) == ("warning", "Notes AI", "0.003", "day")
        assert float(spent.removeprefix("spent=")) >= 0.8 * 0.003
        assert wallet.terminate().code == 0
