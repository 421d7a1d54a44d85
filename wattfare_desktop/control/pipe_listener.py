r"""The wallet's end of the control socket on Windows: a named pipe on the Proactor loop.

asyncio creates it with FILE_FLAG_FIRST_PIPE_INSTANCE, so a second wallet of the same home fails to
claim the name; the default access list lets only the same user, administrators and the system write
to it.
"""

import asyncio
from collections.abc import Callable
from typing import Any


class PipeListener:
    """The pipe servers of a Proactor loop."""

    def __init__(self, servers: list[Any]) -> None:
        self._servers = servers

    @classmethod
    async def claim(
        cls, address: str, make_protocol: Callable[[], asyncio.BaseProtocol]
    ) -> "PipeListener | None":
        """Return the listener at ``address``; None where another wallet holds the name."""
        loop: Any = asyncio.get_running_loop()
        try:
            return cls(await loop.start_serving_pipe(make_protocol, address))
        except PermissionError:
            return None

    def release(self) -> None:
        """Stop listening; the name goes with the last handle."""
        for server in self._servers:
            server.close()
