"""``runtime.json``: the running wallet's port, process and key, for programs of its user."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from wattfare_desktop.system.private_file import write_private

_BYTES_MAX: Final = 1_000
_PORT_MAX: Final = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A wallet that has opened its public port.

    ``instance_key`` is the public key with which it proves at that port who it is.
    """

    port: int
    pid: int
    instance_key: str


class RuntimeFile:
    """The file. It is a hint: after a crash it tells of a wallet that is no more."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, running: Running) -> None:
        """Tell of the wallet that runs now."""
        content = json.dumps(asdict(running))
        write_private(self._path, content.encode() + b"\n")

    def read(self) -> Running | None:
        """Return what the file tells; None where there is none or it makes no sense."""
        try:
            with self._path.open("rb") as file:
                fields = json.loads(file.read(_BYTES_MAX))
            port, pid, key = fields["port"], fields["pid"], fields["instance_key"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if (type(port), type(pid), type(key)) != (int, int, str):
            return None
        if not (0 < port <= _PORT_MAX and pid > 0):
            return None
        return Running(port=port, pid=pid, instance_key=key)

    def remove(self, pid: int) -> None:
        """Take the file away where it tells of process ``pid``; another wallet's stays."""
        running = self.read()
        if running is not None and running.pid == pid:
            self._path.unlink(missing_ok=True)
