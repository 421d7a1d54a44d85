"""What every request must pass before anything looks at its path.

The port is reachable by every web page the user opens, so each check stands against one way a page
could reach it: a foreign name that resolves to this machine (DNS rebinding), a cross-site fetch or
form, a frame.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.oauth.bindings import localhost_hint

PORTS: Final = (8402, 8403, 8404, 8405)
"""402 is Payment Required; the next free one is taken where another program has the first."""

_ONCE: Final = ("Authorization", "x-api-key", "x-goog-api-key", "Content-Type", "Origin")

AUTHORIZE_PATH: Final = "/oauth/authorize"
WAIT_PATH: Final = "/oauth/wait"
NAVIGABLE: Final = frozenset({AUTHORIZE_PATH, WAIT_PATH})
"""Where other sites may send a browser. To the second it comes by a redirect from the first, and
then still says which site it set out from."""


KnowsOrigin = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFailed:
    """The request is not for us, or comes from where it must not."""

    status: int
    code: str
    message: str


class Checks:
    """The checks for a gateway that listens on ``port`` of both loopback addresses.

    ``knows_origin`` tells whether a page of that web origin was approved, or is being asked about.
    """

    def __init__(self, port: int, knows_origin: KnowsOrigin) -> None:
        self._knows_origin = knows_origin
        self._hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "[::1]", "localhost"))

    def judge(self, request: BaseRequest) -> CheckFailed | None:
        """Return why ``request`` is refused, or None."""
        return (
            self._target(request)
            or self._host(request)
            or self._origin(request)
            or _fetch_site(request)
            or _encoding(request.headers)
            or _repeated(request)
        )

    def _target(self, request: BaseRequest) -> CheckFailed | None:
        # In absolute form aiohttp would take the host from the target instead of the header.
        if request.raw_path.startswith("/"):
            return None
        return CheckFailed(
            status=400, code="bad_target", message="Send the request target as a path."
        )

    def _host(self, request: BaseRequest) -> CheckFailed | None:
        hosts = request.headers.getall("Host", [])
        if len(hosts) == 1 and hosts[0].lower() in self._hosts:
            return None
        return CheckFailed(
            status=421,
            code="wrong_host",
            message="This is a wallet's own port: address it as 127.0.0.1 or [::1] with its port.",
        )

    def _origin(self, request: BaseRequest) -> CheckFailed | None:
        origins = request.headers.getall("Origin", [])
        if not origins:
            return None
        # "null" is every page that has no origin of its own, and so nobody's.
        is_one = len(origins) == 1 and origins[0] != "null"
        if is_one and request.path not in NAVIGABLE and self._knows_origin(origins[0]):
            return None
        return CheckFailed(
            status=403,
            code="origin_not_allowed",
            message="Web pages may ask by navigating to /oauth/authorize; only a page that was"
            f" approved may call from here.{localhost_hint(origins[0])}",
        )


def _fetch_site(request: BaseRequest) -> CheckFailed | None:
    """Judge Fetch Metadata, which browsers send and pages cannot forge.

    Node's own fetch sends a mode but no site, so the site decides. A page whose Origin was found to
    be an approved one may call by ``fetch``, and by nothing else: no image, frame or form.
    """
    if request.headers.get("Sec-Fetch-Site", "none") in {"same-origin", "none"}:
        return None
    mode = request.headers.get("Sec-Fetch-Mode")
    destination = request.headers.get("Sec-Fetch-Dest")
    if request.path in NAVIGABLE:
        if (mode, destination) == ("navigate", "document"):
            return None
    elif "Origin" in request.headers and (mode, destination) == ("cors", "empty"):
        return None
    return CheckFailed(
        status=403, code="cross_site", message="Other sites may not reach this port this way."
    )


def _encoding(headers: Mapping[str, str]) -> CheckFailed | None:
    # A few bytes can inflate to gigabytes; no AI client compresses its requests.
    if headers.get("Content-Encoding", "identity").lower() == "identity":
        return None
    return CheckFailed(
        status=415, code="content_encoding", message="Send the body without Content-Encoding."
    )


def _repeated(request: BaseRequest) -> CheckFailed | None:
    # Which of two counts is a matter of taste, and a way round whoever has another.
    if all(len(request.headers.getall(name, ())) <= 1 for name in _ONCE):
        return None
    return CheckFailed(
        status=400, code="repeated_header", message="Send one access and one Content-Type."
    )
