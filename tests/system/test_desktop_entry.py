"""Tests of ``wattfare_desktop.system.desktop_entry``; test_linux tries it with real desktops."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system.desktop_entry import (
    desktop_entry,
    exec_value,
    field_of,
    read_value,
    written_exec,
)


@pytest.mark.parametrize(
    ("argument", "written"),
    [
        ("/usr/bin/wattfare", "/usr/bin/wattfare"),
        ("", '""'),
        ("a b", '"a b"'),
        ("50%", "50%%"),
        ("it's", '"it\'s"'),
        ('"', r'"\\""'),
        ("$HOME", r'"\\$HOME"'),
        ("`id`", r'"\\`id\\`"'),
        ("a\\b", r'"a\\\\b"'),
        ("a;b&c|d", '"a;b&c|d"'),
    ],
)
def test_arguments_are_quoted_as_the_specification_says(argument: str, written: str) -> None:
    assert written_exec(["p", argument]) == f"p {written}"


def read_as_specified(value: str) -> list[str]:
    """Return the arguments of a written Exec, read step by step as the specification says."""
    unescaped = value.replace("\\\\", "\0").replace("\0", "\\")
    arguments: list[str] = []
    current, quoted, at = "", False, 0
    while at < len(unescaped):
        char = unescaped[at]
        if quoted and char == "\\":
            at += 1
            current += unescaped[at]
        elif char == '"':
            quoted = not quoted
        elif char == " " and not quoted:
            arguments.append(current)
            current = ""
        else:
            current += char
        at += 1
    return [each.replace("%%", "%") for each in [*arguments, current]]


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126)), max_size=4))
def test_a_reader_gets_back_what_was_meant(arguments: list[str]) -> None:
    command = ["/usr/bin/wattfare", *arguments]
    assert read_as_specified(written_exec(command)) == command


@pytest.mark.parametrize(
    "command", [["/a=b/wattfare"], ["/a%b/wattfare"], ["/a\nb"], ["wattfare", "--home", "a\nb"]]
)
def test_what_the_format_cannot_say_is_refused(command: list[str]) -> None:
    with pytest.raises(UserFacingError, match="from here"):
        exec_value(command)


@given(st.text(st.characters(exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")))
def test_a_value_is_read_back_as_it_was(text: str) -> None:
    raw = field_of(desktop_entry([("Name", f"-{text}-")]), "Name")

    assert raw is not None
    assert read_value(raw) == f"-{text}-"


def test_an_entry_is_read_back_from_its_main_group() -> None:
    entry = desktop_entry([("Name", "Wattfare"), ("Exec", "a\\b")])
    assert entry == "[Desktop Entry]\nType=Application\nName=Wattfare\nExec=a\\\\b\n"
    other = "[Desktop Action x]\nExec=other\n"
    assert field_of(entry + other, "Exec") == "a\\\\b"
    assert field_of(other + entry, "Exec") == "a\\\\b"
    assert field_of(other, "Exec") is None
    assert field_of("", "Exec") is None
