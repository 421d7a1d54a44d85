"""A ``client_id`` that is the address of a document, and from which addresses one may come.

Any page and any program may name such a URL, and the wallet then fetches it: it must not be able to
reach what only this machine or its network can (draft-ietf-oauth-client-id-metadata-document,
"Client Identifier URL" and "Server Side Request Forgery").
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

URL_CHARS_MAX: Final = 512

_URL: Final = re.compile(r"https://(?P<host>[^/?#]*)(?P<path>/[^?#]*)?(?P<rest>.*)", re.DOTALL)
# The last label begins with a letter: what ends in a number is read as an IPv4 address by somebody,
# in whichever of its spellings.
_HOST: Final = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9\-]{0,61}[a-z0-9])?"
)
# RFC 3986, 3.3, without percent-encoding: one spelling for each path, and no dots in disguise.
_PATH: Final = re.compile(r"/[A-Za-z0-9\-._~!$&'()*+,;=:@/]*")
# RFC 6761, RFC 6762, RFC 8375, RFC 9476 and what home networks call themselves.
_NEAR: Final = frozenset(
    {"localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "private"}
    | {"arpa", "onion", "alt"}
)

_NAT64: Final = IPv6Network("64:ff9b::/96")
_GLOBAL: Final = IPv6Network("2000::/3")
# IANA's special-purpose registries (RFC 6890): whole, whatever this Python's ``is_global`` says.
_SPECIAL_4: Final = tuple(
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
# Among them what carries an IPv4 address within: Teredo and 6to4.
_SPECIAL_6: Final = tuple(
    ip_network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentUrl:
    """The https URL of a client's document: ``text`` just as it was sent, and its ``host``."""

    text: str
    host: str

    @property
    def origin(self) -> str:
        """Its web origin (RFC 6454)."""
        return f"https://{self.host}"


def read_document_url(client_id: str) -> DocumentUrl | str | None:
    """Return the URL of a document, or why ``client_id`` is none; None where it is no such thing.

    An https origin without a path is none: nothing is published there. The URL has no user, port,
    query, fragment or percent-encoding, no ``.`` or ``..``, and its host is a name in lower case,
    so that it has one spelling and only one place can be meant.
    """
    parts = _URL.fullmatch(client_id)
    if parts is None or (parts["path"] is None and not parts["rest"]):
        return None
    return _fault(client_id, parts) or DocumentUrl(text=client_id, host=parts["host"])


def is_public(text: str) -> bool:
    """Return whether the IP address ``text`` is one of the internet, and of nothing nearer.

    An IPv4 address within an IPv6 one counts as itself where it is mapped or behind NAT64 (RFC
    6052); other wrappings are refused, and so is what is no address.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return _is_public_4(address)
    return _is_public_6(address)


def _is_public_6(address: IPv6Address) -> bool:
    if address.scope_id is not None:
        return False
    if address.ipv4_mapped is not None:
        return _is_public_4(address.ipv4_mapped)
    if address in _NAT64:
        return _is_public_4(IPv4Address(int(address) & 0xFFFF_FFFF))
    special = any(address in network for network in _SPECIAL_6)
    return address in _GLOBAL and address.is_global and not special


def _is_public_4(address: IPv4Address) -> bool:
    return address.is_global and not any(address in network for network in _SPECIAL_4)


def _fault(client_id: str, parts: re.Match[str]) -> str | None:
    host, path = parts["host"], parts["path"]
    if len(client_id) > URL_CHARS_MAX:
        return f"Its client_id must have at most {URL_CHARS_MAX} characters."
    if _HOST.fullmatch(host) is None:
        return (
            "Its client_id must name its host by a domain name in lower case, without user or port."
        )
    if host.rpartition(".")[2] in _NEAR:
        return "Its client_id is a URL of this machine or its network."
    if path is None or parts["rest"] or _PATH.fullmatch(path) is None:
        return (
            "Its client_id must be a URL with a path, without query, fragment or percent-encoding."
        )
    if not {".", ".."}.isdisjoint(path.split("/")):
        return "Its client_id must not hold . or .. in its path."
    return None
