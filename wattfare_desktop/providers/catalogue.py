"""Which providers there are: rows of ``resources/providers.toml``, and how a model is routed.

Everything that tells one provider from another is a field of its row; code asks the field, never
the name.
"""

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from wattfare_desktop.providers.dialect import DialectName, OutputLimitField, RequestRefusal

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
_PATH: Final = re.compile(r"(/[A-Za-z0-9._~-]+)+", re.ASCII)
_QUERY: Final = re.compile(r"[A-Za-z0-9._~=&-]+", re.ASCII)
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.ASCII)
_BASE_CHARS_MAX: Final = 2_000
_PORT_MAX: Final = 65_535

_NEEDED: Final = ("id", "name", "base")
_TEXTS: Final = {
    "base_example": "",
    "auth": "bearer",
    "key_check": "/models",
    "models": "/models",
    "limit_field": "as_sent",
    "balance": "",
    "console": "",
}
"""What a row may say, and what it says where it does not."""
_FLAGS: Final = ("key_optional", "local", "practice", "closing_ends_bill")
_OTHERS: Final = (
    "price_id",
    "dialects",
    "paths",
    "headers",
    "balance_shape",
    "found_at",
    "found_by",
)
_DIALECTS: Final = (DialectName.OPENAI_CHAT,)


class CatalogueError(ValueError):
    """The catalogue's text is not what it should be."""


class KeyPlacement(StrEnum):
    """Where the key goes in a request upstream: what is not said is a header of that name.

    ``BEARER`` and ``KEY`` are schemes of the Authorization header.
    """

    BEARER = "bearer"
    API_KEY = "api-key"
    X_API_KEY = "x-api-key"
    X_GOOG_API_KEY = "x-goog-api-key"
    KEY = "key"
    NONE = "none"


