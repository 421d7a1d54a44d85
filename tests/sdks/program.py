"""What the programs of every SDK share, as ``program.mjs`` does for those in JavaScript."""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Told:
    """Where the wallet listens, and accesses of apps that may spend, that may not, and why not."""

    origin: str
    good: str
    poor: str
    paused: str
    narrow: str
    unknown: str


def told() -> Told:
    return Told(**json.loads(os.environ["SDK_PROGRAM"]))


def failed(error: Any) -> dict[str, Any]:
    status = getattr(error, "status_code", None) or getattr(error, "code", None)
    return {
        "raised": type(error).__name__,
        "status": status if isinstance(status, int) else None,
        "message": str(error.message),
    }


def step(name: str, work: Callable[[], dict[str, Any]]) -> None:
    """Do one thing with the SDK, and tell how it went as one line of JSON."""
    try:
        went = work()
    except Exception as error:  # noqa: BLE001 - which one it is, is what the test asks
        went = failed(error)
    print(json.dumps({"step": name, **went}), flush=True)  # noqa: T201 - it is how it tells


def heard(stream: Callable[[], Iterable[Any]], piece_of: Callable[[Any], Any]) -> dict[str, Any]:
    """Read a stream to its end or to its error; return what was seen."""
    text = ""
    try:
        for each in stream():
            text += piece_of(each) or ""
    except Exception as error:  # noqa: BLE001 - as above
        return {"text": text, **failed(error)}
    return {"text": text}
