"""Who asks, and where an answer may be sent.

Four kinds of client are known: one that publishes a document at its ``client_id`` and is answered
at the redirects in it; one that registered and is answered at its redirects alone; a web origin, to
which the answer goes and nowhere else; and a bare name, which anyone may use.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote_to_bytes

from wattfare_desktop.core.identifiers import ClientId, Instant
from wattfare_desktop.core.oauth.display import is_confusable, is_foreign_host, plain
from wattfare_desktop.core.oauth.document_urls import DocumentUrl, read_document_url
from wattfare_desktop.core.oauth.errors import Unredirectable

REGISTERED_PREFIX: Final = "wf_cl_"
"""What the ``client_id`` of a registered client begins with; no bare name may."""

BARE_NAME_CHARS_MAX: Final = 64
REDIRECT_CHARS_MAX: Final = 2048
_CLIENT_URL_CHARS_MAX: Final = 512
_HOST_CHARS_MAX: Final = 253
_PORT_MAX: Final = 65_535
_HTTPS_PORT: Final = 443

# RFC 3986, 2: what a URI is made of, percent-encoding included, and no fragment.
_URI: Final = re.compile(r"(?:[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
_SCHEME: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*):(?P<rest>.*)")
_PARTS: Final = re.compile(r"//(?P<authority>[^/?]*)(?P<path>[^?]*)(?:\?(?P<query>.*))?")
_LOOPBACK: Final = re.compile(r"(?P<host>127\.0\.0\.1|\[::1\]):(?P<port>[1-9][0-9]{0,4})")
# A host name whose last label begins with a letter: browsers read all others as IP addresses.
_HOST: Final = re.compile(
    r"(?P<host>(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9\-]{0,61}[a-z0-9])?)"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?",
    re.IGNORECASE,
)
# RFC 8252, 7.1: a scheme of one's own is a domain name turned round, so it holds a dot.
_PRIVATE_USE: Final = re.compile(r"[a-z][a-z0-9+\-]*(?:\.[a-z0-9+\-]+)+", re.IGNORECASE)
_HIDDEN: Final = re.compile(rb"[\x00-\x1f\x7f\\]")
_ANSWER_PARAMETER: Final = re.compile(r"(?:^|&)(?:code|state|iss|error)(?:=|&|$)")

_TITLE: Final = "That app cannot be answered"


class RedirectKind(StrEnum):
    """How an answer reaches the app."""

    LOOPBACK = "loopback"
    HTTPS = "https"
    PRIVATE_USE = "private_use"
    DEVICE = "device"


class Trust(StrEnum):
    """What vouches for a client."""

    DOCUMENT = "document"
    REGISTERED = "registered"
    WEB_ORIGIN = "web_origin"
    BARE_NAME = "bare_name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """A redirect URI that an answer may be sent to, exactly as the client wrote it.

    ``host`` is lower case, an IPv6 address in brackets; None for a private-use scheme, as is
    ``port``, which is also None where https goes to its own.
    """

    uri: str
    kind: RedirectKind
    scheme: str
    host: str | None
    port: int | None
    has_query: bool

    @property
    def origin(self) -> str | None:
        """The web origin of an https redirect (RFC 6454), None for the other kinds."""
        if self.kind is not RedirectKind.HTTPS:
            return None
        return f"https://{self.target}"

    @property
    def target(self) -> str:
        """Where the answer goes, to be shown: ``notes.example``, ``127.0.0.1:5173``, a scheme."""
        if self.kind is RedirectKind.DEVICE:
            return "the program that shows the code"
        if self.host is None:
            return f"{self.scheme}:"
        standard = self.port is None or (
            self.kind is RedirectKind.HTTPS and self.port == _HTTPS_PORT
        )
        return self.host if standard else f"{self.host}:{self.port}"

    def matches(self, registered: "Redirect") -> bool:
        """Return whether this one is ``registered``: the same text but for a loopback port.

        RFC 8252 sections 7.3 and 8.4.
        """
        return _without_port(self) == _without_port(registered)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredClient:
    """A client that registered itself (RFC 7591). ``name`` is its claim, fit to be shown.

    ``approved_at`` None: it was never approved so far, and will be forgotten.
    ``dpop_bound``: it gets no access but with a proof of possession (RFC 9449 section 5.2).
    """

    client_id: ClientId
    name: str
    redirects: tuple[Redirect, ...]
    registered_at: Instant
    approved_at: Instant | None = None
    dpop_bound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentedClient:
    """A client as the document at its ``client_id`` describes it.

    ``host`` published it; ``name`` is its claim, fit to be shown, and may be empty.
    ``for_devices``: it may ask in the device flow. ``dpop_bound`` as for a registered one.
    """

    client_id: ClientId
    host: str
    name: str
    redirects: tuple[Redirect, ...]
    for_devices: bool = False
    dpop_bound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentWanted:
    """The client's own document, at ``url``, has to be had before it can be judged."""

    url: DocumentUrl


