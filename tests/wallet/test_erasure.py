"""An erased wallet is gone whole, and nothing else is."""

from pathlib import Path

import pytest

from tests.support.wallet_house import PASSPHRASE, wallet_house
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.vault.keychain import Keychain, account_of
from wattfare_desktop.wallet.erasure import erase


def no_keyring(home: Path) -> Keychain:
    return Keychain(account_of(home), lambda: None)


async def test_a_real_wallet_is_gone_with_its_folder(tmp_path: Path) -> None:
    async with wallet_house(tmp_path / "wallet") as house:
        home = house.paths.home
        assert PASSPHRASE
    assert list(home.iterdir())

    erased = erase(home, no_keyring)

    # It was under a passphrase, so that no keyring is no trouble.
    assert (erased.key_trouble, erased.left) == ("", ())
    assert not home.exists()


OURS = (
    ".settings.json.x1y2z3",
    "anchor",
    "before-restore-2026-11-28-120000/wallet.db",
    "prices.json",
    "providers.toml",
    "restored/vault.json",
    "runtime.json",
    "run/socket",
    "settings.json",
    "updates/root.json",
    "vault.json",
    "wallet-before-upgrade-0012.db",
    "wallet-before-upgrade-0013.part",
    "wallet.db",
    "wallet.db-shm",
    "wallet.db-wal",
    "wattfare.log",
    "wattfare.log.1",
)
ANOTHERS = ("anchor.txt", "before-restore-notes.txt", "letters/wallet.db", "my-wallet.db")


def test_what_is_not_a_wallets_stays(tmp_path: Path) -> None:
    for name in (*OURS, *ANOTHERS):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")

    erased = erase(tmp_path, no_keyring)

    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == set(ANOTHERS)
    assert {path.name for path in erased.left} == {name.partition("/")[0] for name in ANOTHERS}


def test_a_link_is_deleted_and_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "letter.txt").write_text("x")
    home = tmp_path / "home"
    home.mkdir()
    (home / "wallet.db").write_text("x")
    (home / "restored").symlink_to(elsewhere)

    erase(home, no_keyring)

    assert not home.exists()
    assert (elsewhere / "letter.txt").exists()


def test_a_key_that_stays_is_told_and_the_files_go_all_the_same(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "wallet.db").write_text("x")  # of what its vault said nothing is left

    erased = erase(home, no_keyring)

    assert erased.key_trouble == "There is no keyring here."
    assert not home.exists()


def test_what_cannot_be_deleted_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wallet.db").write_text("x")

    def refused(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", refused)

    with pytest.raises(UserFacingError, match=r"wallet\.db: Permission denied"):
        erase(tmp_path, no_keyring)
