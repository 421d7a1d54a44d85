"""What is said where another program takes the links of apps."""

from typing import Final

from wattfare_desktop.system.scheme import SchemeOwner, SchemeStatus

TAKEN_TITLE: Final = "Another program opens wattfare: links"
_WHO_CHARS_MAX: Final = 80


def taken_text(status: SchemeStatus) -> str:
    """Return that another program gets what apps ask, and which; "" where none does."""
    if status.owner is not SchemeOwner.OTHER:
        return ""
    who = "".join(sign if sign.isprintable() else "?" for sign in status.who[:_WHO_CHARS_MAX])
    return (
        f"wattfare: links open another program: {who}. What apps ask may not reach you, or be "
        "answered there in this wallet's name."
    )
