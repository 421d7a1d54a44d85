"""What is said of alerts where there is little room."""

import pytest

from tests.support.alert_rows import alert
from wattfare_desktop.core.watching.rules import Action, Rule
from wattfare_desktop.ui.presentation.alerts import alert_notice


@pytest.mark.parametrize(
    ("rule", "action", "title"),
    [
        (Rule.FLOOD, Action.PAUSE, "“Notes AI” was paused"),
        (Rule.ERROR_STORM, Action.SLOW, "“Notes AI” was slowed down"),
        (Rule.FAST_BURN, Action.NOTIFY, "“Notes AI” does something unusual"),
    ],
)
def test_a_notification_names_the_app_and_what_was_done(
    rule: Rule, action: Action, title: str
) -> None:
    assert alert_notice(alert(rule, action))[0] == title
