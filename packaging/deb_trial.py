"""Try the package in a bare Debian 12: install, use, upgrade and remove it. `make test-deb`.

    deb_trial.py [--mirror URI] [--suite NAME] [PACKAGE]

Takes root. The tree is made once by debootstrap and copied for each trial, into build/deb-trial.
All is done in name spaces of its own for mounts and processes: whatever happens, when this ends
nothing is mounted and nothing runs any more. The mirror is the one this machine's apt has.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import completions
import deb
import system_packages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "deb-trial"
USER = "ada"
PROGRAM = "/usr/lib/wattfare/wattfare"
INSIDE = "WATTFARE_DEB_TRIAL_INSIDE"
# The desktop of the story, and what its Python needs to work it.
STORY_PACKAGES = (
    *system_packages.DESKTOP,
    "fish",
    "libglib2.0-bin",
    "man-db",
    "python3-jeepney",
    "python3-psutil",
    "python3-pytest",
    "zsh",
)
# What apt, dpkg and running programs write for themselves.
PASSED_OVER = (
    "dev", "home", "proc", "root", "run", "sys", "tmp", "trial", "var/cache", "var/lib/apt",
    "var/lib/dpkg", "var/log",
)  # fmt: skip
DEBIAN_CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
FEDORA_CERTIFICATES = "etc/pki/tls/certs/ca-bundle.crt"


class TrialError(Exception):
    """Something is not as it should be; the text says what."""


class Tree:
    """A Debian below a folder, and its root's shell."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def mount(self) -> None:
        """Give it the kernel's folders; they go with our own name space."""
        for kind, place in (("proc", "proc"), ("sysfs", "sys"), ("devtmpfs", "dev")):
            _run("mount", "-t", kind, kind, str(self.root / place))
        for kind, place in (("devpts", "dev/pts"), ("tmpfs", "dev/shm")):
            (self.root / place).mkdir(exist_ok=True)
            _run("mount", "-t", kind, kind, str(self.root / place))

    def command(self, *words: str, user: str = "root") -> list[str]:
        """Return what runs `words` in here as a user who has just logged in."""
        home = "/root" if user == "root" else f"/home/{user}"
        proxies = [f"{name}={value}" for name, value in os.environ.items() if "_proxy" in name]
        environment = [
            "env", "-i", f"HOME={home}", f"USER={user}", "LANG=C.UTF-8",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "DEBIAN_FRONTEND=noninteractive", *proxies,
        ]  # fmt: skip
        return ["chroot", f"--userspec={user}:{user}", str(self.root), *environment, *words]

    def run(self, *words: str, user: str = "root") -> str:
        """Run a command to its end and return what it printed; TrialError if it failed."""
        return _run(*self.command(*words, user=user))

    def apt(self, *words: str) -> str:
        """Run apt-get, which asks nothing and brings in only what is needed."""
        return self.run("apt-get", "-q", "-y", "--no-install-recommends", *words)

    def files(self) -> dict[str, str]:
        """Return every path, and what is in each file of /etc, /usr and /opt."""
        return dict(self._files(self.root))

    def _files(self, folder: Path) -> Iterator[tuple[str, str]]:
        for path in sorted(folder.iterdir()):
            name = str(path.relative_to(self.root))
            if name in PASSED_OVER or path.name == "__pycache__":
                continue
            if path.is_symlink():
                yield name, str(path.readlink())
            elif path.is_dir():
                yield name, ""
                yield from self._files(path)
            elif path.is_file():
                yield name, hashlib.sha256(path.read_bytes()).hexdigest()


