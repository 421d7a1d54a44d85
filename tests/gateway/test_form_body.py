"""Tests of ``wattfare_desktop.gateway.form_body``: strict to read, exact to write."""

import pytest
from aiohttp import FormData
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.gateway.form_body import PARTS_MAX, BadForm, read_form, write_form
from wattfare_desktop.providers.dialect import FormPart

TYPE = "multipart/form-data; boundary=x"
NAMES = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters='"\\'),
    min_size=1,
    max_size=40,
)
PARTS = st.builds(
    FormPart,
    name=NAMES,
    content=st.binary(max_size=200),
    file_name=st.none() | NAMES,
    content_type=st.none() | st.sampled_from(["audio/wav", "text/plain; charset=utf-8"]),
)


def part(head: str, content: str = "v") -> str:
    return f"--x\r\n{head}\r\n\r\n{content}\r\n"


def one(head: str) -> bytes:
    return (part(head) + "--x--\r\n").encode()


@given(st.lists(PARTS, min_size=1, max_size=6))
def test_what_is_written_is_read_again(parts: list[FormPart]) -> None:
    body, content_type = write_form(parts)
    assert read_form(body, content_type) == tuple(parts)


def test_a_name_cannot_end_its_own_quotes() -> None:
    body, _ = write_form([FormPart(name='a"; filename="b', content=b"", file_name="c\r\nd")])
    assert b'name="a%22; filename=%22b"; filename="c%0D%0Ad"\r\n' in body


def test_what_clients_send() -> None:
    body = (
        part('Content-Disposition: form-data; name="model"', "whisper-1").encode()
        + part(
            'Content-Disposition: form-data; name=file; filename="a \\"b\\".wav";'
            " filename*=utf-8''other\r\nContent-Type: audio/wav\r\nContent-Length: 1"
        ).encode()
        + b"--x--\r\nepilogue"
    )
    assert read_form(body, 'multipart/form-data; boundary="x"') == (
        FormPart(name="model", content=b"whisper-1"),
        FormPart(name="file", content=b"v", file_name='a "b".wav', content_type="audio/wav"),
    )


async def test_what_aiohttp_writes() -> None:
    form = FormData(quote_fields=False)
    form.add_field("image[]", b"\x89PNG\r\n--", filename="a.png", content_type="image/png")
    payload = form()
    body = await payload.as_bytes()
    (read,) = read_form(body, payload.headers["Content-Type"])
    assert (read.name, read.content, read.file_name) == ("image[]", b"\x89PNG\r\n--", "a.png")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x",
        one('Content-Disposition: form-data; name="a"')[:-6],
        one('Content-Disposition: form-data; name=""'),
        one('Content-Disposition: form-data; filename="a"'),
        one('Content-Disposition: attachment; name="a"'),
        one('Content-Disposition: form-data; name="a"; name="b"'),
        one('Content-Disposition: form-data; name="a" b'),
        one('Content-Disposition: form-data; name="a\nb"'),
        one('Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64'),
        one('Content-Disposition: form-data; name="a"\r\ncontent-disposition: form-data; name="b"'),
        one('Content-Disposition: form-data; name="a"\r\nno colon'),
        one("Content-Type: text/plain"),
        one(f'Content-Disposition: form-data; name="{"a" * 300}"'),
        one(f'Content-Disposition: form-data; name="a"; filename="{"a" * 300}"'),
        one(f'Content-Disposition: form-data; name="a"\r\nX: {"a" * 9_000}'),
        b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nv\r\n--x--\r\n',
        b'--xy\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n--x--\r\n',
    ],
)
def test_what_can_be_read_two_ways_is_refused(body: bytes) -> None:
    with pytest.raises(BadForm):
        read_form(body, TYPE)


def test_too_many_parts() -> None:
    each = part('Content-Disposition: form-data; name="a"')
    assert len(read_form((each * PARTS_MAX + "--x--").encode(), TYPE)) == PARTS_MAX
    with pytest.raises(BadForm, match="more than"):
        read_form((each * (PARTS_MAX + 1) + "--x--").encode(), TYPE)


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", f"{TYPE}{'x' * 70}", 'multipart/form-data; boundary=""']
)
def test_without_a_boundary(content_type: str) -> None:
    with pytest.raises(BadForm, match="boundary"):
        read_form(one('Content-Disposition: form-data; name="a"'), content_type)
