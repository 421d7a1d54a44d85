"""What keeps the tray application from starting is told in a window: a menu prints nothing."""

import socket
import sys
from pathlib import Path

from tests.support.desktop.session import Desktop


def test_a_taken_port_is_told_in_a_window(desktop: Desktop, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        argv = [sys.executable, "-m", "wattfare_desktop", "--home", str(tmp_path / "wallet")]
        wallet = desktop.start([*argv, "--port", str(port)])
        notice = desktop.accessibility.window("Wattfare error")
        notice.find("label", "The wallet's port is taken")
        notice.button("Close").press()
        assert wallet.wait() == 1
    assert f"Another program listens on {port}" in wallet.output
    assert "Traceback" not in wallet.output
