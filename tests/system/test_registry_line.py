"""Command lines as Windows' registry has them."""

import pytest

from wattfare_desktop.system.registry_line import registry_line

PROGRAM = r"C:\Users\Ada\AppData\Local\Programs\Wattfare\wattfare.exe"


@pytest.mark.parametrize(
    ("command", "placeholder", "line"),
    [
        ([PROGRAM], "", f'"{PROGRAM}"'),
        ([PROGRAM], "%1", f'"{PROGRAM}" "%1"'),
        ([r"C:\My Tools\w.exe"], "", r'"C:\My Tools\w.exe"'),
        (["w.exe", "--home", "D:\\a b\\"], "%1", r'"w.exe" --home "D:\a b\\" "%1"'),
    ],
)
def test_program_and_placeholder_are_always_quoted(
    command: list[str], placeholder: str, line: str
) -> None:
    assert registry_line(command, placeholder) == line
