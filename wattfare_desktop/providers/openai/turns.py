"""A conversation's normal form out of a list of messages that need not be in it."""

from collections.abc import Sequence

from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import (
    Image,
    Message,
    Part,
    Role,
    Text,
    ToolCall,
    ToolResult,
)


class Turns:
    """Takes what was said in order; neighbours of one role become one message."""

    def __init__(self) -> None:
        self._system: list[Text] = []
        self._turns: list[tuple[Role, list[Part]]] = []
        self._names: dict[str, str] = {}

    @property
    def system(self) -> tuple[Text, ...]:
        """What was told before anyone spoke."""
        return tuple(self._system)

    @property
    def messages(self) -> tuple[Message, ...]:
        """What was said, the results of tools before all else in their turn."""
        return tuple(
            Message(role=role, parts=tuple(sorted(parts, key=_is_no_result)))
            for role, parts in self._turns
        )

    def tell(self, texts: Sequence[Text]) -> None:
        """Take what the app tells the model, before or between turns."""
        if self._turns:
            self.say(Role.SYSTEM, texts)
        else:
            self._system += texts

    def say(self, role: Role, parts: Sequence[Part]) -> None:
        """Take what one side said; nothing is no turn."""
        if not parts:
            return
        if not self._turns or self._turns[-1][0] is not role:
            self._turns.append((role, []))
        self._turns[-1][1].extend(parts)
        self._names.update({part.id: part.name for part in parts if isinstance(part, ToolCall)})

    def give_back(self, call_id: str, parts: Sequence[Text | Image], where: str) -> None:
        """Take what a tool gave back; ``where`` names the call it belongs to in the request."""
        name = self._names.get(call_id)
        if name is None:
            raise CannotCarry(f"'{where}' names no call of this conversation.", where)
        result = ToolResult(call_id=call_id, name=name, parts=tuple(parts))
        self.say(Role.USER, [result])


def _is_no_result(part: Part) -> bool:
    return not isinstance(part, ToolResult)
