"""Tests of ``wattfare_desktop.vault.keychain``: with a real Secret Service, and with bad ones."""

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keyring.backend
import pytest
from keyring.backends import SecretService, chainer, fail, null
from keyring.errors import InitError, KeyringLocked, NoKeyringError

from wattfare_desktop.vault import keychain as module
from wattfare_desktop.vault.keychain import (
    Keychain,
    KeyFound,
    KeyringUnusable,
    account_of,
    find_backend,
    open_keychain,
    unfit_backend,
)

ROOT = Path(__file__).parents[2]
KEY = bytes(range(32))

# Run beside a real gnome-keyring that was unlocked with a password.
WITH_SECRET_SERVICE = """
import json, os, pathlib, sys
import keyring.backend
import secretstorage
from wattfare_desktop.vault.keychain import account_of, open_keychain
from wattfare_desktop.vault.vault import Vault

home, other, third = (pathlib.Path(each) for each in sys.argv[1:4])
key = bytes(range(32))
told = {}
keychain = open_keychain(home)
told["examined"] = repr(keychain.examine())
told["before"] = type(keychain.look_up()).__name__
told["stored"] = keychain.store(key).key == key
told["found_anew"] = open_keychain(home).look_up().key == key
told["other_home"] = type(open_keychain(other).look_up()).__name__

created = Vault(other, open_keychain(other)).create_with_keyring()
vault = Vault(other, open_keychain(other))
told["status"] = vault.status().value
told["unlocked"] = vault.unlock().master_key == created.master_key
told["in_file"] = created.master_key.hex() in (other / "vault.json").read_text()
(other / "vault.json").unlink()
again = Vault(other, open_keychain(other)).create_with_keyring()
told["same_key_again"] = again.master_key == created.master_key

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.chainer.ChainerBackend"
told["chain"] = open_keychain(home).look_up().key == key

class Plaintext(keyring.backend.KeyringBackend):
    priority = 1
    def get_password(self, service, username):
        return None
    def set_password(self, service, username, password):
        print("written in the clear")

keyring.backend.get_all_keyring.reset()
told["chain_with_a_bad_member"] = open_keychain(third).store(key).reason
del os.environ["PYTHON_KEYRING_BACKEND"]

bus = secretstorage.dbus_init()
collection = secretstorage.get_default_collection(bus)
attributes = {"service": "Wattfare", "username": account_of(third)}
collection.create_item("x", attributes, b"not a key", replace=True)
told["damaged"] = open_keychain(third).look_up().reason
for item in list(collection.search_items({"service": "Wattfare", "username": account_of(other)})):
    item.delete()
told["missing"] = vault.unlock().reason.value
collection.lock()
told["locked"] = type(keychain.look_up()).__name__
told["locked_examined"] = repr(keychain.examine())
print(json.dumps(told))
"""

