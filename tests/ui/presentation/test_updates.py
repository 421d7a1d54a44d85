"""What is said of newer versions."""

from dataclasses import replace
from datetime import UTC

from tests.support.page_updates import BEHIND, NEVER_LOOKED, NEWEST, NO_CHANNEL
from tests.support.sample_rows import NOW
from tests.support.update_channel import release
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.ui.presentation.updates import (
    UpdateText,
    release_entry,
    release_notice,
    update_text,
)
from wattfare_desktop.wallet.updates import UpdateState


def _text(state: UpdateState) -> UpdateText:
    return update_text(state, NOW, UTC)


def test_without_a_channel_it_is_said_whatever_else_is_so() -> None:
    told = _text(replace(NO_CHANNEL, looked_at=NOW, trouble=UserFacingError("No", "way")))
    assert told.found.startswith("This copy of Wattfare looks for no updates")
    assert (told.looked, told.trouble) == ("", "")


def test_each_state_has_its_words() -> None:
    assert _text(NEVER_LOOKED) == UpdateText(
        found="This is Wattfare 0.1.0. It was not looked for a newer one yet."
    )
    assert _text(NEWEST) == UpdateText(
        found="Wattfare 0.1.0 is the newest there is.", looked="Last looked 3 h ago."
    )
    assert _text(BEHIND).found == (
        "Wattfare 1.2.3 is out, since 28 Nov 2026: Receipts can be printed. You have 0.1.0."
    )


def test_trouble_stands_beside_what_is_known() -> None:
    told = _text(replace(BEHIND, trouble=UserFacingError("It could not be had", "Try later.")))
    assert told.trouble == "It could not be had. Try later."
    assert "1.2.3 is out" in told.found


def test_a_notification_and_an_entry() -> None:
    title, words = release_notice(release("1.2.3"))
    assert title == "Wattfare 1.2.3 is out"
    assert words.startswith("Receipts can be printed. ")
    assert release_entry(release("1.2.3")) == "Get Wattfare 1.2.3..."
    assert release_entry(None) == ""
