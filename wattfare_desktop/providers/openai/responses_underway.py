"""A streamed response as it grows: what is open in it, and the events that end what is.

Each output item of a response holds texts (of a message, a thought, the arguments of a call), and
each of them begins and ends with events of its own before the item and then the response may end.
"""

from typing import Any, Final

from wattfare_desktop.providers.wire import encoded

OUTPUT_TEXT: Final = "output_text"
REFUSAL: Final = "refusal"
REASONING_TEXT: Final = "reasoning_text"
SUMMARY_TEXT: Final = "reasoning_summary_text"
ARGUMENTS: Final = "function_call_arguments"
CUSTOM_INPUT: Final = "custom_tool_call_input"

IN_PROGRESS: Final = "in_progress"
COMPLETED: Final = "completed"
INCOMPLETE: Final = "incomplete"

_MEMBERS: Final = {ARGUMENTS: "arguments", CUSTOM_INPUT: "input"}


class OpenItem:
    """An output item that has begun, and the texts in it by kind and place."""

    __slots__ = ("_open", "_texts", "index", "item")

    def __init__(self, index: int, item: dict[str, Any]) -> None:
        self.index = index
        self.item = item
        self._texts: dict[tuple[str, int], list[str]] = {}
        self._open: dict[tuple[str, int], None] = {}

    @property
    def has_grown(self) -> bool:
        """Whether any text in it has begun."""
        return bool(self._texts)

    def grow(self, kind: str, place: int, text: str) -> None:
        """Take more of one text, which begins with it."""
        pieces = self._texts.get((kind, place))
        if pieces is None:
            pieces = self._texts[kind, place] = []
            self._open[kind, place] = None
        pieces.append(text)

    def has_told_end(self, kind: str, place: int) -> None:
        """Take note that the end of a text was told."""
        self._open.pop((kind, place), None)

    def end(self, status: str) -> list[dict[str, Any]]:
        """End what is open and the item itself; return the events, not numbered yet."""
        events = [event for kind, place in self._open for event in self._ended(kind, place)]
        self._open.clear()
        self.item = self._whole(status)
        done = {"type": "response.output_item.done", "output_index": self.index, "item": self.item}
        return [*events, done]

    def at(self, kind: str, place: int) -> dict[str, Any]:
        """Return the members by which an event names its place."""
        where = {"item_id": self.item.get("id"), "output_index": self.index}
        if kind in _MEMBERS:
            return where
        return {**where, "summary_index" if kind == SUMMARY_TEXT else "content_index": place}

    def _ended(self, kind: str, place: int) -> list[dict[str, Any]]:
        text, where = "".join(self._texts[kind, place]), self.at(kind, place)
        ended = {"type": f"response.{kind}.done", **where, _member(kind): text}
        if kind in _MEMBERS:
            return [ended]
        if kind == OUTPUT_TEXT:
            ended["logprobs"] = []
        part = "reasoning_summary_part" if kind == SUMMARY_TEXT else "content_part"
        return [ended, {"type": f"response.{part}.done", **where, "part": text_part(kind, text)}]

    def _whole(self, status: str) -> dict[str, Any]:
        whole = {**self.item, "status": status}
        held: dict[str, list[dict[str, Any]]] = {}
        for (kind, _), pieces in sorted(self._texts.items(), key=lambda entry: entry[0][1]):
            text = "".join(pieces)
            if kind in _MEMBERS:
                whole[_MEMBERS[kind]] = text
            else:
                name = "summary" if kind == SUMMARY_TEXT else "content"
                held.setdefault(name, []).append(text_part(kind, text))
        return {**whole, **held}


def text_part(kind: str, text: str) -> dict[str, Any]:
    """Return a text as a part of an item."""
    if kind == OUTPUT_TEXT:
        return {"type": kind, "text": text, "annotations": [], "logprobs": []}
    if kind == REFUSAL:
        return {"type": kind, "refusal": text}
    return {"type": "summary_text" if kind == SUMMARY_TEXT else kind, "text": text}


def _member(kind: str) -> str:
    return _MEMBERS.get(kind, "refusal" if kind == REFUSAL else "text")


class Underway:
    """One streamed response: its object, its items, and the number of the next event."""

    def __init__(self) -> None:
        self.response: dict[str, Any] = {}
        self.next_number = 0
        self._open: dict[int, OpenItem] = {}
        self._done: dict[int, dict[str, Any]] = {}

    @property
    def has_begun(self) -> bool:
        """Whether the response is known."""
        return bool(self.response)

    def begin(self, item: OpenItem) -> None:
        """Take an item that begins."""
        self._open[item.index] = item

    def open_item(self, index: Any) -> OpenItem | None:
        """Return the open item at ``index``; None where none is."""
        return self._open.get(index)

    def has_told_item(self, index: int, item: dict[str, Any]) -> None:
        """Take note that the end of an item was told."""
        self._open.pop(index, None)
        self._done[index] = item

    def end_item(self, index: int, status: str) -> list[bytes]:
        """End one item; return its events."""
        item = self._open.pop(index)
        events = item.end(status)
        self._done[index] = item.item
        return [self.event(event) for event in events]

    def end_items(self, status: str) -> list[bytes]:
        """End every item that is open; return the events."""
        return [told for index in list(self._open) for told in self.end_item(index, status)]

    def ended(self, kind: str, **members: Any) -> bytes:
        """Return the event that ends the response; ``members`` are those of its object."""
        output = [self._done[index] for index in sorted(self._done)]
        return self.told(f"response.{kind}", status=kind, output=output, **members)

    def told(self, kind: str, **members: Any) -> bytes:
        """Return an event about the response itself."""
        return self.event({"type": kind, "response": {**self.response, **members}})

    def event(self, members: dict[str, Any]) -> bytes:
        """Return an event with its number, ready for the wire."""
        numbered = {**members, "sequence_number": self.next_number}
        self.next_number += 1
        kind: str = members["type"]
        return b"event: " + kind.encode() + b"\ndata: " + encoded(numbered) + b"\n\n"
