"""Works windows through AT-SPI for a test that runs in another interpreter.

Debian's bindings are built for Debian's Python, the tests run in their own: so this is a program.
It reads one JSON request a line from standard input and answers each with one JSON line:

    {"do": "find", "query": {"role": "button", "name": {"exact": "Deny"}}, "timeout_s": 5}
    {"ok": 7}    or    {"error": "timeout", "message": "..."}

Elements are known by number. It does all waiting itself, so that a wait is one exchange.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

# Installed for Debian's interpreter only: the one that checks this file has no such module.
import gi  # type: ignore[import-not-found,import-untyped,unused-ignore]

gi.require_version("Atspi", "2.0")
# The version is chosen before this import, or it is any.
from gi.repository import (  # type: ignore[import-not-found,import-untyped,unused-ignore] # noqa: E402
    Atspi,
    GLib,
)

POLL_S = 0.03
# Of a list of 100,000 rows only the beginning is read.
CHILDREN_MAX = 300
DEPTH_MAX = 40
CALL_TIMEOUT_MS = 3000
STARTING_TIMEOUT_MS = 5000

Json = dict[str, Any]
T = TypeVar("T")


class RefusedError(Exception):
    """The answer is no: `kind` is for programs."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Driver:
    """Finds elements and works them."""

    def __init__(self) -> None:
        Atspi.init()
        Atspi.set_timeout(CALL_TIMEOUT_MS, STARTING_TIMEOUT_MS)
        self._desktop = Atspi.get_desktop(0)
        # Nothing is cached as long as no main loop runs. (Asking for no cache outright, with
        # set_cache_mask, makes the first look at a child hang in 2.46.)
        self._known: dict[int, Any] = {}

    def answer(self, request: Json) -> Any:
        """Do what a request asks; RefusedError when it cannot be done."""
        work: Callable[[Json], Any] = getattr(self, "do_" + request["do"])
        return work(request)

    def do_find(self, request: Json) -> int:
        """Wait for the first element that matches."""

        def found() -> int | None:
            element = next(self._matching(request["query"]), None)
            return None if element is None else self._number(element)

        return self._wait(found, request, lambda: f"{request['query']} among\n{self._outline()}")

    def do_find_all(self, request: Json) -> list[int]:
        """Return all elements that match now."""
        return [self._number(element) for element in self._matching(request["query"])]

    def do_find_none(self, request: Json) -> bool:
        """Wait until nothing matches."""

        def gone() -> bool | None:
            return True if next(self._matching(request["query"]), None) is None else None

        return self._wait(gone, request, lambda: f"the end of {request['query']}")

    def do_read(self, request: Json) -> Json:
        """Return what there is to know of an element, its children not included."""
        return self._read(self._element(request))

    def do_tree(self, request: Json) -> Json:
        """Return an element, or the whole desktop, with all that is below it."""
        element = self._element(request) if request.get("element") else self._desktop
        return self._tree(element, DEPTH_MAX)

    def do_await(self, request: Json) -> Json:
        """Wait until an element's name or text match and it has, or lacks, states."""
        element = self._element(request)

        def ready() -> Json | None:
            seen = self._read(element)
            fits = _fits(seen["name"], request.get("name")) and _fits(
                seen["text"], request.get("text")
            )
            states = set(seen["states"])
            has = states.issuperset(request.get("states", ()))
            return seen if fits and has and states.isdisjoint(request.get("without", ())) else None

        return self._wait(ready, request, lambda: f"{request} of {self._describe(element)}")

    def do_act(self, request: Json) -> bool:
        """Do an action once the element is shown and enabled, as a person could."""
        element = self._element(request)
        wanted = str(request["action"]).lower()

        def possible() -> int | None:
            states = set(_states(element))
            if not states.issuperset({"enabled", "showing"}):
                return None
            names = [name.lower() for name in _actions(element)]
            return names.index(wanted) if wanted in names else None

        index = self._wait(possible, request, lambda: f"{wanted} on {self._describe(element)}")
        return bool(Atspi.Action.do_action(element, index))

    def do_set_text(self, request: Json) -> bool:
        """Replace an element's text."""
        element = self._edited(request)
        if not Atspi.EditableText.set_text_contents(element, request["text"]):
            raise RefusedError("unable", f"no text can be set on {self._describe(element)}")
        return True

    def do_set_value(self, request: Json) -> float:
        """Give a spin box or slider a value; return the value that it took."""
        element = self._edited(request)
        if element.get_value_iface() is None:
            raise RefusedError("unable", f"no value can be set on {self._describe(element)}")
        Atspi.Value.set_current_value(element, float(request["value"]))
        return float(Atspi.Value.get_current_value(element))

    def do_focus(self, request: Json) -> bool:
        """Give an element the keyboard."""
        return bool(Atspi.Component.grab_focus(self._edited(request)))

    def _edited(self, request: Json) -> Any:
        """Return the element once a person could edit it."""
        self.do_await({**request, "name": None, "text": None, "states": ["enabled", "showing"]})
        return self._element(request)

    def _wait(self, probe: Callable[[], T | None], request: Json, what: Callable[[], str]) -> T:
        deadline_s = time.monotonic() + float(request.get("timeout_s", 10.0))
        while True:
            try:
                found = probe()
            except GLib.Error as error:
                # A window that is being built or taken down: look again.
                found, trouble = None, str(error)
            else:
                trouble = ""
            if found is not None:
                return found
            if time.monotonic() > deadline_s:
                raise RefusedError("timeout", f"{what()} {trouble}".strip())
            time.sleep(POLL_S)

    def _matching(self, query: Json) -> Iterator[Any]:
        start = self._known[query["within"]] if query.get("within") else self._desktop
        depths = range(int(query.get("beyond", 0)), int(query.get("depth", DEPTH_MAX)))
        for element in self._below(start, depths):
            try:
                if _is_match(element, query):
                    yield element
            except GLib.Error:
                continue  # it went while we looked

    def _below(self, start: Any, depths: range) -> Iterator[Any]:
        """Everything shown at these depths below, nearest first; what is hidden hides all in it."""
        level = [start]
        for depth in range(depths.stop):
            level = [child for parent in level for child in _children(parent)]
            if start is not self._desktop or depth > 0:  # a program itself is never "showing"
                level = [child for child in level if _is_shown(child)]
            if depth in depths:
                yield from level

    def _number(self, element: Any) -> int:
        number = next((n for n, known in self._known.items() if known == element), None)
        if number is None:
            number = len(self._known) + 1
            self._known[number] = element
        return number

    def _element(self, request: Json) -> Any:
        return self._known[request["element"]]

    def _read(self, element: Any) -> Json:
        states = _states(element)
        return {
            "element": self._number(element),
            "role": element.get_role_name(),
            "name": element.get_name() or "",
            "description": element.get_description() or "",
            "states": states,
            "text": _text(element),
            "value": _value(element),
            "actions": _actions(element),
        }

    def _tree(self, element: Any, depth: int) -> Json:
        children = []
        for child in _children(element) if depth > 0 else ():
            try:
                children.append(self._tree(child, depth - 1))
            except GLib.Error:
                continue  # it went while we looked
        return {**self._read(element), "children": children}

    def _describe(self, element: Any) -> str:
        try:
            return str(self._read(element))
        except GLib.Error as error:
            return f"an element that has gone ({error})"

    def _outline(self) -> str:
        """What is shown, one line each, for the message of a search in vain."""
        lines = []
        for element in self._below(self._desktop, range(DEPTH_MAX)):
            try:
                lines.append(f"{element.get_role_name()}: {element.get_name()!r}")
            except GLib.Error:
                continue
        return "\n".join(lines)


