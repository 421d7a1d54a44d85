"""One reading at a time, and none forgotten."""

from tests.support.immediate_errands import HeldErrands, ImmediateErrands
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.ui.reading import Reading


class Source:
    def __init__(self) -> None:
        self.reads = 0
        self.refusal: UserFacingError | None = None
        self.shown: list[int] = []
        self.failures: list[UserFacingError] = []

    async def read(self) -> int:
        self.reads += 1
        if self.refusal is not None:
            raise self.refusal
        return self.reads


def test_what_is_read_is_shown() -> None:
    source = Source()
    reading = Reading(ImmediateErrands(), source.read, source.shown.append, source.failures.append)
    reading.start()
    reading.start()
    assert source.shown == [1, 2]


def test_asked_while_reading_it_reads_once_more_and_shows_the_newer() -> None:
    source, errands = Source(), HeldErrands()
    reading = Reading(errands, source.read, source.shown.append, source.failures.append)
    for _ in range(5):
        reading.start()
    assert len(errands) == 1
    errands.let_go()
    assert source.shown == []
    assert len(errands) == 1
    errands.let_go()
    assert source.shown == [2]
    assert len(errands) == 0


def test_a_failure_is_told_and_does_not_end_it() -> None:
    source = Source()
    reading = Reading(ImmediateErrands(), source.read, source.shown.append, source.failures.append)
    source.refusal = UserFacingError("No", "Not now.")
    reading.start()
    source.refusal = None
    reading.start()
    assert [error.title for error in source.failures] == ["No"]
    assert source.shown == [2]
