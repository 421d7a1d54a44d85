"""Told to end while nothing answers: neither the provider nor the keyring."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.wallet_process import Machine

WITHIN_S = 10

# In a session with a keyring: a call that is never answered, then a keyring that never answers.
NOTHING_ANSWERS = """
import json, os, signal, sys, threading, time
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import open_dbus_connection
from tests.support.wallet_process import Machine
from wattfare_desktop.cli.sample_app import SampleApp, Wish

asked, never = threading.Event(), threading.Event()

class Silent(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "11")
        self.end_headers()
        self.wfile.write(b'{"data":[]}')

    def do_POST(self):
        asked.set()
        never.wait()

    def log_message(self, *_):
        pass

def keyring():
    bus = DBusAddress("/", bus_name="org.freedesktop.DBus", interface="org.freedesktop.DBus")
    question = new_method_call(
        bus, "GetConnectionUnixProcessID", "s", ("org.freedesktop.secrets",)
    )
    with open_dbus_connection("SESSION") as connection:
        return connection.send_and_get_reply(question).body[0]

def call(app):
    try:
        app.call("Hello", model="gpt-5", output_tokens_max=50, heard=None)
    except (OSError, ValueError, HTTPException):
        pass

provider = ThreadingHTTPServer(("127.0.0.1", 0), Silent)
provider.daemon_threads = True
threading.Thread(target=provider.serve_forever, daemon=True).start()
bus = {"DBUS_SESSION_BUS_ADDRESS": os.environ["DBUS_SESSION_BUS_ADDRESS"]}
machine = Machine(folder=Path(sys.argv[1]), environment=bus)
with machine.serving("--consent", "terminal") as wallet:
    address = f"http://127.0.0.1:{provider.server_port}/v1"
    machine.ask("funding add", provider="openai", key="k", base_url=address, balance="5.00")
    app = SampleApp(name="Notes AI", origin=wallet.origin)
    wish = Wish(cap="5.00", period="day", models=(), justification="")
    assert machine.run(app.request_uri(wish)).code == 0
    assert wallet.line().startswith("consent ")
    wallet.type("approve")
    app.collect_access()
    assert wallet.line().startswith("approved ")
    threading.Thread(target=call, args=(app,), daemon=True).start()
    assert asked.wait(10)
    keyring_pid = keyring()
    os.kill(keyring_pid, signal.SIGSTOP)
    try:
        began_s = time.monotonic()
        ended = wallet.terminate()
        took_s = time.monotonic() - began_s
    finally:
        os.kill(keyring_pid, signal.SIGCONT)
with machine.serving():
    status, calls = machine.ask("status"), machine.ask("activity")
print(json.dumps([took_s, ended.code, ended.stderr, status["trouble"], calls]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is freedesktop's")
def test_it_settles_and_ends_in_time(tmp_path: Path) -> None:
    for program in ("dbus-run-session", "gnome-keyring-daemon"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    unlock = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1"
    told = Machine(folder=tmp_path).run_script(
        ["dbus-run-session", "--", "bash", "-c", f'{unlock} || exit 99; exec "$@"', "session"],
        NOTHING_ANSWERS,
        str(tmp_path),
    )

    assert told.code == 0, told.told
    took_s, code, stderr, trouble, (call,) = json.loads(told.stdout)
    assert took_s < WITHIN_S
    assert code == 0, stderr
    assert "Traceback" not in stderr
    # What was sent is charged for what can be known of it; the file is ahead of its anchor.
    assert call["status"] == "settled"
    assert trouble is None
