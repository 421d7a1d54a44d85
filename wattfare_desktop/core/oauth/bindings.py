"""What an access is bound to: a key, addresses, web origins, programs.

An access alone can be copied; each binding is one more thing that whoever copied it lacks. None of
them widens what was approved.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, TypeVar

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.oauth.clients import Redirect, RedirectKind

T = TypeVar("T")

LISTED_MAX: Final = 20
"""How many addresses, origins or programs one app may be bound to."""

PATH_CHARS_MAX: Final = 1024

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# RFC 6454 section 6.2: scheme, host in lower case, and the port unless it is the scheme's own.
_ORIGIN: Final = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9\-.]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?"
)
_LOCALHOST: Final = re.compile(r"http://localhost(?::[0-9]{1,5})?", re.ASCII)
_WHOLE_PATH: Final = re.compile(r"(?:/|[A-Za-z]:[/\\]|\\\\).+")
_PROGRAM_SUFFIX: Final = re.compile(r"(?:[0-9.]+)?(?:\.exe)?$", re.IGNORECASE)
_INTERPRETERS: Final = frozenset(
    {
        *("python", "pythonw", "pypy", "node", "nodejs", "bun", "deno", "ruby", "perl", "php"),
        *("java", "javaw", "dotnet", "mono", "lua", "luajit", "tclsh", "wish", "rscript", "r"),
        *("bash", "sh", "dash", "zsh", "fish", "ksh", "busybox", "toybox", "powershell", "pwsh"),
        *("cmd", "osascript", "wscript", "cscript", "electron", "env", "curl", "wget", "socat"),
        *("nc", "ncat", "wine", "gjs", "gawk", "awk", "mawk", "julia", "uv", "uvx", "npx", "xargs"),
    }
)
"""What runs whatever it is told to: to bind an access to one would bind it to nothing."""

_FAMILIES: Final = re.compile(
    r"(python|pypy|node|ruby|perl|php|mono|lua|luajit|wine|qemu|ld-linux|ld-musl|ld64)[-._0-9].*"
    r"|ld-[0-9.]+\.so"
)
"""The same under a version, a variant or a processor's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings:
    """What the accesses of one grant are bound to; an empty tuple or None binds to nothing.

    ``jkt`` is the thumbprint of the key that signs (RFC 7638); where ``proof_required`` an access
    is given out to such a key only, and one without a key is of no use. ``programs`` are whole
    paths. ``asked_by`` is the program that the user was shown, and no binding.
    """

    jkt: str | None = None
    proof_required: bool = False
    cidrs: tuple[Network, ...] = ()
    origins: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    asked_by: str | None = None


UNBOUND: Final = Bindings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """How the accesses of a grant may be used, as a user says it; None: as before.

    ``proof_required`` is for good: what once had to be signed has to be from then on.
    """

    cidrs: tuple[Network, ...] | None = None
    origins: tuple[str, ...] | None = None
    programs: tuple[str, ...] | None = None
    proof_required: bool = False

    def on(self, known: Bindings) -> Bindings:
        """Return ``known`` with these in place of what it had."""
        return replace(
            known,
            cidrs=known.cidrs if self.cidrs is None else self.cidrs,
            origins=known.origins if self.origins is None else self.origins,
            programs=known.programs if self.programs is None else self.programs,
            proof_required=known.proof_required or self.proof_required,
        )


def read_allowed(
    cidrs: Sequence[str] | None, origins: Sequence[str] | None, programs: Sequence[str] | None
) -> Allowed:
    """Return what a user wrote; an empty list takes every binding of its kind away.

    Raises UserFacingError.
    """
    return Allowed(
        cidrs=_each(cidrs, read_cidr),
        origins=_each(origins, read_origin),
        programs=_each(programs, read_program),
    )


def _each(listed: Sequence[str] | None, read: Callable[[str], T]) -> tuple[T, ...] | None:
    if listed is None:
        return None
    if len(listed) > LISTED_MAX:
        raise UserFacingError("That is too many", f"Name at most {LISTED_MAX} of a kind.")
    return tuple(dict.fromkeys(map(read, listed)))


def places_text(bindings: Bindings) -> str:
    """Return from where alone an access may be used, in words; "anywhere" where it is not bound."""
    parts = (*bindings.programs, *bindings.origins, *map(str, bindings.cidrs))
    return ", ".join(parts) or "anywhere"


