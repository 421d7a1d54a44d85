"""The authorities by whose certificates a provider is known.

macOS and Windows judge a certificate themselves, asked through truststore. On Linux the OpenSSL of
a frozen program looks where the distribution of its *builder* keeps the authorities; so they are
looked for here, in the places of all distributions, and what is found is what is used and told.
"""

import os
import re
import ssl
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import truststore

BUNDLES: Final = (
    "etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine, Gentoo, NixOS
    "etc/pki/tls/certs/ca-bundle.crt",  # Fedora to 43, RHEL to 10
    "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora from 44, RHEL from 11
    "etc/ssl/ca-bundle.pem",  # openSUSE
    "etc/ssl/cert.pem",  # Alpine, the BSDs
)
"""Files of all authorities, below the root, the likeliest first."""

_FILE_VARIABLE: Final = "SSL_CERT_FILE"
_FOLDER_VARIABLE: Final = "SSL_CERT_DIR"
# As c_rehash names them: OpenSSL opens no other file of a folder.
_HASHED: Final = re.compile(r"[0-9a-f]{8}\.[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorities:
    """Authorities that were read; ``place`` is a file, or a folder of files."""

    place: Path
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAuthorities:
    """None can be read; ``named_by`` is the variable that says where they are, "" for none."""

    named_by: str = ""
    place: Path | None = None


def system_judges() -> bool:
    """Return whether the operating system itself judges certificates."""
    return sys.platform in {"win32", "darwin"}


def find_authorities(
    environment: Mapping[str, str], root: Path = Path("/")
) -> Authorities | NoAuthorities:
    """Return the authorities of a Linux system.

    Where SSL_CERT_FILE, or else SSL_CERT_DIR, names a place it alone counts: who names one means to
    trust nobody else.
    """
    for variable in (_FILE_VARIABLE, _FOLDER_VARIABLE):
        if named := environment.get(variable):
            # OpenSSL takes several folders, as PATH does.
            places = [Path(each) for each in named.split(os.pathsep) if each]
            return _first_readable(places) or NoAuthorities(named_by=variable, place=Path(named))
    return _first_readable(root / bundle for bundle in BUNDLES) or NoAuthorities()


def client_context(environment: Mapping[str, str]) -> ssl.SSLContext:
    """Return what judges a provider's certificate; blocks while the authorities are read.

    Where there are none every provider is refused: nobody is trusted for want of a list.
    """
    if system_judges():
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    found = find_authorities(environment)
    if isinstance(found, Authorities):
        _read(context, found.place)
    return context


def _first_readable(places: Iterable[Path]) -> Authorities | None:
    for place in places:
        count = _count(place)
        if count:
            return Authorities(place=place, count=count)
    return None


def _count(place: Path) -> int:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if place.is_dir():
            return sum(1 for path in place.iterdir() if _HASHED.fullmatch(path.name))
        _read(context, place)
    except OSError:  # not there, not ours to read, or (ssl.SSLError) no certificates
        return 0
    return context.cert_store_stats()["x509"]


def _read(context: ssl.SSLContext, place: Path) -> None:
    if place.is_dir():
        context.load_verify_locations(capath=place)
    else:
        context.load_verify_locations(cafile=place)
