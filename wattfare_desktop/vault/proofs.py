"""The signature of a proof of possession (RFC 9449), checked with the key that it carries.

joserfc's algorithms are called one level below its own reading of a JWS: everything that a header
may ask for was judged by ``core.oauth.dpop`` before, and its registry warns of the name ``EdDSA``,
which RFC 9864 has replaced and every client still sends.
"""

from wattfare_desktop.core.oauth.dpop import Proof


def is_signed(proof: Proof) -> bool:
    """Return whether the key in ``proof`` signed it."""
    # Not at the top of the file: most wallets have no app that signs, and would carry 6 MiB for it.
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import ECKey, OKPKey  # noqa: PLC0415
    from joserfc.jws import JWSRegistry  # noqa: PLC0415

    kind = ECKey if proof.algorithm == "ES256" else OKPKey
    try:
        key = kind.import_key(dict(proof.jwk))
        return JWSRegistry.algorithms[proof.algorithm].verify(proof.signed, proof.signature, key)
    except (JoseError, ValueError):
        # Bytes that are no point of the curve, say.
        return False
