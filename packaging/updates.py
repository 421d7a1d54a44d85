"""Publish what tells of a newer Wattfare: a repository of The Update Framework (TUF 1.0).

    updates.py keys DIR
    updates.py publish --version V --page URL --summary S --keys DIR --repository DIR
    updates.py refresh --keys DIR --repository DIR
    updates.py rotate-root --keys DIR --repository DIR [--new-keys DIR]

``keys`` makes the keys of the roles and the first root metadata. ``publish`` says that a release is
out, which needs the key of targets; nobody sees it before ``refresh``, which follows by itself if
the online key is there too. ``refresh`` says that what was published still holds, needs the online
key alone, and has to be done before the week is over that a timestamp lasts. ``rotate-root`` makes
the next root, which needs two of the root keys: for another year, or with all the keys of another
folder.

A repository is a folder ``metadata`` and a folder ``targets``, served as they are.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Role,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from wattfare_desktop.core.updates import LATEST, Release, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

T = TypeVar("T", Root, Timestamp, Snapshot, Targets)

LIFETIMES: Final = {
    Root.type: timedelta(days=365),
    Targets.type: timedelta(days=90),
    Snapshot.type: timedelta(days=14),
    Timestamp.type: timedelta(days=7),
}
"""How long each role's word holds: the shorter, the sooner it is noticed that it is held back."""
ROOT_KEYS: Final = 3
ROOT_THRESHOLD: Final = 2
"""Two of three: one key may be lost, or stolen, and nobody is stranded."""
_ONLINE: Final = "online"
_HASHES: Final = ["sha256"]


class RecipeError(Exception):
    """Something is not there, or would harm those who use the repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys that are in a folder: whoever signs at home leaves some of them there."""

    root: tuple[CryptoSigner, ...] = ()
    targets: CryptoSigner | None = None
    online: CryptoSigner | None = None

    @classmethod
    def load(cls, folder: Path) -> Keys:
        """Return what is there of them."""
        places = sorted(folder.glob("root-*.pem"))
        return cls(
            root=tuple(_load_key(place) for place in places),
            targets=_load_key_if_there(folder / "targets.pem"),
            online=_load_key_if_there(folder / f"{_ONLINE}.pem"),
        )

    def of(self, role: str) -> tuple[CryptoSigner, ...]:
        """Return those that sign for ``role``. Raises RecipeError where there are none."""
        if role == Root.type:
            found: tuple[CryptoSigner | None, ...] = self.root
        else:
            found = (self.targets if role == Targets.type else self.online,)
        signers = tuple(each for each in found if each is not None)
        if not signers:
            raise RecipeError(f"The key that signs {role} is not in that folder.")
        return signers


