"""A site that publishes clients' documents: real TLS on loopback, by an authority of its own.

It is reached under its name through a look-up that a test gives to the source; nothing else of the
way there is replaced::

    async with document_site() as site:
        site.publish(client_name="Notes AI")
        fetched = await site.source().fetch(site.url)
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from wattfare_desktop.core.oauth.document_urls import DocumentUrl
from wattfare_desktop.gateway.document_source import HttpDocumentSource, LookUp
from wattfare_desktop.system.programs import End, end_of

HOST: Final = "notes.example"
WEB: Final = f"https://app.{HOST}/cb"
LOOPBACK: Final = "http://127.0.0.1/cb"


class DocumentSite:
    """Answers each connection with ``sends``: bytes as they are, numbers as pauses in seconds."""

    def __init__(self, port: int, tls: ssl.SSLContext) -> None:
        self.port = port
        self.tls = tls
        self.url = DocumentUrl(text=f"https://{HOST}/client.json", host=HOST)
        self.sends: Sequence[bytes | float] = ()
        self.requests: list[bytes] = []
        self.names: list[str | None] = []
        """What clients said by SNI whom they came for."""

    def publish(self, *, headers: Sequence[str] = (), **members: Any) -> None:
        """Publish a document that is in order but for ``members``."""
        told = {"client_id": self.url.text, "redirect_uris": [WEB, LOOPBACK]} | members
        self.answer(json.dumps(told).encode(), headers=headers)

    def answer(
        self,
        body: bytes,
        *,
        status: str = "200 OK",
        headers: Sequence[str] = (),
        content_type: str = "application/json",
    ) -> None:
        """Answer with just that."""
        lines = (
            f"HTTP/1.1 {status}",
            f"Content-Type: {content_type}",
            f"Content-Length: {len(body)}",
            *headers,
        )
        self.sends = ["".join(f"{line}\r\n" for line in (*lines, "")).encode() + body]

    def source(self, look_up: LookUp | None = None, **options: Any) -> HttpDocumentSource:
        """Return a source that finds this site by ``look_up``, or at its address on loopback."""
        options.setdefault("allows", "127.0.0.1".__eq__)
        return HttpDocumentSource(look_up or self.at("127.0.0.1"), trusting(self.tls), **options)

    def at(self, *answers: str | Sequence[str]) -> "ScriptedLookUp":
        """Return a look-up that gives one of ``answers`` each time, the last for good."""
        named = [[each] if isinstance(each, str) else each for each in answers]
        return ScriptedLookUp([[end_of((name, self.port)) for name in each] for each in named])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request and answer it."""
        try:
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            for each in self.sends:
                if isinstance(each, bytes):
                    writer.write(each)
                    await writer.drain()
                else:
                    await asyncio.sleep(each)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


class ScriptedLookUp:
    """Takes the place of DNS, and counts how often it was asked."""

    def __init__(self, answers: list[list[End]]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Sequence[End]:
        self.asked.append(host)
        return self._answers[min(len(self.asked), len(self._answers)) - 1]


@asynccontextmanager
async def document_site(host: str = HOST, bind: str = "127.0.0.1") -> AsyncIterator[DocumentSite]:
    """Run a site that has a certificate for ``host``."""
    with TemporaryDirectory() as folder:
        served, trusting = await asyncio.to_thread(_contexts, Path(folder), host)
    sites: list[DocumentSite] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await sites[0].serve(reader, writer)

    served.sni_callback = _noting(sites)
    server = await asyncio.start_server(serve, bind, 0, ssl=served)
    async with server:
        sites.append(DocumentSite(server.sockets[0].getsockname()[1], trusting))
        yield sites[0]
        server.close()


def _noting(sites: list[DocumentSite]) -> Callable[[ssl.SSLObject, str | None, Any], None]:
    def note(_connection: ssl.SSLObject, name: str | None, _context: Any) -> None:
        sites[0].names.append(name)

    return note


def _contexts(folder: Path, host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server for ``host`` needs, and what a client that trusts it does."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _certificate("A test's authority", authority_key, None)
    leaf = _certificate(host, key, (authority.subject, authority_key))
    (folder / "ca.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(folder / "leaf.pem", folder / "key.pem")
    return served, ssl.create_default_context(cafile=folder / "ca.pem")


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: tuple[x509.Name, ec.EllipticCurvePrivateKey] | None,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issued_by, signing = (subject, key) if issuer is None else issuer
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issued_by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer is not None:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False
        )
    return builder.sign(signing, hashes.SHA256())


def trusting(tls: ssl.SSLContext) -> Callable[[], Awaitable[ssl.SSLContext]]:
    """Return what hands out ``tls`` to whoever asks which certificates count."""

    async def trusted() -> ssl.SSLContext:
        return tls

    return trusted