class BalanceShape(StrEnum):
    """How a provider tells what is left there."""

    DEEPSEEK = "deepseek"
    MOONSHOT = "moonshot"
    OPENROUTER = "openrouter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmark:
    """How a model server of this machine is found: its usual port, and what it answers there.

    A GET of ``path`` is answered with an object that has ``member``; others' have not.
    """

    port: int
    path: str
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One row of the catalogue. ``base_url`` has no trailing slash; empty is not known yet.

    Where only the user knows the base, ``base_example`` shows what one looks like. A provider of
    several APIs may have each below a path of its own (``paths``). A path that is empty is not
    known: the key cannot be asked about, models or balance are not told. ``practice``
    and ``local`` are labels to show: no rule depends on them. ``closing_ends_bill``: hanging up on
    a stream is known to stop it, and what it costs. ``landmark`` is how one on this machine is
    found. ``headers`` go with every request, unless the dialect says otherwise.
    """

    id: str
    name: str
    base_url: str
    base_example: str
    dialects: tuple[DialectName, ...]
    paths: Mapping[DialectName, str]
    auth: KeyPlacement
    key_optional: bool
    key_check_path: str
    models_path: str
    price_id: str
    limit_field: OutputLimitField
    balance_path: str
    balance_shape: BalanceShape | None
    console_url: str
    local: bool
    practice: bool
    closing_ends_bill: bool
    landmark: Landmark | None
    headers: Mapping[str, str] = field(default_factory=dict)

    def path_before(self, dialect: DialectName) -> str:
        """Return what stands between the base and the paths of ``dialect``."""
        return self.paths.get(dialect, "")

    @property
    def needs_key(self) -> bool:
        """Whether it answers nobody without a key."""
        return self.auth is not KeyPlacement.NONE and not self.key_optional

    @property
    def needs_base(self) -> bool:
        """Whether only its user knows where it is."""
        return not self.base_url and not self.practice


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRoute:
    """Who answers for a model, and what the model is called there."""

    provider: str
    model: str


class Catalogue:
    """The known providers by id, in the order of their rows."""

    def __init__(self, providers: Collection[Provider]) -> None:
        self._providers = {provider.id: provider for provider in providers}
        if len(self._providers) != len(providers):
            raise ValueError("two providers have the same id")

    def __iter__(self) -> Iterator[Provider]:
        return iter(self._providers.values())

    def __contains__(self, provider_id: object) -> bool:
        return provider_id in self._providers

    def find(self, provider_id: str) -> Provider | None:
        """Return the provider, or None where it is unknown."""
        return self._providers.get(provider_id)

    def with_base(self, provider_id: str, base_url: str) -> "Catalogue":
        """Return a catalogue in which this provider lives at ``base_url``."""
        changed = replace(self._providers[provider_id], base_url=base_url)
        return Catalogue([changed if row.id == provider_id else row for row in self])

    def joined(self, other: "Catalogue") -> "Catalogue":
        """Return a catalogue with the rows of ``other`` after these.

        Raises CatalogueError where an id stands in both.
        """
        twice = [row.id for row in other if row.id in self]
        if twice:
            raise CatalogueError(f"there is a provider {twice[0]} already")
        return Catalogue([*self, *other])

    def split_model(
        self, name: str, configured: Collection[str], has_model: Callable[[Provider, str], bool]
    ) -> ModelRoute | RequestRefusal:
        """Return who answers for ``name`` among the ``configured`` providers.

        ``provider/model`` names its provider. Any other name, slashes or not, goes to the first
        configured provider that ``has_model``: so ``openai/gpt-5`` reaches OpenRouter under
        that whole name where OpenAI itself is not configured.
        """
        prefix, _, rest = name.partition("/")
        if rest and prefix in configured and prefix in self:
            return ModelRoute(provider=prefix, model=rest)
        for provider in self:
            if provider.id in configured and has_model(provider, name):
                return ModelRoute(provider=provider.id, model=name)
        if rest and prefix in self:
            message = f"This wallet has no funding for the provider '{prefix}'."
        else:
            message = f"No provider configured in this wallet has the model '{name}'."
        return RequestRefusal(message=message, code="model_not_found", param="model", status=404)

    def model_of(
        self, provider_id: str, name: str, configured: Collection[str]
    ) -> ModelRoute | RequestRefusal:
        """Return the route to ``name`` at one provider, whose prefix the name may carry."""
        if provider_id in configured and provider_id in self:
            return ModelRoute(provider=provider_id, model=name.removeprefix(f"{provider_id}/"))
        if provider_id in self:
            message = f"This wallet has no funding for the provider '{provider_id}'."
        else:
            message = f"Wattfare knows no provider '{provider_id}'."
        return RequestRefusal(message=message, code="model_not_found", param="model", status=404)


def parse_catalogue(toml_text: str) -> Catalogue:
    """Return the catalogue in a TOML text. Raises CatalogueError, naming the row at fault."""
    rows = tomllib.loads(toml_text).get("providers")
    if not isinstance(rows, list):
        raise CatalogueError("a catalogue has [[providers]] rows")
    return Catalogue([_provider(row, index) for index, row in enumerate(rows)])


def _provider(row: Any, index: int) -> Provider:
    where = f"provider row {index + 1}"
    if not isinstance(row, dict):
        raise CatalogueError(f"{where} is not a table")
    unknown = set(row) - {*_NEEDED, *_TEXTS, *_FLAGS, *_OTHERS}
    if unknown:
        raise CatalogueError(f"{where}: unknown fields {sorted(unknown)}")
    texts = {name: _typed(row, name, str, where) for name in _NEEDED}
    texts |= {
        name: _typed({name: usual, **row}, name, str, where) for name, usual in _TEXTS.items()
    }
    texts["price_id"] = _typed({"price_id": texts["id"], **row}, "price_id", str, where)
    flags = {name: _typed({name: False, **row}, name, bool, where) for name in _FLAGS}
    if not _ID.fullmatch(texts["id"]):
        raise CatalogueError(f"{where}: an id is lower-case letters, digits and hyphens")
    for name in ("key_check", "models", "balance"):
        path, mark, query = texts[name].partition("?")
        if (texts[name] and not _PATH.fullmatch(path)) or (mark and not _QUERY.fullmatch(query)):
            raise CatalogueError(f"{where}: {name} is not a path")
    shape = row.get("balance_shape")
    return Provider(
        id=texts["id"],
        name=texts["name"],
        base_url=read_base_url(texts["base"]) if texts["base"] else "",
        base_example=texts["base_example"],
        dialects=_dialects(row.get("dialects", _DIALECTS), where),
        paths=_paths(row.get("paths", {}), where),
        auth=KeyPlacement(texts["auth"]),
        key_check_path=texts["key_check"],
        models_path=texts["models"],
        price_id=texts["price_id"],
        limit_field=OutputLimitField(texts["limit_field"]),
        balance_path=texts["balance"],
        balance_shape=None if shape is None else BalanceShape(shape),
        console_url=texts["console"],
        landmark=_landmark(row, where),
        headers=_headers(row.get("headers", {}), where),
        **flags,
    )


def _dialects(names: Any, where: str) -> tuple[DialectName, ...]:
    if not isinstance(names, list | tuple) or not names:
        raise CatalogueError(f"{where}: dialects is a list of one or more")
    return tuple(DialectName(name) for name in names)


def _paths(paths: Any, where: str) -> Mapping[DialectName, str]:
    if not isinstance(paths, dict) or not all(
        isinstance(path, str) and _PATH.fullmatch(path) for path in paths.values()
    ):
        raise CatalogueError(f"{where}: paths is a table of dialects and paths")
    return {DialectName(name): path for name, path in paths.items()}


def _headers(told: Any, where: str) -> Mapping[str, str]:
    pairs = told.items() if isinstance(told, dict) else ((None, None),)
    if not all(isinstance(name, str) and isinstance(value, str) for name, value in pairs):
        raise CatalogueError(f"{where}: headers are a table of texts")
    return dict(told)


def _landmark(row: dict[str, Any], where: str) -> Landmark | None:
    match row.get("found_at"), row.get("found_by"):
        case None, None:
            return None
        case int(port), [str(path), str(member)] if _PATH.fullmatch(path):
            return Landmark(port=port, path=path, member=member)
    raise CatalogueError(f"{where}: found_at is a port, found_by a path and a member")


def _typed(row: dict[str, Any], name: str, kind: type, where: str) -> Any:
    value = row.get(name)
    if not isinstance(value, kind):
        raise CatalogueError(f"{where}: {name} is missing or not of type {kind.__name__}")
    return value


def read_base_url(text: str, *, allow_plain_http: bool = False) -> str:
    """Return a base URL as it is kept: scheme and host in lower case, no trailing slash.

    Plain http carries the key in the clear, so it is for this machine only unless the user chose
    ``allow_plain_http``. Raises ValueError, fit to be shown.
    """
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise ValueError("a base URL is printable ASCII without spaces or backslashes")
    if len(text) > _BASE_CHARS_MAX:
        raise ValueError(f"a base URL has at most {_BASE_CHARS_MAX} characters")
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError('a base URL begins with "https://" or "http://" and a host')
    if "@" in parts.netloc:
        raise ValueError("a base URL carries no user name or password")
    if "?" in text or "#" in text:
        raise ValueError("a base URL has no query and no fragment")
    path = parts.path.rstrip("/")
    if any(step in {"", ".", ".."} for step in path.split("/")[1:]):
        raise ValueError("a base URL's path has no empty and no dot steps")
    host = _host(parts.hostname)
    if parts.scheme == "http" and not allow_plain_http and not _is_loopback(host):
        raise ValueError("plain http would send the key in the clear: use https")
    return f"{parts.scheme}://{host}{_port_suffix(parts.netloc)}{path}"


def _host(hostname: str | None) -> str:
    host = hostname or ""
    if ":" in host:
        return f"[{ip_address(host).compressed}]"
    if not _HOST.fullmatch(host) or ".." in host:
        raise ValueError("a base URL's host is a name or an address")
    return host


def _port_suffix(netloc: str) -> str:
    """Return the port as it was written, checked."""
    _, colon, port = netloc.rpartition("]")[2].partition(":")
    if not colon:
        return ""
    if not port.isdigit() or not 0 < int(port) <= _PORT_MAX:
        raise ValueError(f"a port is a number from 1 to {_PORT_MAX}")
    return f":{int(port)}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
