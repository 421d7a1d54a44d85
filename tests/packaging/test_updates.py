"""The recipe that publishes what tells of a newer version; what clients make of it: tests/vault."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata, Root, Targets

import updates
from tests.support.update_channel import Channel, make_channel, release
from updates import Keys, RecipeError, make_keys
from wattfare_desktop.core.updates import Release


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    return make_channel(tmp_path)


def _told(repository: Path) -> list[str]:
    found = [Release.read(place.read_bytes()) for place in (repository / "targets").iterdir()]
    return sorted(str(each.version) for each in found)


def test_keys_are_private_and_never_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    make_keys(folder, datetime.now(UTC))
    names = {place.name for place in folder.iterdir()}
    assert names == {
        *("root-1.pem", "root-2.pem", "root-3.pem"),
        *("targets.pem", "online.pem", "root.json"),
    }
    assert folder.stat().st_mode & 0o077 == 0
    for place in folder.glob("*.pem"):
        assert place.stat().st_mode & 0o077 == 0
    with pytest.raises(RecipeError, match="never written over"):
        make_keys(folder, datetime.now(UTC))


def test_a_root_names_each_roles_keys(channel: Channel) -> None:
    root = Metadata[Root].from_bytes(channel.root).signed
    assert root.consistent_snapshot
    thresholds = {name: (len(role.keyids), role.threshold) for name, role in root.roles.items()}
    assert thresholds == {
        "root": (3, 2),
        "targets": (1, 1),
        "snapshot": (1, 1),
        "timestamp": (1, 1),
    }
    assert root.roles["snapshot"].keyids == root.roles["timestamp"].keyids
    assert root.roles["snapshot"].keyids != root.roles["targets"].keyids
    assert timedelta(days=364) < root.expires - datetime.now(UTC) < timedelta(days=366)


def test_all_of_it_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys, repository = tmp_path / "keys", tmp_path / "served"
    here = ("--keys", str(keys), "--repository", str(repository))
    assert updates.main(["keys", str(keys)]) == 0
    page = "https://wattfare.example/1.2.0"
    words = ("--version", "1.2.0", "--page", page, "--summary", "Faster receipts.")
    assert updates.main(["publish", *words, *here]) == 0
    assert updates.main(["refresh", *here]) == 0
    assert updates.main(["rotate-root", *here]) == 0
    assert _told(repository) == ["1.2.0"]
    assert {place.name for place in (repository / "metadata").iterdir()} == {
        *("1.root.json", "2.root.json", "1.targets.json"),
        *("1.snapshot.json", "2.snapshot.json", "timestamp.json"),
    }
    assert (keys / "root.json").read_bytes() == (
        repository / "metadata" / "2.root.json"
    ).read_bytes()
    assert "1.2.0 is published" in capsys.readouterr().out
    assert updates.main(["publish", *words[:2], "--page", "http://x", *words[4:], *here]) == 1
    assert "https" in capsys.readouterr().err


def test_refreshing_needs_the_online_key_alone(channel: Channel) -> None:
    channel.publish("1.0.0")
    for place in channel.keys.iterdir():
        if place.name != "online.pem":
            place.unlink()
    channel.repository().refresh()
    assert channel.place("2.snapshot.json").exists()
    with pytest.raises(RecipeError, match="signs targets"):
        channel.publish("1.1.0")


def test_a_release_is_seen_once_the_online_key_says_so_too(
    channel: Channel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (channel.keys / "online.pem").rename(tmp_path / "online.pem")
    here = ("--keys", str(channel.keys), "--repository", str(channel.folder))
    page = "https://wattfare.example/1.0.0"
    words = ("--version", "1.0.0", "--page", page, "--summary", "The first.")
    assert updates.main(["publish", *words, *here]) == 0
    assert "once `refresh` has run" in capsys.readouterr().out
    assert not channel.place("timestamp.json").exists()
    (tmp_path / "online.pem").rename(channel.keys / "online.pem")
    assert updates.main(["refresh", *here]) == 0
    assert channel.place("timestamp.json").exists()


def test_another_year_needs_two_root_keys_and_changes_none(channel: Channel) -> None:
    channel.publish("1.0.0")
    for place in channel.keys.iterdir():
        if place.name not in {"root-1.pem", "root-3.pem"}:
            place.unlink()
    renewed = Metadata[Root].from_bytes(channel.repository().rotate_root()).signed
    before = Metadata[Root].from_bytes(channel.root).signed
    assert (renewed.version, renewed.roles, renewed.keys) == (2, before.roles, before.keys)


def test_an_older_release_is_not_published_after_a_newer(channel: Channel) -> None:
    channel.publish("1.1.0")
    with pytest.raises(RecipeError, match=r"1\.1\.0 was published already"):
        channel.publish("1.0.9")
    channel.publish("1.1.0")
    assert Metadata[Targets].from_file(str(channel.place("2.targets.json"))).signed.version == 2


def test_nothing_is_refreshed_before_something_is_published(channel: Channel) -> None:
    repository = channel.repository()
    repository.begin(channel.root)
    with pytest.raises(RecipeError, match=r"no targets\.json"):
        repository.refresh()


def test_without_the_old_root_keys_there_is_no_next_root(channel: Channel) -> None:
    channel.publish("1.0.0")
    for number in (1, 2):
        (channel.keys / f"root-{number}.pem").unlink()
    with pytest.raises(Exception, match="signed by 1/2 keys"):
        channel.repository().rotate_root()
    assert not channel.place("2.root.json").exists()


def test_keys_of_another_channel_sign_nothing_here(channel: Channel, tmp_path: Path) -> None:
    channel.publish("1.0.0")
    make_keys(tmp_path / "other", datetime.now(UTC))
    with pytest.raises(Exception, match="signed by 0/1 keys"):
        channel.repository(keys=tmp_path / "other").publish(release("1.0.1"))
    assert Keys.load(tmp_path / "nowhere") == Keys()
