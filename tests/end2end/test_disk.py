"""Disks that take no more while the wallet runs, and such as never let anything be written."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.support.desktop.waiting import wait_until
from tests.support.wallet_process import Machine, Serving
from wattfare_desktop.cli.sample_app import Reply, SampleApp, Wish
from wattfare_desktop.core.errors import UserFacingError

resource = pytest.importorskip("resource")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="prlimit and mounts are Linux's")

WISH = Wish(cap="5.00", period="day", models=(), justification="")
_TMPFS_KIB = 2_048
_LIMIT_BYTES = 4_096
"""The first frame of a commit fits below it and the rest does not."""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine without a wallet yet."""
    made = Machine(folder=tmp_path)
    made.passphrase_file()
    return made


@contextmanager
def _open(machine: Machine) -> Iterator[Serving]:
    words = ("--consent", "terminal", "--passphrase-file", str(machine.folder / "passphrase"))
    with machine.serving(*words) as wallet:
        yield wallet


@contextmanager
def _small_disk(machine: Machine) -> Iterator[None]:
    """Put the wallet's home on a disk of its own."""
    machine.home.mkdir(mode=0o700)
    options = f"size={_TMPFS_KIB}k,mode=0700"
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(machine.home)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(machine.home)], check=True)


@contextmanager
def _filled(machine: Machine) -> Iterator[None]:
    filler = machine.home / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(1_024)):
            pass
    yield
    filler.unlink()


@contextmanager
def _limited(wallet: Serving) -> Iterator[None]:
    before = resource.prlimit(wallet.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(wallet.pid, resource.RLIMIT_FSIZE, (_LIMIT_BYTES, before[1]))
    yield
    resource.prlimit(wallet.pid, resource.RLIMIT_FSIZE, before)


def _approved(machine: Machine, wallet: Serving, name: str) -> SampleApp:
    app = SampleApp(name=name, origin=wallet.origin)
    assert machine.run(app.request_uri(WISH)).code == 0
    assert wallet.line().startswith("consent ")
    wallet.type("approve")
    app.collect_access()
    assert wallet.line().startswith("approved ")
    app.close()
    return app


def _call(app: SampleApp) -> Reply:
    return app.call("Hello", model="gpt-5", output_tokens_max=50, heard=None)


def test_a_file_that_may_not_grow(machine: Machine) -> None:
    with _open(machine) as wallet:
        _spends_nothing_while(machine, wallet, _limited(wallet))


def test_a_disk_that_is_full(machine: Machine) -> None:
    with _small_disk(machine), _open(machine) as wallet:
        _spends_nothing_while(machine, wallet, _filled(machine))
        assert wallet.terminate().code == 0


def _spends_nothing_while(
    machine: Machine, wallet: Serving, full: AbstractContextManager[None]
) -> None:
    """Nothing is spent, revoking holds, and all goes on once there is room again."""
    machine.ask("funding add", provider="practice", balance="5.00")
    kept, ended = (_approved(machine, wallet, name) for name in ("Kept", "Ended"))
    assert _call(kept).status == _call(ended).status == HTTPStatus.OK
    wait_until(lambda: not machine.ask("status")["running_calls"], what="both settlements")
    before = machine.ask("status")["practice_balance"]
    (grant,) = (app["id"] for app in machine.ask("apps") if app["name"] == "Ended")
    with full:
        refused = _call(kept)
        assert refused.status == HTTPStatus.SERVICE_UNAVAILABLE
        assert "could not be written" in refused.refusal
        with pytest.raises(UserFacingError, match="cut off, but that could not be written"):
            machine.ask("revoke", app=grant)
        assert _call(ended).status == HTTPStatus.UNAUTHORIZED
    assert machine.ask("status")["practice_balance"] == before
    machine.ask("revoke", app=grant)
    assert _call(kept).status == HTTPStatus.OK
    assert _call(ended).status == HTTPStatus.UNAUTHORIZED
    assert machine.run("ledger", "verify").code == 0


_READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'


@pytest.mark.parametrize(
    ("name", "told"),
    [("wallet.db", "Check that the disk has room and the file may be written"), ("", "--home")],
    ids=["the wallet's file", "its whole folder"],
)
def test_what_may_not_be_written_is_told_as_such(machine: Machine, name: str, told: str) -> None:
    with _open(machine) as wallet:
        assert wallet.terminate().code == 0
    path = machine.home / name
    words = ("serve", "--passphrase-file", str(machine.folder / "passphrase"))
    in_namespace = ["unshare", "--map-root-user", "--mount", "sh", "-c", _READ_ONLY, "sh"]
    if (
        shutil.which("unshare") is None
        or subprocess.run(
            [*in_namespace, str(path), "true"], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("nothing may be mounted here")
    before = (machine.home / "wallet.db").read_bytes()
    command = [*in_namespace, str(path), *machine._command(*words, home=None)]
    ended = machine._run(command, None)
    assert ended.code == 1
    assert told in ended.stderr
    assert "damaged, or" not in ended.stderr
    assert (machine.home / "wallet.db").read_bytes() == before
    # And nothing of it stays.
    with _open(machine) as wallet:
        assert machine.ask("status")["state"] == "open"