class Trial:
    """One package in one fresh tree, step by step."""

    def __init__(self, tree: Tree, package: Path) -> None:
        self._tree = tree
        shutil.copy(package, tree.root / "trial" / package.name)
        self._package = f"/trial/{package.name}"

    def run(self) -> None:
        """Do all of it; TrialError at the first step that fails."""
        for step in (
            self._installs_on_a_bare_system,
            self._finds_certificates_as_on_fedora,
            self._brings_a_desktop,
            self._is_used_upgraded_and_removed,
        ):
            started_s = time.monotonic()
            step()
            told = step.__name__.strip("_").replace("_", " ")
            print(f"ok  {told} ({time.monotonic() - started_s:.0f} s)", flush=True)

    def _installs_on_a_bare_system(self) -> None:
        self._tree.apt("install", self._package)
        told = self._tree.run("wattfare", "--version", user=USER)
        _expect(told.startswith("wattfare "), f"its version is told: {told}")
        found = self._doctor()["certificates"]
        _expect(found["ok"] and DEBIAN_CERTIFICATES in found["detail"], f"certificates: {found}")
        print(f"    certificates: {found['detail']}")
        _expect(not (lacking := self._lacking()), f"these libraries are missing: {lacking}")

    def _finds_certificates_as_on_fedora(self) -> None:
        debian, fedora = (
            self._tree.root / place for place in (DEBIAN_CERTIFICATES, FEDORA_CERTIFICATES)
        )
        fedora.parent.mkdir(parents=True)
        debian.rename(fedora)
        found = self._doctor()["certificates"]
        _expect(found["ok"] and FEDORA_CERTIFICATES in found["detail"], f"certificates: {found}")
        print(f"    certificates: {found['detail']}")
        aside = fedora.rename(fedora.with_suffix(".aside"))
        found = self._doctor()["certificates"]
        _expect(not found["ok"], f"the absence of certificates is told: {found}")
        aside.rename(debian)
        shutil.rmtree(self._tree.root / "etc" / "pki")

    def _brings_a_desktop(self) -> None:
        self._tree.apt("purge", "wattfare")
        self._tree.apt("install", *STORY_PACKAGES)
        (self._tree.root / "tmp" / ".X11-unix").mkdir(mode=0o1777, exist_ok=True)
        (self._tree.root / "tmp" / ".X11-unix").chmod(0o1777)

    def _is_used_upgraded_and_removed(self) -> None:
        before = self._tree.files()
        self._tree.apt("install", self._package)
        for shell in ("bash", "zsh", "fish"):
            self._tree.run(shell, "-n", f"/usr/share/{completions.PLACES[shell]}")
        _expect("--passphrase-file" in self._tree.run("man", "wattfare"), "man shows the manual")
        story = ["python3", "-B", "/trial/packaging/deb_story.py"]
        command = self._tree.command("PYTHONPATH=/trial:/trial/packaging", *story, user=USER)
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as telling:
            assert telling.stdin is not None
            assert telling.stdout is not None
            for line in telling.stdout:
                word, _, rest = line.strip().partition(" ")
                match word:
                    case "told":
                        print(f"    {rest}", flush=True)
                        continue
                    case "upgrade":
                        told = self._tree.apt("install", "--reinstall", self._package)
                        _expect("has quit for the upgrade" in told, f"the upgrade says so: {told}")
                    case "remove":
                        self._tree.apt("remove", "wattfare")
                    case _:
                        raise TrialError(f"the story says: {line}")
                telling.stdin.write("done\n")
                telling.stdin.flush()
        _expect(telling.returncode == 0, "the story ends well")
        self._expect_nothing_left(before)

    def _expect_nothing_left(self, before: dict[str, str]) -> None:
        removed = self._tree.files()
        # Without settings of its own there may be nothing left to purge, which apt calls an error.
        self._tree.run("dpkg", "--purge", "wattfare")
        for moment, after in (("removed", removed), ("purged", self._tree.files())):
            left = sorted(after.keys() - before.keys())
            changed = sorted(name for name in before if after.get(name) != before[name])
            _expect(not left, f"{moment}: these files are left: {left}")
            _expect(not changed, f"{moment}: these files are not as before: {changed}")
        wallet = self._tree.root / "home" / USER / "desktop/home/.local/share/wattfare"
        _expect((wallet / "wallet.db").exists(), "the user's wallet is kept")
        told = self._tree.run("dpkg-query", "--show", "--showformat", "${Package}\n")
        _expect("wattfare" not in told.split(), "dpkg has forgotten it")

    def _lacking(self) -> list[str]:
        """Return the libraries that a program of the bundle needs and would not find."""
        folder = Path(PROGRAM).parent
        own = {path.name for path in (self._tree.root / folder.relative_to("/")).rglob("*.so*")}
        # Those that are no programs fail, which says nothing.
        every = f"find {folder} -name '*.so*' -exec ldd {{}} + 2>/dev/null || true"
        lines = self._tree.run("sh", "-c", every).splitlines()
        return sorted({line.split()[0] for line in lines if line.endswith("not found")} - own)

    def _doctor(self) -> dict[str, dict[str, Any]]:
        # Something is wrong in so bare a place, and it says so by its status.
        command = self._tree.command("wattfare", "doctor", "--json", user=USER)
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        try:
            return {each["name"]: each for each in json.loads(ended.stdout)}
        except json.JSONDecodeError:
            raise TrialError(f"doctor says:\n{ended.stdout}\n{ended.stderr}") from None


