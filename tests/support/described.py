"""Holds what a library is answered against the description that the gateway serves."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import requests
import schemathesis

from wattfare_desktop.gateway.router import Router

FILE: Final = Path(__file__).parents[2] / "resources" / "openapi.json"


class Described:
    """A response hook of ``requests``: fails where an answer is not as described."""

    def __init__(self) -> None:
        self._schema = schemathesis.openapi.from_path(FILE)
        self._router = Router(
            {
                (method.upper(), path): (path, method.upper())
                for path in self._schema
                for method in self._schema[path]
                if method in {"get", "post", "put"}
            }
        )
        self.seen: set[tuple[str, int]] = set()
        """What was answered so far: path of the description, and status."""

    def __call__(self, response: requests.Response, *_: Any, **__: Any) -> None:
        """Judge ``response``."""
        asked = response.request
        assert asked.method is not None
        match = self._router.find(asked.method, str(urlsplit(asked.url).path))
        assert match is not None, asked.url
        path, method = match.found
        described = self._schema[path][method]
        known = described.definition.raw["responses"]
        status = str(response.status_code)
        assert status in known or f"{status[0]}XX" in known, f"{path} does not answer {status}"
        described.validate_response(response)
        self.seen.add((path, response.status_code))
