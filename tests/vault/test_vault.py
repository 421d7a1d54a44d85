"""Tests of ``wattfare_desktop.vault.vault`` without a keyring; see test_keychain."""

from pathlib import Path

import pytest

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.vault.keychain import Keychain, KeyringUnusable
from wattfare_desktop.vault.passphrase import Cost
from wattfare_desktop.vault.protection import Outcome, Protection, Reason, Refused, Unlocked
from wattfare_desktop.vault.vault import Vault
from wattfare_desktop.vault.vault_file import VaultFile

CHEAP = Cost(memory_kib=32, iterations=1, lanes=1)


def vault_at(home: Path) -> Vault:
    return Vault(home, Keychain("wallet-1", lambda: None), CHEAP)


def refusal(outcome: Outcome) -> Reason:
    assert isinstance(outcome, Refused)
    return outcome.reason


def test_a_wallet_is_made_and_unlocked_with_its_passphrase(tmp_path: Path) -> None:
    made = vault_at(tmp_path / "home").create_with_passphrase("correct horse")
    assert isinstance(made, Unlocked)
    assert len(made.master_key) == 32
    again = vault_at(tmp_path / "home")
    assert again.status() is Protection.PASSPHRASE
    assert again.unlock("correct horse") == made
    assert refusal(again.unlock("correct hors")) is Reason.PASSPHRASE_WRONG
    assert refusal(again.unlock()) is Reason.PASSPHRASE_NEEDED


def test_each_wallet_has_a_key_of_its_own(tmp_path: Path) -> None:
    one = vault_at(tmp_path / "one").create_with_passphrase("correct horse")
    assert one != vault_at(tmp_path / "other").create_with_passphrase("correct horse")


def test_no_wallet_is_a_state(tmp_path: Path) -> None:
    vault = vault_at(tmp_path / "home")
    assert vault.status() is Protection.ABSENT
    assert refusal(vault.unlock("correct horse")) is Reason.ABSENT
    assert refusal(vault.change_passphrase("correct horse", "another one")) is Reason.ABSENT
    assert not (tmp_path / "home").exists()


def test_a_wallet_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    vault = vault_at(tmp_path)
    vault.create_with_passphrase("correct horse")
    before = (tmp_path / "vault.json").read_bytes()
    assert refusal(vault.create_with_passphrase("battery staple")) is Reason.EXISTS
    assert refusal(vault.create_with_keyring()) is Reason.EXISTS
    assert (tmp_path / "vault.json").read_bytes() == before


def test_a_damaged_wallet_is_neither_opened_nor_replaced(tmp_path: Path) -> None:
    (tmp_path / "vault.json").write_bytes(b"{")
    vault = vault_at(tmp_path)
    with pytest.raises(UserFacingError, match="damaged"):
        vault.status()
    with pytest.raises(UserFacingError, match="damaged"):
        vault.unlock("correct horse")
    assert refusal(vault.create_with_passphrase("correct horse")) is Reason.EXISTS
    assert (tmp_path / "vault.json").read_bytes() == b"{"


def test_a_short_passphrase_makes_nothing(tmp_path: Path) -> None:
    assert refusal(vault_at(tmp_path).create_with_passphrase("short")) is Reason.PASSPHRASE_UNFIT
    assert list(tmp_path.iterdir()) == []


def test_changing_the_passphrase_keeps_the_key(tmp_path: Path) -> None:
    vault = vault_at(tmp_path)
    made = vault.create_with_passphrase("correct horse")
    assert refusal(vault.change_passphrase("wrong horse", "battery staple")) is (
        Reason.PASSPHRASE_WRONG
    )
    assert refusal(vault.change_passphrase("correct horse", "short")) is Reason.PASSPHRASE_UNFIT
    assert vault.unlock("correct horse") == made
    assert vault.change_passphrase("correct horse", "battery staple") == made
    assert vault.unlock("battery staple") == made
    assert refusal(vault.unlock("correct horse")) is Reason.PASSPHRASE_WRONG


def test_without_a_keyring_nothing_is_made_and_the_passphrase_is_offered(tmp_path: Path) -> None:
    vault = vault_at(tmp_path)
    assert isinstance(vault.examine_keyring(), KeyringUnusable)
    refused = vault.create_with_keyring()
    assert refusal(refused) is Reason.KEYRING_UNUSABLE
    assert isinstance(refused, Refused)
    assert "passphrase" in refused.error().detail
    assert vault.status() is Protection.ABSENT


def test_swapping_the_file_for_a_keyrings_opens_nothing(tmp_path: Path) -> None:
    vault = vault_at(tmp_path)
    vault.create_with_passphrase("correct horse")
    VaultFile(tmp_path).write(None)
    assert refusal(vault.unlock("correct horse")) is Reason.KEYRING_UNUSABLE


def test_no_text_shows_the_key(tmp_path: Path) -> None:
    made = vault_at(tmp_path).create_with_passphrase("correct horse")
    assert repr(made) == "Unlocked()"
