"""Authorities are found where each distribution has them, and a place that was named is used."""

import asyncio
import os
import ssl
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.tls import TestAuthority
from wattfare_desktop.system.certificates import (
    BUNDLES,
    Authorities,
    NoAuthorities,
    client_context,
    find_authorities,
)

pytestmark = pytest.mark.skipif(
    sys.platform in {"win32", "darwin"}, reason="the system judges certificates itself there"
)

DEBIAN = "etc/ssl/certs/ca-certificates.crt"
FEDORA = "etc/pki/tls/certs/ca-bundle.crt"
FEDORA_44 = "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"


@pytest.fixture(scope="module")
def authority() -> TestAuthority:
    return TestAuthority()


def laid_out(root: Path, bundle: str, content: bytes) -> Path:
    file = root / bundle
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("bundle", BUNDLES)
def test_each_distributions_place_is_known(
    tmp_path: Path, authority: TestAuthority, bundle: str
) -> None:
    file = laid_out(tmp_path, bundle, authority.pem + TestAuthority().pem)

    assert find_authorities({}, tmp_path) == Authorities(place=file, count=2)


def test_debian_and_fedora_are_among_them() -> None:
    assert {DEBIAN, FEDORA, FEDORA_44} <= set(BUNDLES)


def test_an_empty_bundle_does_not_hide_the_next(tmp_path: Path, authority: TestAuthority) -> None:
    laid_out(tmp_path, DEBIAN, b"")
    file = laid_out(tmp_path, FEDORA, authority.pem)

    assert find_authorities({}, tmp_path) == Authorities(place=file, count=1)


def test_a_root_without_any_has_none(tmp_path: Path) -> None:
    laid_out(tmp_path, FEDORA, b"no certificates at all")

    assert find_authorities({}, tmp_path) == NoAuthorities()


def test_a_file_that_was_named_alone_counts(tmp_path: Path, authority: TestAuthority) -> None:
    laid_out(tmp_path, DEBIAN, authority.pem * 3)
    own = laid_out(tmp_path, "own.pem", authority.pem)

    found = find_authorities({"SSL_CERT_FILE": str(own)}, tmp_path)

    assert found == Authorities(place=own, count=1)


def test_a_named_file_that_is_not_there_is_told_and_not_passed_over(
    tmp_path: Path, authority: TestAuthority
) -> None:
    laid_out(tmp_path, DEBIAN, authority.pem)
    gone = tmp_path / "gone.pem"

    found = find_authorities({"SSL_CERT_FILE": str(gone)}, tmp_path)

    assert found == NoAuthorities(named_by="SSL_CERT_FILE", place=gone)


def test_of_a_named_folder_those_are_counted_that_openssl_opens(
    tmp_path: Path, authority: TestAuthority
) -> None:
    for name in ("1a2b3c4d.0", "deadbeef.12", "authority.pem"):
        (tmp_path / name).write_bytes(authority.pem)

    found = find_authorities({"SSL_CERT_DIR": str(tmp_path)})

    assert found == Authorities(place=tmp_path, count=2)
    several = os.pathsep.join((str(tmp_path / "gone"), str(tmp_path)))
    assert find_authorities({"SSL_CERT_DIR": several}) == found


async def greeted(context: ssl.SSLContext, server_context: ssl.SSLContext) -> bool:
    """Return whether a client of ``context`` accepts a server of ``server_context``."""

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=server_context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        except ssl.SSLCertVerificationError:
            return False
        with closing(writer):
            return True


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_the_authorities_found_are_those_that_are_trusted(
    tmp_path: Path, authority: TestAuthority
) -> None:
    known = laid_out(tmp_path, "known.pem", authority.pem)
    other = laid_out(tmp_path, "other.pem", TestAuthority().pem)
    server = authority.server_context(tmp_path)

    trusting = client_context({"SSL_CERT_FILE": str(known)})
    distrusting = client_context({"SSL_CERT_FILE": str(other)})
    without = client_context({"SSL_CERT_FILE": str(tmp_path / "gone.pem")})

    assert await greeted(trusting, server)
    assert not await greeted(distrusting, server)
    assert not await greeted(without, server)
