"""How far long work has come, in words."""

import pytest

from wattfare_desktop.ui.presentation.long_work import Progress, Watch, WorkPhase, progress_text
from wattfare_desktop.wallet.backup import Phase


def test_every_phase_has_words_and_a_backups_are_among_them() -> None:
    assert len({progress_text(Progress(phase=phase)) for phase in WorkPhase}) == len(WorkPhase)
    assert {str(phase) for phase in Phase} <= {str(phase) for phase in WorkPhase}


@pytest.mark.parametrize(
    ("done", "of", "told"),
    [
        (0, 0, "Checking every entry…"),
        (0, 7, "Checking every entry… 0 %"),
        (43, 100, "Checking every entry… 43 %"),
        (999, 1_000, "Checking every entry… 99 %"),
        # Entries are written meanwhile: the end may be passed for a moment.
        (12, 10, "Checking every entry… 100 %"),
    ],
)
def test_a_part_is_told_only_where_the_whole_is_known(done: int, of: int, told: str) -> None:
    assert progress_text(Progress(phase=WorkPhase.CHECKING, done=done, of=of)) == told


def test_a_watch_carries_progress_one_way_and_the_stop_the_other() -> None:
    watch = Watch()
    assert (watch.progress.phase, watch.is_stopped) == (WorkPhase.BEGINNING, False)
    watch.at(WorkPhase.COPYING, 3, 4)
    assert watch.progress.percent == 75
    watch.stop()
    assert watch.is_stopped