def prepare(mirror: str, suite: str) -> Tree:
    """Return a fresh tree with a user; its base is made once and kept."""
    base = WORK / suite
    if not base.exists():
        print(f"Making a bare {suite}, once ...", flush=True)
        fresh = WORK / f"{suite}.part"
        shutil.rmtree(fresh, ignore_errors=True)
        WORK.mkdir(parents=True, exist_ok=True)
        _run("debootstrap", "--variant=minbase", suite, str(fresh), mirror)
        fresh.rename(base)
    root = WORK / "tree"
    shutil.rmtree(root, ignore_errors=True)
    _run("cp", "--archive", "--reflink=auto", str(base), str(root))
    # What was fetched once need not be fetched again.
    archives = WORK / f"{suite}-archives"
    archives.mkdir(exist_ok=True)
    _run("mount", "--bind", str(archives), str(root / "var/cache/apt/archives"))
    (root / "etc/apt/apt.conf.d/90keep").write_text('Binary::apt-get::Keep "1";\n')
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    for folder in ("packaging", "tests/support"):
        shutil.copytree(ROOT / folder, root / "trial" / folder)
    tree = Tree(root)
    tree.mount()
    tree.run("useradd", "--create-home", USER)
    tree.apt("update")
    return tree


def own_mirror() -> str | None:
    """Return the Debian mirror of this machine's apt, if it has one."""
    wanted = ["--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian"]
    asked = subprocess.run(
        ["apt-get", "indextargets", *wanted], capture_output=True, text=True, check=False
    )
    found = [line for line in asked.stdout.split() if line.startswith("http")]
    return next((line for line in found if "security" not in line), None)


def _expect(condition: object, what: str) -> None:
    if not condition:
        raise TrialError(f"Not so: {what}")


def _run(*command: str) -> str:
    ended = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        said = f"{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"
        raise TrialError(f"{' '.join(command)} ended with status {ended.returncode}:\n{said}")
    return ended.stdout


def main(arguments: Sequence[str]) -> int:
    """Try the package; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--mirror", help="of Debian; this machine's own if it is a Debian")
    parser.add_argument("--suite", default="bookworm", help="which Debian (bookworm)")
    usual = deb.package_path(ROOT / "dist", deb.project_version())
    parser.add_argument("package", type=Path, nargs="?", default=usual)
    options = parser.parse_args(arguments)
    if os.geteuid() != 0:
        print("A tree of its own takes root: sudo make test-deb.", file=sys.stderr)
        return 1
    if os.environ.get(INSIDE) is None:
        inside = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        again = [*inside, sys.executable, __file__, *arguments]
        return subprocess.run(again, env={**os.environ, INSIDE: "1"}, check=False).returncode
    if system_packages.bring_in(system_packages.DEB_TRIAL, why="the package is tried with them"):
        return 1
    mirror = options.mirror or own_mirror()
    if mirror is None:
        print("This machine's apt has no Debian mirror: name one with --mirror.", file=sys.stderr)
        return 1
    try:
        _run("lintian", "--fail-on", "error,warning", "--allow-root", str(options.package))
        print("ok  lintian has nothing to say", flush=True)
        Trial(prepare(mirror, options.suite), options.package).run()
    except TrialError as error:
        print(f"FAILED  {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
