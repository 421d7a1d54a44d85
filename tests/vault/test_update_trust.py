"""Only what the publisher says now is believed, whatever somebody in between serves."""

import json
import tempfile
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.ngclient import Updater

import updates
from tests.support.update_channel import Channel, Client, make_channel, release
from updates import Keys
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.updates import LATEST
from wattfare_desktop.vault.update_trust import (
    METADATA_BYTES_MAX,
)

NOT_BELIEVED: Final = "not believed"


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    made = make_channel(tmp_path / "publisher")
    made.publish("1.0.0")
    return made


@pytest.fixture
def client(channel: Channel, tmp_path: Path) -> Client:
    return Client(channel, tmp_path / "home" / "updates")


def test_what_is_published_is_believed(channel: Channel, client: Client) -> None:
    assert client.version() == "1.0.0"
    channel.publish("1.1.0")
    assert client.version() == "1.1.0"
    assert client.folder.stat().st_mode & 0o777 == 0o700


def test_what_is_known_is_not_fetched_again(channel: Channel, client: Client) -> None:
    client.version()
    channel.asked.clear()
    assert client.version() == "1.0.0"
    assert channel.asked == ["/metadata/2.root.json", "/metadata/timestamp.json"]


def test_refreshing_says_that_it_still_holds(channel: Channel, client: Client) -> None:
    channel.publish("1.0.1", ago=timedelta(days=6))
    channel.repository().refresh()
    assert client.version() == "1.0.1"
    stamped = Metadata[Timestamp].from_file(str(channel.place("timestamp.json")))
    assert stamped.signed.expires - datetime.now(UTC) > timedelta(days=6)


def test_an_older_state_is_refused_after_a_restart_too(
    channel: Channel, client: Client, tmp_path: Path
) -> None:
    channel.copy_to(tmp_path / "before")
    channel.publish("1.1.0")
    assert client.version() == "1.1.0"
    channel.becomes(tmp_path / "before")
    client.refuses()
    client.refuses()


def test_a_new_timestamp_of_an_old_snapshot_is_refused(channel: Channel, client: Client) -> None:
    channel.publish("1.1.0")
    assert client.version() == "1.1.0"
    (online,) = Keys.load(channel.keys).of("timestamp")
    stamped = Metadata[Timestamp].from_file(str(channel.place("timestamp.json")))
    stamped.signed.version += 1
    stamped.signed.snapshot_meta = MetaFile(1)
    stamped.sign(online)
    channel.place("timestamp.json").write_bytes(stamped.to_bytes())
    client.refuses()


def test_a_new_snapshot_of_old_targets_is_refused(channel: Channel, client: Client) -> None:
    """Whoever stole the online key cannot bring an old release back, nor invent one."""
    channel.publish("1.1.0")
    assert client.version() == "1.1.0"
    channel.place("2.targets.json").unlink()
    channel.repository().refresh()
    client.refuses()


@pytest.mark.parametrize("ago", [timedelta(days=8), timedelta(days=400)])
def test_what_was_held_back_for_too_long_is_refused(
    channel: Channel, client: Client, ago: timedelta
) -> None:
    channel.publish("1.1.0", ago=ago)
    with pytest.raises(UserFacingError, match=NOT_BELIEVED) as refused:
        client.version()
    assert "clock" in refused.value.detail


def test_another_key_is_refused(client: Client, channel: Channel, tmp_path: Path) -> None:
    client.version()
    other = make_channel(tmp_path / "impostor")
    other.publish("9.9.9")
    channel.becomes(other.folder)
    client.refuses()


def _other_words(channel: Channel) -> None:
    (told,) = (channel.folder / "targets").iterdir()
    told.write_bytes(release("1.0.0", "Get it at another place.").content())


def _longer_words(channel: Channel) -> None:
    (told,) = (channel.folder / "targets").iterdir()
    told.write_bytes(told.read_bytes() + b" ")


def _no_words(channel: Channel) -> None:
    (told,) = (channel.folder / "targets").iterdir()
    told.unlink()


