"""Fixtures for all tests: a real desktop for those that ask for one."""

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.support.desktop.requirements import require_desktop
from tests.support.desktop.session import Desktop


@pytest.fixture(scope="session")
def desktop_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """The one desktop of the run; tests ask for `desktop`, which cleans up after each."""
    require_desktop()
    with Desktop(tmp_path_factory.mktemp("desktop")) as desktop:
        yield desktop


@pytest.fixture
def desktop(desktop_session: Desktop) -> Iterator[Desktop]:
    """A desktop with a tray and a keyring; what the test starts on it ends with the test."""
    yield desktop_session
    desktop_session.end_programs()


@pytest.fixture
def desktop_without_panel(tmp_path: Path) -> Iterator[Desktop]:
    """A fresh desktop with no tray until the test calls `start_panel`."""
    require_desktop()
    with Desktop(tmp_path / "desktop", panel=False) as desktop:
        yield desktop


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.failed and isinstance(item, pytest.Function):
        for name in ("desktop", "desktop_without_panel"):
            if isinstance(used := item.funcargs.get(name), Desktop):
                report.sections.append((name, used.evidence()))
    return report
