"""A bar for a person, nothing for a pipe."""

import io

from wattfare_desktop.cli.progress import ProgressBar


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_person_sees_it_and_then_it_is_gone() -> None:
    screen = Screen()
    with ProgressBar(screen) as bar:
        bar.show("copying", 1_500, 3_000)
        bar.show("copying", 4_000, 3_000)
        bar.show("checking", 0, 0)
    drawn = screen.getvalue().split("\r\x1b[K")
    assert drawn[1].endswith(" 50 %  1,500 of 3,000")
    assert "100 %" in drawn[2]
    assert "  0 %" in drawn[3]
    assert drawn[-1] == ""


def test_a_pipe_gets_nothing() -> None:
    pipe = io.StringIO()
    with ProgressBar(pipe) as bar:
        bar.show("copying", 1, 2)
    assert pipe.getvalue() == ""
