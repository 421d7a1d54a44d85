"""Who may sign is itself signed: a root follows a root, and none is skipped or made up."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, Root

from tests.support.update_channel import Channel, Client, make_channel, release
from updates import Keys, RecipeError, make_keys
from wattfare_desktop.vault.update_trust import ROOT_ROTATIONS_MAX


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    made = make_channel(tmp_path / "publisher")
    made.publish("1.0.0")
    return made


@pytest.fixture
def client(channel: Channel, tmp_path: Path) -> Client:
    return Client(channel, tmp_path / "home" / "updates")


def test_an_expired_root_is_refused(tmp_path: Path) -> None:
    keys = tmp_path / "old"
    root = make_keys(keys, datetime.now(UTC) - timedelta(days=366)).read_bytes()
    old = Channel(folder=tmp_path / "served", keys=keys, root=root)
    old.publish("1.0.0", ago=timedelta(days=2))
    Client(old, tmp_path / "updates").refuses()
    with pytest.raises(RecipeError, match="root says has expired"):
        old.repository().refresh()


def test_what_has_expired_is_not_said_to_hold(channel: Channel) -> None:
    """The daily refresh would look well, and be refused by every copy that is out there."""
    with pytest.raises(RecipeError, match="targets says has expired"):
        channel.repository(ago=timedelta(days=-91)).refresh()


def test_a_new_root_is_accepted_and_the_old_keys_are_of_no_use_then(
    channel: Channel, client: Client, tmp_path: Path
) -> None:
    assert client.version() == "1.0.0"
    make_keys(tmp_path / "new", datetime.now(UTC))
    channel.repository().rotate_root(Keys.load(tmp_path / "new"))
    assert client.version() == "1.0.0"
    renewed = channel.repository(keys=tmp_path / "new")
    renewed.publish(release("1.2.0"))
    renewed.refresh()
    assert client.version() == "1.2.0"
    with pytest.raises(UnsignedMetadataError):
        channel.publish("1.3.0")
    # A copy that was never started before learns of all of it at once.
    assert Client(channel, tmp_path / "fresh").version() == "1.2.0"


def test_a_root_for_another_year_is_accepted(channel: Channel, client: Client) -> None:
    assert client.version() == "1.0.0"
    for version in (2, 3):
        channel.repository().rotate_root()
        assert channel.place(f"{version}.root.json").exists()
    assert client.version() == "1.0.0"
    roots = client.folder / "root_history"
    assert max(place.name for place in roots.iterdir()) == "3.root.json"


def test_a_root_that_skips_one_is_refused(channel: Channel, client: Client, tmp_path: Path) -> None:
    make_keys(tmp_path / "new", datetime.now(UTC))
    channel.repository().rotate_root()
    channel.repository().rotate_root(Keys.load(tmp_path / "new"))
    channel.place("2.root.json").write_bytes(channel.place("3.root.json").read_bytes())
    client.refuses()
    # Hidden altogether, what the new keys sign is signed by nobody known.
    channel.place("2.root.json").unlink()
    channel.place("3.root.json").unlink()
    client.refuses()


def test_one_stolen_root_key_makes_no_root(channel: Channel, client: Client) -> None:
    place = channel.place("1.root.json")
    root = Metadata[Root].from_file(str(place))
    root.signed.version = 2
    stolen = Keys.load(channel.keys).root[0]
    root.signed.roles["root"].keyids = [stolen.public_key.keyid]
    root.signed.roles["root"].threshold = 1
    root.sign(stolen)
    channel.place("2.root.json").write_bytes(root.to_bytes())
    client.refuses()


def test_roots_without_end_are_not_followed(
    channel: Channel, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ROOT_ROTATIONS_MAX == 32
    monkeypatch.setattr("wattfare_desktop.vault.update_trust.ROOT_ROTATIONS_MAX", 3)
    for _ in range(5):
        channel.repository().rotate_root()
    client.version()
    roots = [path for path in channel.asked if path.endswith(".root.json")]
    assert len(roots) == 3
