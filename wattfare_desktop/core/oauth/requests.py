"""An authorization request (RFC 6749 section 4.1.1, with RFC 7636 and RFC 9396), read strictly.

It comes as a ``wattfare:`` URI from the operating system or as the query of a browser's GET. The
client and its redirect are judged before all else: only once both hold is there anyone to answer.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from wattfare_desktop.core.identifiers import ClientId
from wattfare_desktop.core.oauth.clients import (
    NONE_KNOWN,
    ClientIdentity,
    DocumentWanted,
    KnownClients,
    Redirect,
    identify,
    judge_redirect,
)
from wattfare_desktop.core.oauth.details import read_details
from wattfare_desktop.core.oauth.dpop import is_thumbprint
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected, Unredirectable
from wattfare_desktop.core.oauth.grants import SpendProposal
from wattfare_desktop.core.oauth.pushed import PushedReference, reference_in
from wattfare_desktop.core.oauth.refreshing import OFFLINE_ACCESS

REQUEST_CHARS_MAX: Final = 8 * 1024
STATE_CHARS_MAX: Final = 1024

_REQUEST_URI: Final = re.compile(
    r"wattfare:(?://authorize/?|authorize)\?(?P<query>.*)", re.IGNORECASE
)
_QUERY: Final = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*")
_STATE: Final = re.compile(rf"[\x20-\x7e]{{1,{STATE_CHARS_MAX}}}")
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*")
# 32 bytes in base64url: the last of 43 characters carries four bits, so sixteen are possible.
_S256_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_TITLE: Final = "That request cannot be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request wants, whoever makes it and however; for the members see below."""

    proposal: SpendProposal | None
    offline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A request that is in order and may be put before the user.

    ``code_challenge`` is of method S256. Where ``proposal`` is None the app named no terms.
    ``offline`` asks for refresh tokens. ``dpop_jkt`` is the key that alone may trade the code
    (RFC 9449 section 10).
    """

    client: ClientIdentity
    redirect: Redirect
    state: str | None
    code_challenge: str
    proposal: SpendProposal | None
    offline: bool = False
    dpop_jkt: str | None = None

    @property
    def client_id(self) -> ClientId:
        """The client's identifier, exactly as it was sent."""
        return self.client.client_id

    @property
    def place(self) -> str:
        """Where it is from, to be shown: the host that is verified, or where the answer goes."""
        return (self.client.verified and self.client.host) or self.redirect.target

    @property
    def proof_required(self) -> bool:
        """Whether an access is given out to a key that signs, and nobody else (RFC 9449)."""
        # A key that was named when asking is the only one that may come for the code.
        asked = self.proposal is not None and self.proposal.proof_required
        return asked or self.dpop_jkt is not None or self.client.dpop_bound


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRequest:
    """A faulty request of a client that can be told so: by ``redirect``, with its ``state``."""

    rejected: Rejected
    client: ClientIdentity
    redirect: Redirect
    state: str | None


WholeOutcome = AuthorizationRequest | RejectedRequest | Unredirectable
"""What a request comes to that carries all its parameters itself."""

RequestOutcome = WholeOutcome | PushedReference | DocumentWanted


def read_uri(
    uri: str, own_ports: Collection[int], clients: KnownClients = NONE_KNOWN
) -> RequestOutcome:
    """Read ``wattfare://authorize?...`` or ``wattfare:authorize?...``, whatever the text.

    A slash after ``//authorize`` is let pass: some desktops add one. For ``own_ports`` see
    :func:`clients.judge_redirect`, for ``clients`` :func:`clients.identify`.
    """
    if len(uri) > REQUEST_CHARS_MAX:
        return _unreadable(f"Its address is longer than {REQUEST_CHARS_MAX} characters.")
    match = _REQUEST_URI.fullmatch(uri)
    if match is None:
        return _unreadable("Its address does not begin with wattfare://authorize?")
    return read_query(match["query"], own_ports, clients)


def read_query(
    query: str, own_ports: Collection[int], clients: KnownClients = NONE_KNOWN
) -> RequestOutcome:
    """Read a query as it came over the wire, still percent-encoded."""
    if len(query) > REQUEST_CHARS_MAX:
        return _unreadable(f"Its query is longer than {REQUEST_CHARS_MAX} characters.")
    if _QUERY.fullmatch(query) is None:
        return _unreadable("Its query holds characters that need percent-encoding.")
    fields = [field.partition("=") for field in query.split("&") if field]
    try:
        pairs = [(_decoded(name), _decoded(value)) for name, _, value in fields]
    except UnicodeDecodeError:
        return _unreadable("Its query is not UTF-8.")
    return reference_in(pairs) or read_pairs(pairs, own_ports, clients)


