"""Handing a URI to the program that the operating system has for it."""

import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Final, Protocol
from urllib.parse import SplitResult, urlsplit

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system.program import environment_of_others

_CHARS_MAX: Final = 16 * 1024
# What a desktop opens by running it, by looking at this machine or its network, or by calling us.
# RFC 8252, 7.1 wants a dot in a private-use scheme, but well-known apps have none.
_NEVER_TEXT: Final = (
    "about afp blob cmd data dav davs dict file finger ftp ftps gopher hcp help jar javascript "
    "ldap ldaps mailto mk nfs res rlogin search search-ms sftp shell sms smb ssh tel telnet "
    "vbscript view-source wattfare webcal"
)
_NEVER: Final = frozenset(_NEVER_TEXT.split())
_NEVER_PREFIXES: Final = ("ms-", "microsoft-", "x-apple", "chrome", "gnome-", "admin")


class UriOpener(Protocol):
    """Opens URIs by the operating system."""

    def open(self, uri: str) -> None:
        """Open an https, loopback or private-use URI; returns before it is shown.

        Raises UserFacingError where it may not be opened, or nothing here opens it.
        """


def require_openable(uri: str) -> None:
    """Raise UserFacingError unless ``uri`` may be handed to the operating system.

    Redirects were judged before (core/oauth); this is the last look before another program runs.
    """
    if not _is_openable(uri):
        raise UserFacingError(
            "That address is not opened",
            "Wattfare opens https pages, and apps by a scheme of their own.",
        )


def start_detached(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Start ``command`` without a shell, apart from us, and see to it that it is reaped.

    Raises UserFacingError where it cannot be started.
    """
    try:
        child = subprocess.Popen(  # noqa: S603 - fixed programs; the URI is one argument
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment_of_others(environment),
            cwd=os.path.abspath(os.sep),  # noqa: PTH100 - a Path would be turned back at once
            start_new_session=True,
        )
    except OSError as error:
        raise UserFacingError(
            "Nothing here opens addresses", f"{command[0]}: {error.strerror}. Install xdg-utils."
        ) from error
    threading.Thread(target=child.wait, name="reaper", daemon=True).start()


def _is_openable(uri: str) -> bool:
    if len(uri) > _CHARS_MAX or not uri.isascii() or not uri.isprintable() or " " in uri:
        return False
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    # urlsplit leaves the scheme empty where RFC 3986 does not allow it, a leading dash included.
    match parts.scheme:
        case "":
            return False
        case "https":
            return bool(parts.hostname)
        case "http":
            return _is_loopback(parts)
        case scheme:
            return scheme not in _NEVER and not scheme.startswith(_NEVER_PREFIXES)


def _is_loopback(parts: SplitResult) -> bool:
    if parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
