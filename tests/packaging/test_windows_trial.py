"""The Windows installer at work under Wine, with a small program in the wallet's place.

A few hundred megabytes of Wine are not brought in for `make test`: `make test-windows-installer`
is the command for this.
"""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.desktop.waiting import wait_until
from tests.support.dummy_bundle import dummy_bundle
from tests.support.wine import Wine, wine_at, wine_program
from windows_installer import make_installer

REQUIRED = "WATTFARE_REQUIRE_WINE"
OLD, NEW = "1.0.0", "2.0.0"
ABORTED = 2
CLASS = r"Software\Classes\wattfare"
RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
UNINSTALL = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\Wattfare"
FOLDER = r"C:\users\{user}\AppData\Local\Programs\Wattfare"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A Windows, and two versions of the installer."""

    wine: Wine
    installers: dict[str, Path]

    @property
    def folder(self) -> Path:
        """Where the program is installed."""
        return self.wine.local / "Programs" / "Wattfare"

    @property
    def notes(self) -> Path:
        """Where the program in the wallet's place takes its notes."""
        return self.wine.local / "dummy"

    @property
    def windows_folder(self) -> str:
        """Where the program is installed, as Windows calls it."""
        return FOLDER.format(user=self.wine.local.parents[1].name)

    def install(self, version: str, *options: str) -> int:
        return self.wine.run(self.installers[version], "/S", *options)

    def uninstall_in_place(self) -> int:
        """Have the uninstaller work as itself: it then leaves itself behind, and tells its end."""
        return self.wine.run(self.folder / "uninstall.exe", "/S", f"_?={self.windows_folder}")

    def uninstall(self, *options: str) -> None:
        self.wine.run(self.folder / "uninstall.exe", "/S", *options)
        # It goes on as a copy of itself, since no program can delete its own file there.
        self.wine.wait_until_idle()

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the installed program and return once it runs."""
        process = self.wine.start(self.folder / "wattfare.exe")
        wait_until(self.is_running, what="a program that runs", timeout_s=30)
        return process

    def is_running(self) -> bool:
        return (self.notes / "running").exists()

    def noted(self) -> list[str]:
        """Return what the program wrote down since it was asked last."""
        notes = self.notes / "notes.txt"
        lines = notes.read_text(encoding="ascii").splitlines() if notes.exists() else []
        notes.unlink(missing_ok=True)
        return lines

    def files(self) -> set[str]:
        """Return the installed files."""
        return {
            str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()
        }


def files_of(version: str) -> set[str]:
    return {
        "wattfare.exe",
        "uninstall.exe",
        f"_internal/only-{version}.dll",
        "_internal/nested/library.dll",
    }


@pytest.fixture(scope="module")
def installers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("installers")
    made = {}
    for version in (OLD, NEW):
        made[version] = folder / f"{version}-setup.exe"
        bundle = dummy_bundle(folder / version, version)
        make_installer(bundle, made[version], version=version)
    return made


@pytest.fixture(scope="module")
def wine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wine]:
    if REQUIRED not in os.environ:
        pytest.skip("two minutes and much to install: make test-windows-installer does it")
    program = wine_program()
    if program is None:
        pytest.fail("Wine is not installed, and this run is for what needs it")
    with wine_at(tmp_path_factory.mktemp("wine") / "prefix", program) as made:
        yield made


@pytest.fixture
def trial(wine: Wine, installers: dict[str, Path]) -> Iterator[Trial]:
    trial = Trial(wine=wine, installers=installers)
    yield trial
    (trial.notes / "stubborn").unlink(missing_ok=True)
    if trial.is_running():
        (trial.notes / "quit").touch()
        wine.wait_until_idle()
    if trial.folder.exists():
        trial.uninstall("/RemoveWallet")
    assert not trial.folder.exists()
    trial.noted()


def test_it_installs_for_its_user_and_says_so_to_windows(trial: Trial) -> None:
    assert trial.install(OLD) == 0

    folder = trial.windows_folder
    assert trial.files() == files_of(OLD)
    assert trial.wine.registry(CLASS) == {"(Default)": "URL:Wattfare", "URL Protocol": ""}
    assert trial.wine.registry(rf"{CLASS}\DefaultIcon") == {
        "(Default)": rf'"{folder}\wattfare.exe",0'
    }
    assert trial.wine.registry(rf"{CLASS}\shell\open\command") == {
        "(Default)": rf'"{folder}\wattfare.exe" "%1"'
    }
    listed = trial.wine.registry(UNINSTALL)
    size_kib = int(listed.pop("EstimatedSize"), 16)
    assert 200 < size_kib < 1_000
    assert listed == {
        "DisplayIcon": rf'"{folder}\wattfare.exe",0',
        "DisplayName": "Wattfare",
        "DisplayVersion": OLD,
        "InstallLocation": folder,
        "NoModify": "0x1",
        "NoRepair": "0x1",
        "Publisher": "The Wattfare authors",
        "QuietUninstallString": rf'"{folder}\uninstall.exe" /S',
        "UninstallString": rf'"{folder}\uninstall.exe"',
    }
    assert (trial.wine.start_menu / "Wattfare.lnk").exists()
    assert "Wattfare" not in trial.wine.registry(RUN)
    assert trial.noted() == []


def test_a_link_reaches_the_program_as_one_argument(trial: Trial) -> None:
    trial.install(OLD)
    link = "wattfare://authorize?client_id=Notes%20AI&x=a;b|c"
    # Wine 8 looks for classes where all users have them, and not where one user has theirs.
    for key in (CLASS, rf"{CLASS}\shell\open\command"):
        for name, text in trial.wine.registry(key).items():
            own = name.replace("(Default)", "")
            trial.wine.write_registry(key, own, text, root="HKLM")

    trial.wine.run(Path("start"), "/wait", link)

    wait_until((trial.notes / "notes.txt").exists, what="a start", timeout_s=30)
    trial.wine.wait_until_idle()
    assert trial.noted() == [f'{OLD} started with ["{link}"]']


def test_an_upgrade_leaves_nothing_of_the_old_version(trial: Trial) -> None:
    trial.install(OLD)

    assert trial.install(NEW) == 0

    assert trial.files() == files_of(NEW)
    assert trial.wine.registry(UNINSTALL)["DisplayVersion"] == NEW
    # Nothing ran before, so nothing was asked and nothing is started.
    assert trial.noted() == []


def test_a_running_program_settles_before_it_is_replaced_and_is_started_again(
    trial: Trial,
) -> None:
    trial.install(OLD)
    process = trial.start()

    assert trial.install(NEW) == 0

    assert process.wait(30) == 0
    wait_until(trial.is_running, what="the new version", timeout_s=30)
    assert trial.files() == files_of(NEW)
    assert trial.noted() == [
        f"{OLD} started with []",
        f"{OLD} started with [quit]",
        f"{OLD} settled",
        f"{NEW} started with []",
    ]


def test_a_program_that_goes_on_running_is_neither_killed_nor_replaced(trial: Trial) -> None:
    trial.install(OLD)
    process = trial.start()
    (trial.notes / "stubborn").touch()

    assert trial.install(NEW) == ABORTED

    assert process.poll() is None
    assert trial.is_running()
    assert trial.files() == files_of(OLD)
    assert trial.wine.registry(UNINSTALL)["DisplayVersion"] == OLD

    assert trial.uninstall_in_place() == ABORTED
    assert trial.files() == files_of(OLD)
    assert trial.wine.registry(CLASS) != {}
    assert process.poll() is None

    (trial.notes / "quit").touch()
    assert process.wait(30) == 0


def test_where_an_upgrade_fails_the_old_version_is_back(trial: Trial) -> None:
    trial.install(OLD)
    uninstaller = trial.folder / "uninstall.exe"
    kept = uninstaller.read_bytes()
    uninstaller.unlink()
    (uninstaller / "in the way").mkdir(parents=True)

    assert trial.install(NEW) == ABORTED

    assert trial.files() == files_of(OLD) - {"uninstall.exe"}
    assert (trial.folder / "_internal/nested/library.dll").read_text(encoding="ascii") == OLD
    assert trial.wine.registry(UNINSTALL)["DisplayVersion"] == OLD
    (uninstaller / "in the way").rmdir()
    uninstaller.rmdir()
    uninstaller.write_bytes(kept)


def test_starting_at_login_is_asked_for_and_outlives_an_upgrade(trial: Trial) -> None:
    trial.install(OLD, "/StartAtLogin")

    line = {"Wattfare": rf'"{trial.windows_folder}\wattfare.exe"'}
    assert trial.wine.registry(RUN) == line

    trial.install(NEW)
    assert trial.wine.registry(RUN) == line

    own = rf'"{trial.windows_folder}\wattfare.exe" --home D:\mine'
    trial.wine.write_registry(RUN, "Wattfare", own)
    trial.install(NEW)
    assert trial.wine.registry(RUN) == {"Wattfare": own}


def test_uninstalling_leaves_the_wallet_and_what_is_anothers(trial: Trial) -> None:
    trial.install(OLD, "/StartAtLogin")
    trial.wine.write_registry(APPROVED, "Wattfare", "02")
    wallet = trial.wine.local / "Wattfare" / "wallet.db"
    wallet.parent.mkdir()
    wallet.write_bytes(b"mine")

    trial.uninstall()

    assert not trial.folder.exists()
    assert not (trial.wine.start_menu / "Wattfare.lnk").exists()
    for key in (CLASS, rf"{CLASS}\shell\open\command", UNINSTALL, RUN, APPROVED):
        assert trial.wine.registry(key) == {}, key
    assert wallet.read_bytes() == b"mine"

    trial.install(OLD)
    notes = trial.folder / "notes.txt"
    notes.write_text("mine", encoding="ascii")
    another = r'"C:\another.exe" "%1"'
    trial.wine.write_registry(RUN, "Wattfare", another)

    assert trial.noted() == []
    trial.uninstall("/RemoveWallet")

    # Its key is where only the program reaches; and it is this wallet's that goes, whatever others
    # the environment names.
    home = rf"C:\users\{trial.wine.local.parents[1].name}\AppData\Local\Wattfare"
    assert trial.noted() == [f'{OLD} started with [erase --yes --home "{home}"]']
    assert trial.files() == {"notes.txt"}
    assert trial.wine.registry(RUN) == {"Wattfare": another}
    assert not wallet.parent.exists()
    notes.unlink()
    trial.folder.rmdir()


def test_an_older_windows_is_refused(trial: Trial) -> None:
    trial.wine.pretend("win7")
    try:
        assert trial.install(OLD) != 0
    finally:
        trial.wine.pretend("win10")

    assert not trial.folder.exists()
