"""Tests of ``wattfare_desktop.core.oauth.display``. Odd characters are written as escapes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.oauth.display import NAME_CHARS_MAX, is_confusable, plain

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp", "Co", "Cs"]),
        st.sampled_from(" \u00a8\u1160\u3164\ufffc\ufdfa\u034f\u2800"),
    ),
    max_size=80,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Notes AI", "Notes AI"),
        ("", ""),
        ("  a \t\r\n b\u3000c  ", "a b c"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("Pay\u202elaP", "PaylaP"),
        ("\u2066No\u2069tes", "Notes"),
        ("No\u200bte\u200ds\ufeff\u00ad", "Notes"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("a\ue000b\U000f0000c", "abc"),
        ("a\ud800b", "ab"),
        ("a\u0378b", "ab"),
        ("a\U000e0041b\ufe0f\U000e0100", "ab"),
        ("a\u3164b\uffa0c\u115fd\u2800e\u034ff\u180b", "abcdef"),
        ("\uff2e\uff4f\uff54\uff45\uff53", "Notes"),
        ("\ufb01ne", "fine"),
        ("e\u200b\u0301", "\u00e9"),
        ("\u0301a", "a"),
        ("a \u0301\u0302 b", "a b"),
        ("x" + "\u0335" * 20 + "y", "x" + "\u0335" * 3 + "y"),
        ("a\u20dd\u20dd\u20dd\u20ddb", "a\u20dd\u20dd\u20ddb"),
        ("<b>bold</b>", "<b>bold</b>"),
        ("\u65e5\u672c\u8a9e", "\u65e5\u672c\u8a9e"),
    ],
)
def test_only_what_is_seen_is_left(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_long_text_ends_in_an_ellipsis() -> None:
    assert plain("x" * 40) == "x" * 40
    assert plain("x" * 41) == "x" * 39 + "\u2026"
    assert plain("x" * 38 + " yz") == "x" * 38 + "\u2026"
    assert plain("abcdef", 4) == "abc\u2026"


@given(HOSTILE, st.integers(min_value=1, max_value=60))
def test_any_text_becomes_one_short_visible_line(text: str, limit: int) -> None:
    shown = plain(text, limit)
    assert len(shown) <= limit
    assert shown == " ".join(shown.split())
    categories = {unicodedata.category(sign) for sign in shown}
    assert not categories & {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
    assert not shown or unicodedata.category(shown[0]) not in {"Mn", "Me"}


@given(HOSTILE)
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    shown = plain(text, 10_000)
    assert plain(shown, 10_000) == shown
    assert unicodedata.is_normalized("NFKC", shown)


def test_a_name_has_forty_characters_on_screen() -> None:
    assert len(plain("y" * 100)) == NAME_CHARS_MAX == 40


@pytest.mark.parametrize(
    "text",
    [
        "P\u0430ypal",  # a Cyrillic a
        "G\u03bfogle",  # a Greek o
        "my P\u0430ypal",
        "\u0410\u0440\u0440\u04cf\u0435",  # Cyrillic throughout, all of it like Latin
        "\u0410\u0440\u0440\u04cf\u0435 Pay",
        "\uff30\u0430ypal",  # a full-width P
        "A\u0561pp",  # Armenian
    ],
)
def test_names_that_pass_for_others_are_noticed(text: str) -> None:
    assert is_confusable(text)


@pytest.mark.parametrize(
    "text",
    [
        "Notes AI",
        "",
        "4711 !?",
        "Caf\u00e9 M\u00fcnchen",
        "\u0417\u0430\u043c\u0435\u0442\u043a\u0438",  # Russian, with letters of its own
        "Notes \u0417\u0430\u043c\u0435\u0442\u043a\u0438",
        "\u039a\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1",
        "AI\u30ce\u30fc\u30c8\u5e33",  # Katakana and Han with Latin
        "\ud55c\uad6d\uc5b4AI",
    ],
)
def test_ordinary_names_raise_no_warning(text: str) -> None:
    assert not is_confusable(text)


@given(HOSTILE)
def test_any_text_can_be_asked_about(text: str) -> None:
    assert is_confusable(text) in {True, False}