def read_pairs(
    pairs: Sequence[tuple[str, str]],
    own_ports: Collection[int],
    clients: KnownClients = NONE_KNOWN,
) -> WholeOutcome | DocumentWanted:
    """Read the decoded parameters of a whole request, in order and with every repetition."""
    if sum(len(name) + len(value) for name, value in pairs) > REQUEST_CHARS_MAX:
        return _unreadable(f"It is longer than {REQUEST_CHARS_MAX} characters.")
    counts = Counter(name for name, _ in pairs)
    if counts["client_id"] != 1 or counts["redirect_uri"] != 1:
        return _unreadable("It must name one client_id and one redirect_uri.")
    # RFC 6749, 3.1: a parameter without a value is as good as none.
    parameters = {name: value for name, value in pairs if value}
    redirect = judge_redirect(parameters.get("redirect_uri", ""), own_ports)
    if isinstance(redirect, Unredirectable):
        return redirect
    client = identify(parameters.get("client_id", ""), redirect, clients)
    if isinstance(client, Unredirectable | DocumentWanted):
        return client
    repeated = {name for name, count in counts.items() if count > 1}
    return _judge_rest(parameters, repeated, client, redirect)


def _judge_rest(
    parameters: Mapping[str, str],
    repeated: Collection[str],
    client: ClientIdentity,
    redirect: Redirect,
) -> AuthorizationRequest | RejectedRequest:
    state = _usable_state(parameters, repeated)
    asked = _judge_flow(parameters, repeated) or read_asked(parameters)
    if isinstance(asked, Rejected):
        return RejectedRequest(rejected=asked, client=client, redirect=redirect, state=state)
    return AuthorizationRequest(
        client=client,
        redirect=redirect,
        state=state,
        code_challenge=parameters["code_challenge"],
        proposal=asked.proposal,
        offline=asked.offline,
        dpop_jkt=parameters.get("dpop_jkt"),
    )


def read_asked(parameters: Mapping[str, str]) -> Asked | Rejected:
    """Return what ``authorization_details`` and ``scope`` ask for, in whatever flow."""
    scope = parameters.get("scope", "")
    refusal = _judge_scope(scope or None)
    if refusal is not None:
        return refusal
    details = parameters.get("authorization_details", "")
    proposal = read_details(details) if details else None
    if isinstance(proposal, Rejected):
        return proposal
    return Asked(proposal=proposal, offline=OFFLINE_ACCESS in scope.split(" "))


def _judge_flow(parameters: Mapping[str, str], repeated: Collection[str]) -> Rejected | None:
    if repeated:
        return _invalid("A parameter is there twice.")
    if "state" in parameters and _STATE.fullmatch(parameters["state"]) is None:
        return _invalid(f"state must have at most {STATE_CHARS_MAX} characters, visible ASCII.")
    return (
        _judge_form(parameters)
        or _judge_challenge(parameters)
        or judge_key(parameters.get("dpop_jkt"))
    )


def _judge_form(parameters: Mapping[str, str]) -> Rejected | None:
    if "request" in parameters:
        return Rejected.because(OAuthError.REQUEST_NOT_SUPPORTED)
    if "request_uri" in parameters:
        return Rejected.because(OAuthError.REQUEST_URI_NOT_SUPPORTED)
    if "response_type" not in parameters:
        return _invalid("response_type is missing.")
    if parameters["response_type"] != "code":
        return Rejected.because(OAuthError.UNSUPPORTED_RESPONSE_TYPE)
    return None


def _judge_challenge(parameters: Mapping[str, str]) -> Rejected | None:
    # Without a method RFC 7636 means "plain", which anyone who sees the request can answer.
    if parameters.get("code_challenge_method", "plain") != "S256":
        return _invalid("code_challenge_method must be S256.")
    if _S256_CHALLENGE.fullmatch(parameters.get("code_challenge", "")) is None:
        return _invalid("code_challenge must be a SHA-256 in base64url, 43 characters.")
    return None


def _judge_scope(scope: str | None) -> Rejected | None:
    """Refuse a malformed scope; one that is merely unknown, RFC 6749 section 3.3 lets us ignore.

    Known is ``offline_access`` alone: what a grant covers is in its details.
    """
    if scope is None or _SCOPE.fullmatch(scope) is not None:
        return None
    return Rejected.because(OAuthError.INVALID_SCOPE)


def judge_key(dpop_jkt: str | None) -> Rejected | None:
    """Refuse a ``dpop_jkt`` (RFC 9449 section 10) that is no thumbprint of a key."""
    if dpop_jkt is None or is_thumbprint(dpop_jkt):
        return None
    return _invalid("dpop_jkt must be a SHA-256 thumbprint in base64url, 43 characters.")


def _usable_state(parameters: Mapping[str, str], repeated: Collection[str]) -> str | None:
    """Return the state to send back, if there is one and only one that may be."""
    state = parameters.get("state")
    if state is None or "state" in repeated or _STATE.fullmatch(state) is None:
        return None
    return state


def _invalid(description: str) -> Rejected:
    return Rejected.because(OAuthError.INVALID_REQUEST, description)


def _decoded(text: str) -> str:
    """Undo application/x-www-form-urlencoded; raises UnicodeDecodeError."""
    return unquote_to_bytes(text.replace("+", " ")).decode()


def _unreadable(detail: str) -> Unredirectable:
    return Unredirectable(title=_TITLE, detail=detail)