SESSION = """
printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 || exit 99
exec "$@"
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is freedesktop's")
def test_a_real_secret_service_keeps_the_key(tmp_path: Path) -> None:
    for program in ("dbus-run-session", "gnome-keyring-daemon"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(runtime),
        "PYTHONPATH": str(ROOT),
    }
    homes = [str(tmp_path / name) for name in ("home", "other", "third")]
    session = ["dbus-run-session", "--", "bash", "-c", SESSION, "session"]
    ended = subprocess.run(
        [*session, sys.executable, "-c", WITH_SECRET_SERVICE, *homes],
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == {
        "examined": "None",
        "before": "KeyAbsent",
        "stored": True,
        "found_anew": True,
        "other_home": "KeyAbsent",
        "status": "keyring",
        "unlocked": True,
        "in_file": False,
        "same_key_again": True,
        "chain": True,
        "chain_with_a_bad_member": "The keyring is set to __main__.Plaintext, "
        "which Wattfare does not trust with a key.",
        "damaged": "The keyring's entry for this wallet is damaged.",
        "missing": "key_missing",
        "locked": "KeyringLocked",
        "locked_examined": "None",
    }


make_chain: Callable[[], keyring.backend.KeyringBackend] = chainer.ChainerBackend


class PlaintextKeyring(keyring.backend.KeyringBackend):
    """What keyrings.alt brings: a file anybody of this user, and any backup, can read."""

    priority = 0.1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


class SubclassedKeyring(SecretService.Keyring):
    """Looks like an allowed one and may do anything."""


@pytest.mark.parametrize("make", [PlaintextKeyring, SubclassedKeyring, null.Keyring, fail.Keyring])
def test_an_unprotected_backend_never_gets_the_key(
    make: Callable[[], keyring.backend.KeyringBackend],
) -> None:
    backend = make()
    chain = Keychain("wallet-1", lambda: backend)
    for outcome in (chain.store(KEY), chain.look_up(), chain.examine()):
        assert isinstance(outcome, KeyringUnusable)
        assert type(backend).__qualname__ in outcome.reason
        assert "passphrase" in outcome.remedy
    assert not getattr(backend, "kept", {})


def test_a_plain_file_with_the_right_entry_is_not_read() -> None:
    backend = PlaintextKeyring()
    backend.set_password("Wattfare", "wallet-1", base64.b64encode(KEY).decode())
    assert isinstance(Keychain("wallet-1", lambda: backend).look_up(), KeyringUnusable)


def test_a_chain_of_nothing_is_no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring.backend, "get_all_keyring", list)
    assert "ChainerBackend" in (unfit_backend(make_chain()) or "")


@pytest.mark.parametrize("name", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
def test_a_backend_the_environment_names_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    outcome = open_keychain(tmp_path).store(KEY)
    assert isinstance(outcome, KeyringUnusable)
    assert name in outcome.reason


@pytest.mark.skipif(sys.platform != "linux", reason="where keyring has its file differs")
@pytest.mark.parametrize("name", ["keyring.backends.null.Keyring", "no.such.Backend"])
def test_a_backend_the_users_file_names_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "python_keyring"
    folder.mkdir()
    (folder / "keyringrc.cfg").write_text(f"[backend]\ndefault-keyring={name}\n")
    assert isinstance(open_keychain(tmp_path).look_up(), KeyringUnusable)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a keyring")
def test_without_a_session_bus_there_is_no_keyring(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    assert find_backend() is None
    outcome = open_keychain(tmp_path).look_up()
    assert isinstance(outcome, KeyringUnusable)
    assert outcome.reason == "There is no keyring here."


class PromptDismissedException(Exception):  # noqa: N818 - secretstorage's own name
    """What secretstorage raises where the user closes its prompt."""


class FailingKeyring(keyring.backend.KeyringBackend):
    """An allowed backend whose calls go wrong in one way."""

    priority = 0.1

    def __init__(self, error: Exception) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._error = error

    def get_password(self, service: str, username: str) -> str | None:
        del service, username
        raise self._error

    def set_password(self, service: str, username: str, password: str) -> None:
        del service, username, password
        raise self._error


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (KeyringLocked("no"), "KeyringLocked"),
        (PromptDismissedException(), "KeyringLocked"),
        (caused(InitError("no"), PromptDismissedException()), "KeyringLocked"),
        (InitError("no"), "KeyringUnusable"),
        (NoKeyringError("no"), "KeyringUnusable"),
        (ConnectionError("no"), "KeyringUnusable"),
    ],
)
def test_each_failure_is_an_outcome(
    monkeypatch: pytest.MonkeyPatch, error: Exception, outcome: str
) -> None:
    monkeypatch.setattr(module, "_ALLOWED", (FailingKeyring,))
    chain = Keychain("wallet-1", lambda: FailingKeyring(error))
    assert type(chain.look_up()).__name__ == outcome
    assert type(chain.store(KEY)).__name__ == outcome


def test_what_a_backend_says_of_its_failure_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_ALLOWED", (FailingKeyring,))
    secret = base64.b64encode(KEY).decode()
    chain = Keychain("wallet-1", lambda: FailingKeyring(RuntimeError(f"cannot store {secret}")))
    assert secret not in repr(chain.store(KEY))


class ForgetfulKeyring(PlaintextKeyring):
    """Takes a key and does not keep it, or keeps another."""

    def __init__(self, instead: str | None) -> None:
        super().__init__()
        self._instead = instead

    def get_password(self, service: str, username: str) -> str | None:
        del service, username
        return self._instead


@pytest.mark.parametrize("instead", [None, base64.b64encode(bytes(32)).decode(), "%%%", "AAAA"])
def test_a_key_that_does_not_come_back_was_not_stored(
    monkeypatch: pytest.MonkeyPatch, instead: str | None
) -> None:
    monkeypatch.setattr(module, "_ALLOWED", (ForgetfulKeyring,))
    outcome: Any = Keychain("wallet-1", lambda: ForgetfulKeyring(instead)).store(KEY)
    assert isinstance(outcome, KeyringUnusable)


def test_outcomes_show_no_key() -> None:
    assert KEY.hex() not in repr(KeyFound(key=KEY))
    assert repr(KEY)[2:-1] not in repr(KeyFound(key=KEY))


def test_each_home_has_its_own_entry_whichever_way_it_is_reached(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "home")
    assert account_of(tmp_path / "home") == account_of(tmp_path / "link")
    assert account_of(tmp_path / "home") != account_of(tmp_path / "other")
