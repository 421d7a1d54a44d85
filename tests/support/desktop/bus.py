"""Calls over a session bus, blocking, for the one thread that holds the connection."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

# It is installed on Linux only, where alone a desktop is started, but every test run reads this
# file. It publishes no type information, so it is known here and nowhere else.
if sys.platform == "linux":
    from jeepney import (  # type: ignore[import-untyped]
        DBusAddress,
        DBusErrorResponse,
        Properties,
        new_method_call,
    )
    from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]
    from jeepney.wrappers import unwrap_msg  # type: ignore[import-untyped]

CALL_TIMEOUT_S = 5.0
_DBUS = "org.freedesktop.DBus"


class CallFailedError(Exception):
    """The other side refused, has gone, or did not answer in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusObject:
    """One interface of one object of one program on the bus."""

    owner: str
    path: str
    interface: str


class SessionBus:
    """One connection; `address` is what DBUS_SESSION_BUS_ADDRESS holds."""

    def __init__(self, address: str) -> None:
        self._connection = open_dbus_connection(bus=address)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def call(
        self,
        target: BusObject,
        method: str,
        signature: str | None = None,
        arguments: Sequence[Any] = (),
    ) -> tuple[Any, ...]:
        """Return the body of the answer; CallFailedError when there is none."""
        return self._ask(new_method_call(_address(target), method, signature, tuple(arguments)))

    def get(self, target: BusObject, name: str) -> Any:
        """Return a property's value, out of its variant."""
        ((_, value),) = self._ask(Properties(_address(target)).get(name))
        return value

    def set(self, target: BusObject, name: str, signature: str, value: Any) -> None:
        """Give a property a value."""
        self._ask(Properties(_address(target)).set(name, signature, value))

    def has(self, name: str) -> bool:
        """Tell whether anyone owns this name, without having it started."""
        return bool(self.call(_DAEMON, "NameHasOwner", "s", (name,))[0])

    def pid_of(self, name: str) -> int:
        """Return the process behind a name."""
        return int(self.call(_DAEMON, "GetConnectionUnixProcessID", "s", (name,))[0])

    def _ask(self, message: Any) -> tuple[Any, ...]:
        try:
            reply = self._connection.send_and_get_reply(message, timeout=CALL_TIMEOUT_S)
            return tuple(unwrap_msg(reply))
        except (DBusErrorResponse, TimeoutError) as error:
            raise CallFailedError(str(error)) from error


def _address(target: BusObject) -> "DBusAddress":
    return DBusAddress(target.path, bus_name=target.owner, interface=target.interface)


_DAEMON = BusObject(owner=_DBUS, path="/org/freedesktop/DBus", interface=_DBUS)