KnownClients = Mapping[str, RegisteredClient | DocumentedClient]
"""Clients of which more is known than a request says, by their ``client_id``."""

NONE_KNOWN: Final[KnownClients] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientIdentity:
    """A client, and what is known of it.

    ``name`` may be shown as it is. ``key`` is what approvals, silences and blocks go by: the
    origin, or the name where there is nothing better. ``confusable`` asks for a warning.
    ``claim`` is what a client with a document calls itself, "" where it does not; ``host`` is where
    that document is published. ``dpop_bound`` as it registered or published.
    """

    client_id: ClientId
    key: ClientId
    name: str
    trust: Trust
    origin: str | None
    confusable: bool
    dpop_bound: bool = False
    claim: str = ""
    host: str | None = None

    @property
    def verified(self) -> bool:
        """Whether anything but the client itself vouches for its name."""
        return self.origin is not None


def identify(
    client_id: str, redirect: Redirect, clients: KnownClients = NONE_KNOWN
) -> ClientIdentity | Unredirectable | DocumentWanted:
    """Return who ``client_id`` is, given the ``redirect`` its answers go to.

    A web client is known by its origin alone: the name beside it is a claim, and would put any
    text it likes next to the word "verified". That goes for one that registered, too.
    """
    found = clients.get(client_id)
    url = read_document_url(client_id)
    if isinstance(url, str):
        return _no_client(url)
    if isinstance(found, DocumentedClient):
        return _documented(found, redirect)
    if url is not None:
        return DocumentWanted(url=url)
    return _undocumented(client_id, redirect, found)


def _documented(client: DocumentedClient, redirect: Redirect) -> ClientIdentity | Unredirectable:
    """Return who is behind a document.

    Its host is verified where the answer goes to the web: to nobody but whom the document names.
    To a port or a scheme of this machine any program may have it sent, under any document.
    """
    refusal = _judge_documented(client, redirect)
    if refusal is not None:
        return _no_client(refusal)
    origin = f"https://{client.host}" if redirect.kind is RedirectKind.HTTPS else None
    return ClientIdentity(
        client_id=client.client_id,
        key=ClientId(origin or client.host),
        name=client.host,
        trust=Trust.DOCUMENT,
        origin=origin,
        confusable=is_confusable(client.name) or is_foreign_host(client.host),
        dpop_bound=client.dpop_bound,
        claim=client.name,
        host=client.host,
    )


def _undocumented(
    client_id: str, redirect: Redirect, known: RegisteredClient | None
) -> ClientIdentity | Unredirectable:
    if client_id.startswith(REGISTERED_PREFIX):
        refusal = _judge_registered(known, redirect)
    else:
        refusal = _judge_client_id(client_id, redirect.origin)
    if refusal is not None:
        return _no_client(refusal)
    if redirect.origin is not None:
        name, key, trust = redirect.target, redirect.origin, Trust.WEB_ORIGIN
    else:
        claimed = client_id if known is None else known.name
        name, trust = plain(claimed, BARE_NAME_CHARS_MAX), Trust.BARE_NAME
        key = name
    if known is not None:
        trust = Trust.REGISTERED
    return ClientIdentity(
        client_id=ClientId(client_id),
        key=ClientId(key),
        name=name,
        trust=trust,
        origin=redirect.origin,
        confusable=is_confusable(name) or is_foreign_host(redirect.host or ""),
        dpop_bound=known is not None and known.dpop_bound,
    )


def judge_redirect(uri: str, own_ports: Collection[int]) -> Redirect | Unredirectable:
    """Return ``uri`` as a redirect that may be answered, or why not.

    ``own_ports`` are the wallet's own on loopback: an answer sent there would make the wallet
    call itself. RFC 6749 section 3.1.2, RFC 8252 sections 7 and 8.3.
    """
    refusal = _judge_text(uri)
    match = _SCHEME.fullmatch(uri)
    if refusal is not None or match is None:
        return _no_redirect(refusal or "Its redirect_uri must be a whole URI with a scheme.")
    scheme = match["scheme"].lower()
    if scheme in {"http", "https"}:
        return _judge_web(uri, scheme, match["rest"], own_ports)
    if _PRIVATE_USE.fullmatch(scheme) is None:
        return _no_redirect(
            "Its redirect_uri must be http on 127.0.0.1 or [::1], https, or a private-use scheme"
            " with a dot, such as com.example.app:/answer."
        )
    return _judge_private_use(uri, scheme, match["rest"])


def _without_port(redirect: Redirect) -> tuple[str | None, str]:
    if redirect.kind is not RedirectKind.LOOPBACK:
        return None, redirect.uri
    return redirect.host, redirect.uri[len(f"http://{redirect.target}") :]


