"""Multipart forms (RFC 7578, RFC 2046 section 5.1), read strictly and written anew.

What goes upstream is written from the very parts that were priced, so a form that another parser
would cut in another way does no harm.
"""

import re
from collections.abc import Sequence
from email.message import Message
from typing import Final

from aiohttp import MultipartWriter

from wattfare_desktop.providers.dialect import FormPart

FORM_TYPE: Final = "multipart/form-data"
PARTS_MAX: Final = 256
HEAD_BYTES_MAX: Final = 8 * 1024
NAME_CHARS_MAX: Final = 256

_BOUNDARY_CHARS_MAX: Final = 70
_PLAIN_ENCODINGS: Final = frozenset({"7bit", "8bit", "binary"})
_PARAMETER: Final = re.compile(r';\s*([A-Za-z*-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))\s*')
_ESCAPED: Final = re.compile(r"\\(.)")
_ESCAPES: Final = str.maketrans({'"': "%22", "\\": "%5C", "\r": "%0D", "\n": "%0A"})


class BadForm(ValueError):  # noqa: N818 - it says what it is
    """The body is no form the wallet can vouch for; the message is fit to be shown."""


def read_form(body: bytes, content_type: str) -> tuple[FormPart, ...]:
    """Return the parts of a form; ``content_type`` is the whole header.

    Raises BadForm, quoting nothing of it.
    """
    boundary = _boundary(content_type)
    first, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if first or not parts or not parts[-1].startswith(b"--"):
        raise BadForm("The form does not begin and end with its boundary.")
    if len(parts) - 1 > PARTS_MAX:
        raise BadForm(f"The form has more than {PARTS_MAX} parts.")
    return tuple(_part(part) for part in parts[:-1])


def write_form(parts: Sequence[FormPart]) -> tuple[bytes, str]:
    """Return a form's body and its Content-Type.

    Its boundary is a random one of aiohttp's, which nothing in it can contain.
    """
    boundary = MultipartWriter("form-data").boundary
    pieces: list[bytes] = []
    for part in parts:
        pieces += (f"--{boundary}\r\n{_head(part)}\r\n".encode(), part.content, b"\r\n")
    pieces.append(f"--{boundary}--\r\n".encode())
    return b"".join(pieces), f"{FORM_TYPE}; boundary={boundary}"


def _boundary(content_type: str) -> bytes:
    told = Message()
    told["Content-Type"] = content_type
    boundary = told.get_param("boundary")
    if not isinstance(boundary, str) or not 0 < len(boundary) <= _BOUNDARY_CHARS_MAX:
        raise BadForm("The form's Content-Type names no boundary.")
    if not boundary.isascii() or not boundary.isprintable():
        raise BadForm("The form's boundary is not printable ASCII.")
    return boundary.encode()


def _part(part: bytes) -> FormPart:
    head, blank, content = part[2:].partition(b"\r\n\r\n")
    if not part.startswith(b"\r\n") or not blank or len(head) > HEAD_BYTES_MAX:
        raise BadForm("A part of the form has no proper head.")
    headers = _headers(head)
    kind, _, _ = headers.get("content-disposition", "").partition(";")
    names = _parameters(headers.get("content-disposition", "")[len(kind) :])
    name = names.get("name", "")
    if kind.strip().lower() != "form-data" or not _is_name(name):
        raise BadForm("A part of the form has no name.")
    file_name = names.get("filename")
    if file_name is not None and (len(file_name) > NAME_CHARS_MAX or not file_name.isprintable()):
        raise BadForm("A file's name in the form is too long or not printable.")
    return FormPart(
        name=name, content=content, file_name=file_name, content_type=headers.get("content-type")
    )


def _headers(head: bytes) -> dict[str, str]:
    try:
        lines = head.decode("utf-8").split("\r\n")
    except UnicodeDecodeError:
        raise BadForm("A head in the form is not UTF-8.") from None
    pairs = [line.partition(":") for line in lines]
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    if len(headers) != len(lines) or not all(
        colon and value.strip().isprintable() for _, colon, value in pairs
    ):
        raise BadForm("A part of the form has no proper head.")
    if headers.get("content-transfer-encoding", "binary").lower() not in _PLAIN_ENCODINGS:
        raise BadForm("Send the form's parts without Content-Transfer-Encoding.")
    return headers


def _parameters(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        match = _PARAMETER.match(text, place)
        if match is None or match[1].lower() in found:
            raise BadForm("A part of the form has no proper head.")
        quoted, plain = match[2], match[3]
        found[match[1].lower()] = plain if quoted is None else _ESCAPED.sub(r"\1", quoted)
        place = match.end()
    return found


def _is_name(name: str) -> bool:
    return 0 < len(name) <= NAME_CHARS_MAX and name.isprintable()


def _head(part: FormPart) -> str:
    head = f'Content-Disposition: form-data; name="{part.name.translate(_ESCAPES)}"'
    if part.file_name is not None:
        head += f'; filename="{part.file_name.translate(_ESCAPES)}"'
    if part.content_type is not None:
        head += f"\r\nContent-Type: {part.content_type}"
    return head + "\r\n"
