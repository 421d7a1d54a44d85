"""Newer versions: a real channel on a real server, verified by the real client of TUF."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.tls import no_trust
from tests.support.update_channel import Channel, make_channel, release, served
from tests.support.wallet_house import MovedClock, eventually
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import DAY_MS, HOUR_MS
from wattfare_desktop.core.updates import Version
from wattfare_desktop.gateway.update_source import HttpUpdateSource
from wattfare_desktop.gateway.upstream import Upstream
from wattfare_desktop.main.update_work import latest_of
from wattfare_desktop.system import update_channel as system
from wattfare_desktop.system.settings import SettingsFile
from wattfare_desktop.system.update_notes import UpdateNotesFile
from wattfare_desktop.wallet import updates as module
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.updates import Updates


class House:
    """A copy of Wattfare 1.0.0, without a wallet: none is needed to look."""

    def __init__(self, folder: Path, upstream: Upstream, came_with: system.Channel | None) -> None:
        self.folder = folder / "home" / "updates"
        self.settings = SettingsFile(folder / "home" / "settings.json")
        self.clock = MovedClock()
        self.told: list[Changes] = []
        self.upstream = upstream
        self.came_with = came_with
        self.updates = self.started()

    def started(self, running: str = "1.0.0") -> Updates:
        """Start it, again."""
        return Updates(
            running=running,
            latest=latest_of(self.came_with, self.folder),
            source=HttpUpdateSource(self.upstream, schemes=frozenset({"http"})),
            settings=self.settings,
            notes=UpdateNotesFile(self.folder / "looked.json"),
            clock=self.clock,
            publish=self.told.append,
        )

    @property
    def releases(self) -> list[str]:
        """The versions its user was told of."""
        return [str(each.release.version) for each in self.told if each.release is not None]

    async def newer(self) -> str | None:
        found = (await self.updates.look()).newer
        return None if found is None else str(found.version)


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    return make_channel(tmp_path / "publisher")


@pytest.fixture
async def house(tmp_path: Path, channel: Channel) -> AsyncIterator[House]:
    upstream = Upstream(no_trust)
    await upstream.start()
    async with served(channel) as came_with:
        yield House(tmp_path, upstream, came_with)
        await upstream.stop()


@pytest.mark.parametrize(
    ("published", "newer"),
    [("1.0.1", "1.0.1"), ("2.0.0", "2.0.0"), ("1.0.0", None), ("0.9.9", None)],
)
async def test_only_what_is_newer_is_found(
    house: House, channel: Channel, published: str, newer: str | None
) -> None:
    channel.publish(published)
    assert await house.newer() == newer
    assert house.releases == ([] if newer is None else [newer])
    state = await house.updates.state()
    assert state.looked_at is not None
    assert abs(house.clock.now() - state.looked_at) < 60_000
    assert (state.running, state.trouble) == ("1.0.0", None)


async def test_each_version_is_told_once_restarts_included(house: House, channel: Channel) -> None:
    channel.publish("1.1.0")
    assert await house.newer() == "1.1.0"
    assert await house.newer() == "1.1.0"
    house.updates = house.started()
    state = await house.updates.state()
    assert state.newer == release("1.1.0"), "known before anything is asked"
    assert await house.newer() == "1.1.0"
    assert house.releases == ["1.1.0"]
    channel.publish("1.2.0")
    await house.newer()
    assert house.releases == ["1.1.0", "1.2.0"]


async def test_once_it_is_installed_nothing_is_newer(house: House, channel: Channel) -> None:
    channel.publish("1.1.0")
    await house.newer()
    house.updates = house.started(running="1.1.0")
    assert (await house.updates.state()).newer is None
    assert await house.newer() is None


async def test_nothing_is_asked_of_the_network_until_its_user_wants_it(
    house: House, channel: Channel
) -> None:
    channel.publish("1.1.0")
    watching = asyncio.create_task(house.updates.watch())
    state = await house.updates.state()
    assert not state.daily
    # Long enough for a look, which the end of this test makes.
    await asyncio.sleep(0.3)
    assert channel.asked == []
    await house.updates.set_daily(daily=True)
    await eventually(lambda: house.releases == ["1.1.0"])
    assert channel.asked != []
    channel.asked.clear()
    await house.updates.set_daily(daily=False)
    house.clock.ahead_ms += 2 * DAY_MS
    await house.updates._look_if_due()
    assert channel.asked == []
    watching.cancel()


async def test_it_is_looked_once_a_day(house: House, channel: Channel) -> None:
    channel.publish("1.0.0")
    await house.updates.set_daily(daily=True)
    await house.updates._look_if_due()
    looks = channel.asked.count("/metadata/timestamp.json")
    assert looks == 1
    for ahead_ms, expected in ((HOUR_MS, 1), (DAY_MS, 2), (DAY_MS, 3), (-30 * DAY_MS, 4)):
        house.clock.ahead_ms += ahead_ms
        house.updates = house.started()
        await house.updates._look_if_due()
        assert channel.asked.count("/metadata/timestamp.json") == expected


async def test_the_choice_survives_and_leaves_other_settings_alone(house: House) -> None:
    assert (await house.updates.set_daily(daily=True)).daily
    assert (await house.started().state()).daily
    assert house.settings.load().updates_daily
    assert not (await house.updates.set_daily(daily=False)).daily


async def test_nothing_about_the_user_is_told(house: House, channel: Channel) -> None:
    channel.publish("1.1.0")
    await house.newer()
    assert len(channel.headers) == 5
    for path, headers in zip(channel.asked, channel.headers, strict=True):
        assert headers.keys() <= {"Host", "Accept", "Accept-Encoding", "User-Agent"}
        assert headers["User-Agent"] == "wattfare", "nor which version asks"
        assert "?" not in path


async def test_an_older_state_is_refused_after_a_restart_too(
    house: House, channel: Channel, tmp_path: Path
) -> None:
    channel.publish("1.1.0")
    channel.copy_to(tmp_path / "before")
    channel.publish("1.2.0")
    assert await house.newer() == "1.2.0"
    channel.becomes(tmp_path / "before")
    house.updates = house.started()
    with pytest.raises(UserFacingError, match="not believed"):
        await house.updates.look()
    state = await house.updates.state()
    assert state.newer == release("1.2.0"), "what is known stays"
    assert state.trouble is not None
    assert house.told[-1] == Changes(wallet=True)
    assert house.releases == ["1.2.0"]


async def test_what_was_held_back_is_refused_and_tells_nothing(
    house: House, channel: Channel
) -> None:
    channel.publish("1.1.0", ago=timedelta(days=8))
    with pytest.raises(UserFacingError, match="not believed"):
        await house.updates.look()
    assert house.releases == []
    channel.repository().refresh()
    assert await house.newer() == "1.1.0"
    assert (await house.updates.state()).trouble is None


async def test_being_offline_is_told_kindly_and_does_not_end_the_watch(
    house: House, channel: Channel
) -> None:
    nowhere = "http://127.0.0.1:9/"
    house.came_with = system.Channel(metadata_url=nowhere, targets_url=nowhere, root=channel.root)
    house.updates = house.started()
    with pytest.raises(UserFacingError, match="is this computer online"):
        await house.updates.look()
    await house.updates.set_daily(daily=True)
    await house.updates._look_if_due()
    state = await house.updates.state()
    assert state.trouble is not None
    assert "could not be found out" in state.trouble.title
    assert state.looked_at is None


async def test_a_look_has_an_end(
    house: House, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel.publish("1.1.0")
    monkeypatch.setattr(module, "_PATIENCE_S", 0.0)
    with pytest.raises(UserFacingError, match="too long"):
        await house.updates.look()


async def test_words_that_are_signed_but_cannot_be_read_are_told(
    house: House, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wattfare_desktop.core.updates.Release.content", lambda _: b'{"new": 1}')
    channel.publish("1.1.0")
    with pytest.raises(UserFacingError, match="cannot be read"):
        await house.updates.look()


async def test_a_copy_without_a_channel_looks_for_nothing(tmp_path: Path) -> None:
    house = House(tmp_path, Upstream(no_trust), None)
    await asyncio.wait_for(house.updates.watch(), 5)
    state = await house.updates.state()
    assert (state.has_channel, state.daily) == (False, False)
    for ask in (house.updates.look(), house.updates.set_daily(daily=True)):
        with pytest.raises(UserFacingError, match="looks for no updates"):
            await ask
    assert not house.folder.exists()


async def test_a_copy_without_a_version_is_behind_nothing(house: House, channel: Channel) -> None:
    channel.publish("1.1.0")
    house.updates = house.started(running="unknown")
    assert await house.newer() is None
    assert house.releases == []


async def test_what_cannot_be_kept_is_told_nevertheless(house: House, channel: Channel) -> None:
    channel.publish("1.1.0")
    (house.folder / "looked.json" / "in the way").mkdir(parents=True)
    assert await house.newer() == "1.1.0"
    assert (await house.updates.state()).newer == release("1.1.0")
    assert house.releases == ["1.1.0"]


async def test_looks_at_once_are_one_after_the_other(house: House, channel: Channel) -> None:
    channel.publish("1.1.0")
    both = await asyncio.gather(house.updates.look(), house.updates.look())
    assert [state.newer and state.newer.version for state in both] == [Version(1, 1, 0)] * 2
    assert house.releases == ["1.1.0"]
