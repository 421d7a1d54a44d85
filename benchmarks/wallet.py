"""The real program as it is shipped, with one app approved on its standard input."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wattfare_desktop.cli.sample_app import SampleApp, Wish

_AS_FAST_AS_IT_CAN = ("--per-second", "10000", "--in-flight", "10000")
_WISH = Wish(cap="10000.00", period="month", models=(), justification="Measure")


@contextmanager
def running(home: Path, port: int, upstream_port: int) -> Iterator[str]:
    """Run a wallet on ``port`` that pays the provider on ``upstream_port``; yield an access."""
    passphrase = home / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text("a passphrase for a benchmark\n", encoding="utf-8")
    program = [sys.executable, "-m", "wattfare_desktop", "--home", str(home / "wallet")]
    serve = [*program, "serve", "--port", str(port), "--consent", "terminal"]
    serve += ["--passphrase-file", str(passphrase)]
    with subprocess.Popen(
        serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as wallet:
        try:
            assert wallet.stdin is not None
            assert wallet.stdout is not None
            wallet.stdout.readline()
            base = f"http://127.0.0.1:{upstream_port}/v1"
            adding = ["funding", "add", "openai", "--base-url", base, "--key-stdin"]
            subprocess.run(
                [*program, *adding, "--balance", "100000.00"],
                input="sk-benchmark\n",
                text=True,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            app = SampleApp(name="Benchmark", origin=f"http://127.0.0.1:{port}")
            subprocess.run([*program, app.request_uri(_WISH)], check=True)
            wallet.stdout.readline()
            wallet.stdin.write("approve\n")
            wallet.stdin.flush()
            app.collect_access()
            app.close()
            subprocess.run(
                [*program, "rate", "Benchmark", *_AS_FAST_AS_IT_CAN],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            yield app.access
        finally:
            wallet.terminate()