def _unsigned(name: str) -> Callable[[Channel], None]:
    def change(channel: Channel) -> None:
        place = channel.place(name)
        fields = json.loads(place.read_bytes())
        fields["signatures"] = []
        place.write_text(json.dumps(fields))

    return change


def _altered(name: str) -> Callable[[Channel], None]:
    def change(channel: Channel) -> None:
        place = channel.place(name)
        content = place.read_bytes()
        assert b'"version":1' in content
        place.write_bytes(content.replace(b'"version":1', b'"version":7'))

    return change


def _spoilt(name: str) -> Callable[[Channel], None]:
    return lambda channel: _ignore(channel.place(name).write_bytes(b"<html>Sign in</html>"))


def _gone(name: str) -> Callable[[Channel], None]:
    return lambda channel: channel.place(name).unlink()


def _ignore(_written: int) -> None:
    """Have a function that returns nothing."""


@pytest.mark.parametrize(
    "change",
    [
        _other_words,
        _longer_words,
        _no_words,
        *(_unsigned(name) for name in ("timestamp.json", "1.snapshot.json", "1.targets.json")),
        *(_altered(name) for name in ("timestamp.json", "1.snapshot.json", "1.targets.json")),
        *(_spoilt(name) for name in ("timestamp.json", "1.snapshot.json", "1.targets.json")),
        *(_gone(name) for name in ("timestamp.json", "1.snapshot.json", "1.targets.json")),
    ],
)
def test_whatever_was_altered_is_refused(
    channel: Channel, client: Client, change: Callable[[Channel], None]
) -> None:
    change(channel)
    client.refuses()


def test_parts_of_two_releases_are_not_mixed(
    channel: Channel, client: Client, tmp_path: Path
) -> None:
    channel.copy_to(tmp_path / "before")
    channel.publish("1.1.0")
    old = (tmp_path / "before" / "metadata" / "1.targets.json").read_bytes()
    channel.place("2.targets.json").write_bytes(old)
    client.refuses()


def test_a_large_target_is_refused_though_it_is_signed(channel: Channel, client: Client) -> None:
    targets = Metadata[Targets].from_file(str(channel.place("1.targets.json")))
    content = b" " * 10_000
    target = TargetFile.from_data(LATEST, content, ["sha256"])
    (channel.folder / "targets" / f"{target.hashes['sha256']}.{LATEST}").write_bytes(content)
    targets.signed.targets = {LATEST: target}
    _sign_targets(channel, targets)
    client.refuses()


def _sign_targets(channel: Channel, targets: Metadata[Targets]) -> None:
    (signer,) = Keys.load(channel.keys).of("targets")
    targets.sign(signer)
    channel.place("1.targets.json").write_bytes(targets.to_bytes())
    channel.repository().refresh()


def test_nobody_else_may_be_asked_in_the_publishers_name(channel: Channel, client: Client) -> None:
    """A delegation, which the specification has, is a way of speaking that this channel has not."""
    targets = Metadata[Targets].from_file(str(channel.place("1.targets.json")))
    told = targets.signed.targets.pop(LATEST)
    (signer,) = Keys.load(channel.keys).of("online")
    role = DelegatedRole("others", [], 1, terminating=True, paths=["*"])
    targets.signed.delegations = Delegations({}, {"others": role})
    targets.signed.add_key(signer.public_key, "others")
    others = Metadata(Targets(expires=targets.signed.expires, targets={LATEST: told}))
    others.sign(signer)
    channel.place("1.others.json").write_bytes(others.to_bytes())
    _sign_targets(channel, targets)
    snapshot = Metadata[Snapshot].from_file(str(channel.place("2.snapshot.json")))
    snapshot.signed.meta["others.json"] = MetaFile(1)
    snapshot.sign(signer)
    channel.place("2.snapshot.json").write_bytes(snapshot.to_bytes())
    stamped = Metadata[Timestamp].from_file(str(channel.place("timestamp.json")))
    stamped.signed.snapshot_meta = MetaFile(2)
    stamped.sign(signer)
    channel.place("timestamp.json").write_bytes(stamped.to_bytes())
    client.refuses()
    assert "/metadata/1.others.json" not in channel.asked