def make_keys(folder: Path, now: datetime) -> Path:
    """Make all keys and the first root metadata in ``folder``; return where the latter is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise RecipeError(f"{folder} is not empty: keys are never written over.")
    names = (*(f"root-{number}" for number in range(1, ROOT_KEYS + 1)), Targets.type, _ONLINE)
    for name in names:
        _write_key(folder / f"{name}.pem", CryptoSigner.generate_ed25519())
    keys = Keys.load(folder)
    root = Metadata(Root(expires=_expiry(Root.type, now)))
    _put_keys(root.signed, keys)
    _sign(root, keys.root)
    place = folder / "root.json"
    place.write_bytes(root.to_bytes())
    return place


class Repository:
    """The metadata and the targets in a folder, and what is done to them at ``now``."""

    def __init__(self, folder: Path, keys: Keys, now: datetime) -> None:
        self._metadata = folder / "metadata"
        self._targets = folder / "targets"
        self._keys = keys
        self._now = now

    def begin(self, root: bytes) -> None:
        """Begin with ``root``, where there is nothing yet."""
        self._metadata.mkdir(parents=True, exist_ok=True)
        self._targets.mkdir(parents=True, exist_ok=True)
        if self._newest(Root.type) is None:
            self._put("1.root.json", root)

    def publish(self, release: Release) -> None:
        """Say that ``release`` is the newest; ``refresh`` lets it be seen.

        Raises RecipeError where a newer one was published.
        """
        before = self._load(Targets)
        self._require_none_newer(before, release)
        content = release.content()
        target = TargetFile.from_data(LATEST, content, _HASHES)
        # First what others point to: a client may come at any moment.
        self._put(f"{target.hashes['sha256']}.{LATEST}", content, self._targets)
        after = Metadata(Targets()) if before is None else before
        after.signed.targets = {LATEST: target}
        self._put_next(after, is_first=before is None)

    def refresh(self) -> None:
        """Say that what was published still holds: a new snapshot and a new timestamp."""
        targets = self._require(Targets)
        self._require_unexpired(self._require(Root), "make the next root: rotate-root")
        self._require_unexpired(targets, "publish the release again, with the key kept off the net")
        before = self._load(Snapshot)
        snapshot = Metadata(Snapshot()) if before is None else before
        snapshot.signed.meta = {"targets.json": self._described(targets)}
        self._put_next(snapshot, is_first=before is None)
        stamped = self._load(Timestamp)
        timestamp = Metadata(Timestamp()) if stamped is None else stamped
        timestamp.signed.snapshot_meta = self._described(snapshot)
        self._put_next(timestamp, is_first=stamped is None)

    def _require_unexpired(self, metadata: Metadata[Any], remedy: str) -> None:
        """A new timestamp over what has expired would look well here, and be refused everywhere."""
        if metadata.signed.is_expired(self._now):
            raise RecipeError(f"What {metadata.signed.type} says has expired: {remedy}.")

    def rotate_root(self, new: Keys | None = None) -> bytes:
        """Make the next root, with ``new`` keys in the place of those from before.

        Return its bytes: from the next release on the program comes with them. Where a role got
        another key, what it has signed is signed anew.
        """
        root = self._require(Root)
        if new is not None:
            _put_keys(root.signed, new)
        root.signed.version += 1
        root.signed.expires = _expiry(Root.type, self._now)
        # By both: those who trust the old keys learn of the new ones from this very file.
        signers = (*self._keys.of(Root.type), *(new or self._keys).root)
        _sign(root, {each.public_key.keyid: each for each in signers}.values())
        before = self._require(Root).signed
        for delegator in (before, root.signed):
            delegator.verify_delegate(Root.type, root.signed_bytes, root.signatures)
        self._put(f"{root.signed.version}.root.json", root.to_bytes())
        if new is not None:
            self._keys = new
            self._sign_anew()
        return root.to_bytes()

    def _sign_anew(self) -> None:
        targets = self._load(Targets)
        if targets is not None:
            self._put_next(targets, is_first=False)
            self.refresh()

    def _require_none_newer(self, before: Metadata[Targets] | None, release: Release) -> None:
        if before is None:
            return
        digest = before.signed.targets[LATEST].hashes["sha256"]
        told = Release.read((self._targets / f"{digest}.{LATEST}").read_bytes())
        if release.version < told.version:
            raise RecipeError(f"{told.version} was published already, which is newer.")

    def _put_next(self, metadata: Metadata[T], *, is_first: bool) -> None:
        signed = metadata.signed
        if not is_first:
            signed.version += 1
        signed.expires = _expiry(signed.type, self._now)
        _sign(metadata, self._keys.of(signed.type))
        self._require(Root).signed.verify_delegate(
            signed.type, metadata.signed_bytes, metadata.signatures
        )
        # Clients do not know which timestamp comes next; all else is asked for by its number.
        number = "" if signed.type == Timestamp.type else f"{signed.version}."
        self._put(f"{number}{signed.type}.json", metadata.to_bytes())

    def _described(self, metadata: Metadata[T]) -> MetaFile:
        return MetaFile.from_data(metadata.signed.version, metadata.to_bytes(), _HASHES)

    def _load(self, role: type[T]) -> Metadata[T] | None:
        place = self._newest(role.type)
        return None if place is None else Metadata[T].from_file(str(place))

    def _require(self, role: type[T]) -> Metadata[T]:
        found = self._load(role)
        if found is None:
            raise RecipeError(f"There is no {role.type}.json in {self._metadata}.")
        return found

    def _newest(self, role: str) -> Path | None:
        if role == Timestamp.type:
            place = self._metadata / f"{role}.json"
            return place if place.exists() else None
        places = self._metadata.glob(f"*.{role}.json")
        return max(places, key=_number, default=None)

    def _put(self, name: str, content: bytes, folder: Path | None = None) -> None:
        place = (folder or self._metadata) / name
        half = place.with_name(f"{name}.part")
        half.write_bytes(content)
        half.replace(place)


def _put_keys(root: Root, keys: Keys) -> None:
    root.keys.clear()
    for role in (Root.type, Targets.type, Snapshot.type, Timestamp.type):
        threshold = ROOT_THRESHOLD if role == Root.type else 1
        root.roles[role] = Role([], threshold)
        for signer in keys.of(role):
            root.add_key(signer.public_key, role)


def _sign(metadata: Metadata[T], signers: Iterable[CryptoSigner]) -> None:
    metadata.signatures.clear()
    for signer in signers:
        metadata.sign(signer, append=True)


def _expiry(role: str, now: datetime) -> datetime:
    return now.astimezone(UTC) + LIFETIMES[role]


def _number(place: Path) -> int:
    return int(place.name.partition(".")[0])


def _write_key(place: Path, signer: CryptoSigner) -> None:
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(signer.private_bytes)


def _load_key(place: Path) -> CryptoSigner:
    key: PrivateKeyTypes = load_pem_private_key(place.read_bytes(), None)
    return CryptoSigner(key)


def _load_key_if_there(place: Path) -> CryptoSigner | None:
    return _load_key(place) if place.exists() else None


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="updates.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("keys").add_argument("folder", type=Path)
    for name in ("publish", "refresh", "rotate-root"):
        command = commands.add_parser(name)
        command.add_argument("--keys", type=Path, required=True)
        command.add_argument("--repository", type=Path, required=True)
        if name == "publish":
            for word in ("version", "page", "summary"):
                command.add_argument(f"--{word}", required=True)
        elif name == "rotate-root":
            command.add_argument("--new-keys", type=Path)
    return parser.parse_args(arguments)


def _run(options: argparse.Namespace, now: datetime) -> str:
    if options.command == "keys":
        place = make_keys(options.folder, now)
        return (
            f"Keys are made. {place} goes into resources/updates, the rest where nobody finds it."
        )
    keys = Keys.load(options.keys)
    repository = Repository(options.repository, keys, now)
    if options.command == "publish":
        release = Release(
            version=Version.read(options.version),
            page=options.page,
            summary=options.summary,
            published=now.date(),
        )
        root = options.keys / "root.json"
        if root.exists():
            repository.begin(root.read_bytes())
        repository.publish(release)
        if keys.online is None:
            return f"{release.version} is signed. It is seen once `refresh` has run."
        repository.refresh()
        return f"{release.version} is published in {options.repository}."
    if options.command == "refresh":
        repository.refresh()
        return f"What {options.repository} says holds for another week."
    new = None if options.new_keys is None else Keys.load(options.new_keys)
    place = (options.new_keys or options.keys) / "root.json"
    place.write_bytes(repository.rotate_root(new))
    return f"{place} is the next root, and goes into resources/updates."


def main(arguments: Sequence[str]) -> int:
    """Do what is asked; return the exit status."""
    options = _options(arguments)
    try:
        print(_run(options, datetime.now(UTC)))
    except (RecipeError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
