"""An authority of the tests, and a server that shows its certificate."""

import datetime as dt
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = dt.timedelta(days=1)


def no_trust() -> ssl.SSLContext:
    """Return what trusts nobody; for gateways whose providers are reached by plain http."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class TestAuthority:
    """Signs certificates; ``pem`` is its own."""

    __test__ = False

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Authority of the tests")
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        built = _builder(name, name, self._key).add_extension(constraints, critical=True)
        self._certificate = built.sign(self._key, hashes.SHA256())
        self.pem = self._certificate.public_bytes(serialization.Encoding.PEM)

    def server_context(self, folder: Path) -> ssl.SSLContext:
        """Return what a server of 127.0.0.1 needs; its key is left in ``folder``."""
        key = ec.generate_private_key(ec.SECP256R1())
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        built = _builder(_name("127.0.0.1"), self._certificate.subject, key).add_extension(
            x509.SubjectAlternativeName([address]), critical=False
        )
        certificate = built.sign(self._key, hashes.SHA256())
        file = folder / "server.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _DAY)
    )