def _children(element: Any) -> list[Any]:
    try:
        count = min(element.get_child_count(), CHILDREN_MAX)
        found = [element.get_child_at_index(index) for index in range(count)]
    except GLib.Error:
        return []
    return [child for child in found if child is not None]


def _is_shown(element: Any) -> bool:
    try:
        return bool(element.get_state_set().contains(Atspi.StateType.SHOWING))
    except GLib.Error:
        return False


def _is_match(element: Any, query: Json) -> bool:
    role = query.get("role")
    if role is not None and element.get_role_name() not in role:
        return False
    if not _fits(element.get_name() or "", query.get("name")):
        return False
    return set(_states(element)).issuperset(query.get("states", ()))


def _fits(text: str, wanted: Json | None) -> bool:
    if wanted is None:
        return True
    if "exact" in wanted:
        return bool(text == wanted["exact"])
    return re.search(wanted["pattern"], text, wanted["flags"]) is not None


def _states(element: Any) -> list[str]:
    return sorted(state.value_nick for state in element.get_state_set().get_states())


def _text(element: Any) -> str:
    if element.get_text_iface() is None:
        return ""
    return str(Atspi.Text.get_text(element, 0, -1))


def _value(element: Any) -> float | None:
    if element.get_value_iface() is None:
        return None
    return float(Atspi.Value.get_current_value(element))


def _actions(element: Any) -> list[str]:
    if element.get_action_iface() is None:
        return []
    count = Atspi.Action.get_n_actions(element)
    return [Atspi.Action.get_action_name(element, index) for index in range(count)]


def reply(driver: Driver, line: str) -> Json:
    """Return the answer to one line."""
    try:
        return {"ok": driver.answer(json.loads(line))}
    except RefusedError as error:
        return {"error": error.kind, "message": str(error)}
    except GLib.Error as error:
        return {"error": "gone", "message": str(error)}


def main() -> None:
    """Answer until standard input ends."""
    driver = Driver()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(reply(driver, line)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
