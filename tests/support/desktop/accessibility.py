"""Windows as a screen reader meets them: by role and name, worked without coordinates."""

import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.desktop.requirements import SYSTEM_PYTHON

DRIVER = Path(__file__).parents[1] / "atspi_driver.py"
# Programs are at depth 1; their windows, whose roles differ (frame, dialog, filler), right below.
WINDOW_DEPTH = 2
# Newer and older AT-SPI name a push button differently.
BUTTON_ROLES = ("push button", "button")

_WINDOWS = {"depth": WINDOW_DEPTH, "beyond": WINDOW_DEPTH - 1}

Name = str | re.Pattern[str]


class ElementGoneError(Exception):
    """The element is no longer there: its window closed, or its program ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An element as it was at one moment."""

    role: str
    name: str
    description: str
    states: frozenset[str]
    text: str
    value: float | None
    actions: tuple[str, ...]
    children: tuple["Node", ...] = ()

    @property
    def enabled(self) -> bool:
        return "enabled" in self.states

    @property
    def focused(self) -> bool:
        return "focused" in self.states

    @property
    def checked(self) -> bool:
        return "checked" in self.states

    @property
    def showing(self) -> bool:
        return "showing" in self.states

    def walk(self) -> Iterator["Node"]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The tree as text, for people."""
        yield f"{'  ' * depth}{self.role}: {self.name!r} {self.text!r}".rstrip()
        for child in self.children:
            yield from child.lines(depth + 1)


class Accessibility:
    """What is on the desktop's screen; names are exact, a Pattern is searched for.

    All waiting ends with TimeoutError, which says what was there instead.
    """

    def __init__(self, *, env: Mapping[str, str], log_path: Path) -> None:
        with log_path.open("wb") as log:
            self._driver = subprocess.Popen(
                [SYSTEM_PYTHON, str(DRIVER)],
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._log_path = log_path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._driver.terminate()
        self._driver.communicate()

    def window(self, name: Name, *, timeout_s: float = 10.0) -> "Element":
        """Wait for a top-level window."""
        query = {**_query(name=name), **_WINDOWS}
        return Element(self, self.ask("find", query=query, timeout_s=timeout_s))

    def windows(self) -> list["Node"]:
        """Return the top-level windows that are shown now."""
        query = {**_query(), **_WINDOWS}
        return [Element(self, number).read() for number in self.ask("find_all", query=query)]

    def wait_for_no_window(self, name: Name, *, timeout_s: float = 10.0) -> None:
        """Wait until no such window is shown."""
        query = {**_query(name=name), **_WINDOWS}
        self.ask("find_none", query=query, timeout_s=timeout_s)

    def tree(self) -> Node:
        """Return all programs with all their windows and elements, hidden ones too."""
        return _node(self.ask("tree"))

    def ask(self, do: str, **request: Any) -> Any:
        """Have the driver do one thing."""
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        try:
            self._driver.stdin.write(json.dumps({"do": do, **request}) + "\n")
            self._driver.stdin.flush()
            line = self._driver.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise AssertionError(f"The AT-SPI driver ended:\n{self._log_path.read_text()}")
        answer = json.loads(line)
        match answer.get("error"):
            case None:
                return answer["ok"]
            case "timeout":
                raise TimeoutError(f"Not in time: {answer['message']}")
            case "gone":
                raise ElementGoneError(answer["message"])
            case _:
                raise AssertionError(answer["message"])


class Element:
    """An element on the screen; acting on it waits until a person could."""

    def __init__(self, screen: Accessibility, number: int) -> None:
        self._screen = screen
        self._number = number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Element) and other._number == self._number

    def __hash__(self) -> int:
        return self._number

    def find(
        self,
        role: str | Sequence[str] | None = None,
        name: Name | None = None,
        *,
        states: Iterable[str] = (),
        timeout_s: float = 10.0,
    ) -> "Element":
        """Wait for the nearest element shown inside this one."""
        query = {**_query(role=role, name=name, states=states), "within": self._number}
        return Element(self._screen, self._ask("find", query=query, timeout_s=timeout_s))

    def find_all(
        self, role: str | Sequence[str] | None = None, name: Name | None = None
    ) -> list["Element"]:
        """Return all such elements shown inside this one now."""
        query = {**_query(role=role, name=name), "within": self._number}
        return [Element(self._screen, n) for n in self._ask("find_all", query=query)]

    def wait_for_none(
        self,
        role: str | Sequence[str] | None = None,
        name: Name | None = None,
        *,
        timeout_s: float = 10.0,
    ) -> None:
        """Wait until no such element is shown inside this one."""
        query = {**_query(role=role, name=name), "within": self._number}
        self._ask("find_none", query=query, timeout_s=timeout_s)

    def button(self, name: Name, *, timeout_s: float = 10.0) -> "Element":
        """Wait for a push button, enabled or not."""
        return self.find(BUTTON_ROLES, name, timeout_s=timeout_s)

    def read(self) -> Node:
        """Return what it is now; ElementGoneError when it is no more."""
        return _node(self._ask("read"))

    def tree(self) -> Node:
        """Return what it is now with all that is below it, hidden ones too."""
        return _node(self._ask("tree"))

    def wait(
        self,
        *,
        name: Name | None = None,
        text: Name | None = None,
        states: Iterable[str] = (),
        without: Iterable[str] = (),
        timeout_s: float = 10.0,
    ) -> Node:
        """Wait until it reads so and has these states, and none of `without`."""
        wanted = {"states": list(states), "without": list(without), "timeout_s": timeout_s}
        node = self._ask("await", name=_wanted(name), text=_wanted(text), **wanted)
        return _node(node)

    def press(self, *, timeout_s: float = 10.0) -> None:
        """Press it once it is enabled."""
        self.act("Press", timeout_s=timeout_s)

    def act(self, action: str, *, timeout_s: float = 10.0) -> None:
        """Do one of its actions (`Press`, `Toggle`, `Increase`, ...) once it is enabled."""
        self._ask("act", action=action, timeout_s=timeout_s)

    def set_text(self, text: str, *, timeout_s: float = 10.0) -> None:
        """Replace its text once it is enabled."""
        self._ask("set_text", text=text, timeout_s=timeout_s)

    def set_value(self, value: float, *, timeout_s: float = 10.0) -> float:
        """Give it a value once it is enabled; return the value that it took."""
        return float(self._ask("set_value", value=value, timeout_s=timeout_s))

    def focus(self, *, timeout_s: float = 10.0) -> None:
        """Give it the keyboard."""
        self._ask("focus", timeout_s=timeout_s)

    def _ask(self, do: str, **request: Any) -> Any:
        return self._screen.ask(do, element=self._number, **request)


def _query(
    *,
    role: str | Sequence[str] | None = None,
    name: Name | None = None,
    states: Iterable[str] = (),
) -> dict[str, Any]:
    roles = [role] if isinstance(role, str) else role
    return {"role": roles, "name": _wanted(name), "states": list(states)}


def _wanted(name: Name | None) -> dict[str, Any] | None:
    if name is None:
        return None
    if isinstance(name, str):
        return {"exact": name}
    return {"pattern": name.pattern, "flags": name.flags}


def _node(seen: Mapping[str, Any]) -> Node:
    return Node(
        role=seen["role"],
        name=seen["name"],
        description=seen["description"],
        states=frozenset(seen["states"]),
        text=seen["text"],
        value=seen["value"],
        actions=tuple(seen["actions"]),
        children=tuple(_node(child) for child in seen.get("children", ())),
    )
