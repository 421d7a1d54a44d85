r"""The client's end of the control socket on Windows: a named pipe ``\\.\pipe\...``."""

import time
from typing import Final

from wattfare_desktop.control.messages import WalletAbsent

_ATTEMPTS: Final = 20
_PAUSE_S: Final = 0.025
_CHUNK_BYTES: Final = 256 * 1024


def exchange(address: str, line: bytes) -> bytes:
    """Send ``line`` and return the answer; WalletAbsent where nobody takes it."""
    for _ in range(_ATTEMPTS):
        try:
            with open(address, "r+b", buffering=0) as pipe:  # noqa: PTH123 - a pipe's name, no path
                pipe.write(line)
                chunks = [b""]
                while not chunks[-1].endswith(b"\n"):
                    chunks.append(pipe.read(_CHUNK_BYTES))
                    if not chunks[-1]:
                        break
                return b"".join(chunks)
        except FileNotFoundError:
            break
        except OSError:
            # Every instance of the pipe is taken for a moment; the server opens the next.
            time.sleep(_PAUSE_S)
    raise WalletAbsent
