"""What is posted to an OAuth endpoint: a form, read strictly."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.oauth.errors import OAuthError, Rejected
from wattfare_desktop.gateway.connection import connection_of

BODY_BYTES_MAX: Final = 16 * 1024
_FORM: Final = "application/x-www-form-urlencoded"


async def read_form(request: BaseRequest) -> Mapping[str, str] | Rejected:
    """Return the parameters of a form post; a repeated one is refused (RFC 6749 section 3.2)."""
    if request.content_type != _FORM:
        return _invalid(f"Send the parameters as {_FORM}.")
    body = await read_body(request)
    if body is None:
        return _invalid("The form is too large.")
    try:
        pairs: Sequence[tuple[str, str]] = parse_qsl(
            body.decode("ascii"), max_num_fields=50, errors="strict"
        )
    except ValueError:
        return _invalid("The form cannot be read.")
    form = dict(pairs)
    if len(form) != len(pairs):
        return _invalid("A parameter is there twice.")
    return form


def bound_form(form: Mapping[str, str], jkt: str | Rejected | None) -> Mapping[str, str] | Rejected:
    """Return ``form`` with the key ``jkt`` whose proof came along as its ``dpop_jkt``.

    Where it names another key itself, it is refused (RFC 9449 section 10.1).
    """
    if jkt is None or isinstance(jkt, Rejected):
        return jkt or form
    if form.get("dpop_jkt", jkt) != jkt:
        return Rejected.because(
            OAuthError.INVALID_DPOP_PROOF, "The proof is by another key than dpop_jkt."
        )
    return {**form, "dpop_jkt": jkt}


async def read_body(request: BaseRequest) -> bytes | None:
    """Return the body, or None where it is larger than 16 KiB.

    Raises HTTPRequestTimeout where it does not come in time.
    """
    try:
        async with asyncio.timeout(connection_of(request).limits.body_s):
            return await _read_body(request)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None


async def _read_body(request: BaseRequest) -> bytes | None:
    body = await request.content.read(BODY_BYTES_MAX + 1)
    while len(body) <= BODY_BYTES_MAX and not request.content.at_eof():
        body += await request.content.read(BODY_BYTES_MAX + 1)
    return body if len(body) <= BODY_BYTES_MAX else None


def _invalid(description: str) -> Rejected:
    return Rejected.because(OAuthError.INVALID_REQUEST, description)
