"""What is said where another program takes the links of apps."""

import pytest

from wattfare_desktop.system.scheme import SchemeOwner, SchemeStatus
from wattfare_desktop.ui.presentation.links import taken_text


def test_whose_program_it_is_said_and_what_that_means() -> None:
    said = taken_text(SchemeStatus(owner=SchemeOwner.OTHER, who="thief.desktop\n\u202e"))
    assert said.startswith("wattfare: links open another program: thief.desktop??. ")
    assert "may not reach you" in said


@pytest.mark.parametrize("owner", [SchemeOwner.OURS, SchemeOwner.NONE])
def test_where_there_is_no_other_nothing_is_said(owner: SchemeOwner) -> None:
    assert taken_text(SchemeStatus(owner=owner)) == ""