def own_origin(redirect: Redirect) -> str | None:
    """Return the web origin that a page at ``redirect`` has, None for a private-use scheme."""
    if redirect.kind is RedirectKind.LOOPBACK:
        # A browser leaves the standard port out.
        return f"http://{redirect.target}".removesuffix(":80")
    return redirect.origin


def judge_place(
    bindings: Bindings, *, address: str, origin: str | None, own: str | None
) -> str | None:
    """Return why a call from there is outside ``bindings``, for its developer, or None.

    ``address`` is the peer's, ``origin`` what its browser says where there is one, ``own`` the
    origin of the page that was approved: a browser may call from there alone.
    """
    if bindings.cidrs and not is_within(address, bindings.cidrs):
        return "This access may not be used from this address."
    # A page that was named must say so each time; a program of the app's own sends no origin.
    allowed = bindings.origins or (own, None)
    if origin in allowed:
        return None
    return f"This access may not be used by this web page.{localhost_hint(origin or '')}"


def localhost_hint(origin: str) -> str:
    """Return what helps a page at ``origin`` that was opened as localhost, "" for any other.

    Its redirect is at 127.0.0.1, which is another origin (RFC 6454, RFC 8252 section 8.3): what it
    stored before, its PKCE verifier among it, is not to be found there either.
    """
    if _LOCALHOST.fullmatch(origin) is None:
        return ""
    return " Open it as http://127.0.0.1 with its port: localhost is another origin."


def judge_program(bindings: Bindings, program: str | None) -> str | None:
    """Return why ``program``, None where it is not known, may not call, or None."""
    if not bindings.programs or program in bindings.programs:
        return None
    return "This access may not be used by this program."


def is_within(address: str, cidrs: Iterable[Network]) -> bool:
    """Return whether ``address`` is in one of ``cidrs``; ``::ffff:127.0.0.1`` is 127.0.0.1."""
    try:
        found = plain_address(address)
    except ValueError:
        return False
    return any(found in cidr for cidr in cidrs)


def plain_address(text: str) -> Address:
    """Return the address ``text`` names, without zone and unmapped. Raises ValueError."""
    found = ip_address(text.partition("%")[0])
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def read_cidr(text: str) -> Network:
    """Return a network that an access may be used from. Raises UserFacingError."""
    try:
        network = ip_network(text)
    except ValueError:
        raise UserFacingError(
            f"'{text[:60]}' is no range of addresses", "Write it like 127.0.0.1/32 or ::1."
        ) from None
    mapped = network.network_address
    if isinstance(mapped, IPv6Address) and mapped.ipv4_mapped is not None:
        raise UserFacingError(
            f"'{text[:60]}' is an IPv4 range written as IPv6", "Write it as IPv4."
        )
    return network


def read_origin(text: str) -> str:
    """Return a web origin in the spelling browsers send. Raises UserFacingError."""
    origin = text.lower().removesuffix("/")
    standard = {"https": ":443", "http": ":80"}.get(origin.partition(":")[0], "")
    origin = origin.removesuffix(standard) if standard else origin
    if _ORIGIN.fullmatch(origin) is None:
        raise UserFacingError(
            f"'{text[:60]}' is no web origin", "Write it like https://notes.example."
        )
    return origin


def read_program(text: str) -> str:
    """Return the path of a program an access may be bound to. Raises UserFacingError."""
    if _WHOLE_PATH.fullmatch(text) is None or len(text) > PATH_CHARS_MAX or not text.isprintable():
        raise UserFacingError("That is no path of a program", "Write the whole path.")
    if is_interpreter(text):
        raise UserFacingError(
            "That program runs any other",
            "An app cannot be bound to an interpreter or a shell: every script would be the same.",
        )
    return text


def program_text(path: str, parent: str | None) -> str:
    """Return a program as a user is shown it, with what started it."""
    told = path + (" (which runs any script)" if is_interpreter(path) else "")
    if parent is not None:
        told += f", started by {_file_name(parent)}"
    return "".join(sign if sign.isprintable() else "?" for sign in told[:PATH_CHARS_MAX])


def is_interpreter(path: str) -> bool:
    """Return whether the program at ``path`` runs whatever it is told to."""
    name = _file_name(path).lower()
    plain = _PROGRAM_SUFFIX.sub("", name)
    is_named = plain in _INTERPRETERS or name in _INTERPRETERS
    return is_named or _FAMILIES.fullmatch(name) is not None


def _file_name(path: str) -> str:
    return re.split(r"[/\\]", path)[-1]
