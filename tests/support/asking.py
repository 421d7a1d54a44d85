"""What an app sends to be approved: one good request, to be spoiled in one place at a time."""

import json
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from wattfare_desktop.core.oauth.tokens import s256_challenge

VERIFIER: Final = "a-verifier-of-at-least-forty-three-characters"
LOOPBACK: Final = "http://127.0.0.1:5173/cb"
WEB: Final = "https://notes.example/cb"


def details(cap: str = "5.00", period: str = "month", **members: Any) -> str:
    """Return ``authorization_details`` that ask for ``cap`` dollars a ``period``."""
    amount = {"amount": cap, "currency": "USD"}
    return json.dumps([{"type": "wattfare_spend", "cap": amount, "period": period, **members}])


def query(**changes: str | None) -> str:
    """Return the query of a request; None leaves a parameter out."""
    good: dict[str, str | None] = {
        "response_type": "code",
        "client_id": "Notes AI",
        "redirect_uri": LOOPBACK,
        "state": "x y&z=1",
        "code_challenge": s256_challenge(VERIFIER),
        "code_challenge_method": "S256",
        "authorization_details": details(),
    }
    return urlencode({name: text for name, text in (good | changes).items() if text is not None})


def uri(**changes: str | None) -> str:
    """Return the same as the operating system brings it."""
    return f"wattfare://authorize?{query(**changes)}"


def answer_in(redirect: str) -> dict[str, str]:
    """Return the parameters that an answer carries to the app."""
    return dict(parse_qsl(urlsplit(redirect).query))
