"""Tests of ``wattfare_desktop.gateway.pages``."""

from html.parser import HTMLParser

import pytest

from wattfare_desktop.gateway.pages import page

HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"


class Outline(HTMLParser):
    """The elements of a page, what they say, and its refresh."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.texts: list[str] = []
        self.refresh: str | None = None
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        values = dict(attrs)
        if values.get("http-equiv") == "refresh":
            self.refresh = values["content"]
        self.addresses += [
            str(values[name]) for name in ("src", "href", "action") if name in values
        ]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _html(text: str, refresh_s: int | None = None) -> str:
    body = page(200, text, text, refresh_s=refresh_s).body
    assert isinstance(body, bytes)
    return body.decode()


def test_a_page_runs_nothing_and_loads_nothing() -> None:
    outline = Outline(_html("Approve in Wattfare"))
    assert not {"script", "img", "link", "iframe", "form", "a"} & set(outline.elements)
    assert outline.addresses == []
    assert "url(" not in _html("x")
    assert outline.refresh is None


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
    ],
)
def test_its_headers(header: str, value: str) -> None:
    assert page(410, "Over", "It is over.").headers[header] == value


def test_its_policy_forbids_all_but_its_own_style() -> None:
    answer = page(400, "No", "No.")
    assert answer.status == 400
    rules = dict(
        rule.strip().partition(" ")[::2]
        for rule in answer.headers["Content-Security-Policy"].split(";")
    )
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    assert "script-src" not in rules


def test_foreign_words_stay_words() -> None:
    outline = Outline(_html(HOSTILE))
    assert outline.elements == Outline(_html("plain")).elements
    assert outline.texts.count(HOSTILE) == 3


def test_it_comes_again_where_told() -> None:
    assert Outline(_html("Wait", refresh_s=1)).refresh == "1"