def _judge_registered(known: RegisteredClient | None, redirect: Redirect) -> str | None:
    if known is None:
        return (
            "It registered with another wallet, or was not approved within an hour, or this"
            " wallet is still locked. Unlock it, or let the app register again."
        )
    is_device = redirect.kind is RedirectKind.DEVICE
    if not is_device and not any(redirect.matches(each) for each in known.redirects):
        return "Its redirect_uri is none of those it registered."
    return None


def _judge_documented(client: DocumentedClient, redirect: Redirect) -> str | None:
    if redirect.kind is RedirectKind.DEVICE:
        return None if client.for_devices else "Its document lacks the grant_type of device codes."
    if not any(redirect.matches(each) for each in client.redirects):
        return "Its redirect_uri is none of those in its document."
    return None


def _judge_client_id(client_id: str, origin: str | None) -> str | None:
    if "://" in client_id:
        # A name that reads like an address is one only where the answer goes to that address.
        if len(client_id) > _CLIENT_URL_CHARS_MAX or not _URI.fullmatch(client_id):
            return "Its client_id is no URL."
        if client_id != origin:
            return "Its client_id is a URL of another place than its answers go to."
        return None
    if not 0 < len(client_id) <= BARE_NAME_CHARS_MAX:
        return f"Its client_id must have 1 to {BARE_NAME_CHARS_MAX} characters."
    normal = unicodedata.normalize("NFKC", client_id)
    if len(normal) > BARE_NAME_CHARS_MAX or plain(client_id, BARE_NAME_CHARS_MAX) != normal:
        return "Its client_id holds characters that cannot be seen, or needless spaces."
    return None


def _judge_text(uri: str) -> str | None:
    if not 0 < len(uri) <= REDIRECT_CHARS_MAX:
        return f"Its redirect_uri must have 1 to {REDIRECT_CHARS_MAX} characters."
    if "#" in uri:
        return "Its redirect_uri must not have a fragment."
    if _URI.fullmatch(uri) is None:
        return "Its redirect_uri holds characters that no URI has; they need percent-encoding."
    if _HIDDEN.search(unquote_to_bytes(uri)):
        return "Its redirect_uri hides control characters or backslashes in percent-encoding."
    query = uri.partition("?")[2]
    if _ANSWER_PARAMETER.search(query):
        return "Its redirect_uri already holds a parameter of the answer."
    return None


def _judge_web(
    uri: str, scheme: str, rest: str, own_ports: Collection[int]
) -> Redirect | Unredirectable:
    parts = _PARTS.fullmatch(rest)
    if parts is None:
        return _no_redirect("Its redirect_uri names no host.")
    authority = parts["authority"]
    if "@" in authority:
        return _no_redirect("Its redirect_uri must not hold a user name.")
    match = (_LOOPBACK if scheme == "http" else _HOST).fullmatch(authority)
    if match is None or _is_local_name(match["host"]) or len(match["host"]) > _HOST_CHARS_MAX:
        return _no_redirect(_why_not_host(scheme, authority))
    port = None if match["port"] is None else int(match["port"])
    if port is not None and port > _PORT_MAX:
        return _no_redirect("Its redirect_uri names a port that does not exist.")
    if scheme == "http" and port in own_ports:
        return _no_redirect("Its redirect_uri is one of this wallet's own ports.")
    return Redirect(
        uri=uri,
        kind=RedirectKind.LOOPBACK if scheme == "http" else RedirectKind.HTTPS,
        scheme=scheme,
        host=match["host"].lower(),
        port=port,
        has_query=parts["query"] is not None,
    )


def _judge_private_use(uri: str, scheme: str, rest: str) -> Redirect | Unredirectable:
    parts = _PARTS.fullmatch(rest)
    if parts is not None and "@" in parts["authority"]:
        return _no_redirect("Its redirect_uri must not hold a user name.")
    if not rest.startswith("/"):
        return _no_redirect(f"Its redirect_uri must go on with a slash after {scheme}:")
    return Redirect(
        uri=uri,
        kind=RedirectKind.PRIVATE_USE,
        scheme=scheme,
        host=None,
        port=None,
        has_query="?" in rest,
    )


def _is_local_name(host: str) -> bool:
    return host.lower() == "localhost" or host.lower().endswith(".localhost")


def _why_not_host(scheme: str, authority: str) -> str:
    if _is_local_name(authority.partition(":")[0]):
        return (
            "Its redirect_uri says localhost, which may be anyone: use http://127.0.0.1:PORT/, and"
            " open a page there as well."
        )
    if scheme == "http":
        return "Plain http goes to http://127.0.0.1:PORT/ or http://[::1]:PORT/ only."
    return "Its https redirect_uri must name a host, not an IP address."


def _no_redirect(detail: str) -> Unredirectable:
    return Unredirectable(title=_TITLE, detail=detail)


def _no_client(detail: str) -> Unredirectable:
    return Unredirectable(title="That app does not say who it is", detail=detail)