def test_a_file_that_was_swapped_on_the_disk_is_refused(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapped = tmp_path / "swapped.json"
    swapped.write_bytes(release("9.9.9").content())
    monkeypatch.setattr(Updater, "find_cached_target", lambda *_: str(swapped))
    client.refuses()


def test_memory_is_bounded_whatever_length_was_signed(channel: Channel, client: Client) -> None:
    asked: list[int] = []

    def noting(url: str, bytes_max: int) -> bytes | None:
        asked.append(bytes_max)
        return channel.fetch(url, bytes_max)

    client.version(noting)
    assert max(asked) <= METADATA_BYTES_MAX == 64 * 1024


def test_no_more_is_fetched_than_its_length(channel: Channel, client: Client) -> None:
    def endless(url: str, bytes_max: int) -> bytes | None:
        content = channel.fetch(url, bytes_max)
        return None if content is None else content + b" " * (bytes_max + 1)

    with pytest.raises(UserFacingError, match=NOT_BELIEVED):
        client.version(endless)


def test_what_the_fetch_says_is_passed_on(client: Client) -> None:
    def offline(url: str, bytes_max: int) -> bytes | None:
        raise UserFacingError("There is no network", f"{url} {bytes_max}")

    with pytest.raises(UserFacingError, match="There is no network"):
        client.version(offline)


def test_a_look_that_is_cut_off_is_told(client: Client) -> None:
    """As when the program is quit meanwhile: nobody's signature is doubted."""

    def cut_off(url: str, bytes_max: int) -> bytes | None:
        raise CancelledError(url, bytes_max)

    with pytest.raises(UserFacingError, match="cut off"):
        client.version(cut_off)


def test_a_folder_that_cannot_be_used_is_told(client: Client) -> None:
    client.folder.parent.mkdir(parents=True)
    client.folder.write_text("in the way")
    with pytest.raises(UserFacingError, match="cannot be kept"):
        client.version()


def test_a_spoilt_folder_is_learned_anew(channel: Channel, client: Client) -> None:
    client.version()
    for place in client.folder.rglob("*.json"):
        if not place.is_symlink():
            place.write_bytes(b"spoilt")
    assert client.version() == "1.0.0"
    assert channel.asked.count("/metadata/1.targets.json") == 2


def test_lifetimes_are_those_of_their_roles(channel: Channel) -> None:
    assert {role: lifetime.days for role, lifetime in updates.LIFETIMES.items()} == {
        "root": 365,
        "targets": 90,
        "snapshot": 14,
        "timestamp": 7,
    }
    assert channel.place("1.root.json").read_bytes() == channel.root


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
PLACES: Final = ("timestamp.json", "1.snapshot.json", "1.targets.json", "2.root.json")


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(PLACES),
    content=st.binary(max_size=40) | st.builds(lambda value: json.dumps(value).encode(), JSON),
    at=st.integers(0, 3_000),
    is_part=st.booleans(),
)
def test_whatever_comes_it_is_refused_and_nothing_breaks(
    channel: Channel, tmp_path: Path, name: str, content: bytes, at: int, *, is_part: bool
) -> None:
    """In the place of a file, or of some bytes of it."""
    place = channel.place(name)
    before = place.read_bytes() if place.exists() else channel.root
    spoilt = before[:at] + content + before[at + len(content) :] if is_part else content

    def fetch(url: str, bytes_max: int) -> bytes | None:
        return spoilt if url.endswith(f"/{name}") else channel.fetch(url, bytes_max)

    with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
        client = Client(channel, Path(folder) / "updates")
        # Any other error than the one for people fails this.
        with suppress(UserFacingError):
            assert client.version(fetch) == "1.0.0"


@pytest.mark.parametrize("content", [b"[" * 60_000, b'{"signatures":[],"signed":' + b"[" * 50_000])
def test_depth_is_no_way_in(client: Client, channel: Channel, content: bytes) -> None:
    channel.place("timestamp.json").write_bytes(content)
    client.refuses()
