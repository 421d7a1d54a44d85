"""The few pages a browser sees: no script, nothing from elsewhere, in no frame."""

from html import escape
from typing import Final

from aiohttp import web

_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_STYLE: Final = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;"
    "place-items:center;background:light-dark(#f6f4ef,#17161a);color:light-dark(#22201c,#efece4)}"
    "main{max-width:28rem;padding:2rem;border-radius:12px;background:light-dark(#fff,#232127)}"
    "h1{font-size:1.25rem;margin:0 0 .5rem}p{margin:0}"
    "p.more{margin-top:.75rem;font-size:.875rem;opacity:.75}"
)


def page(
    status: int, title: str, text: str, *, more: str = "", refresh_s: int | None = None
) -> web.Response:
    """Return a page that says one thing, and ``more`` below it.

    It loads itself again where ``refresh_s`` is given.
    """
    below = f'<p class="more">{escape(more)}</p>' if more else ""
    refresh = "" if refresh_s is None else f'<meta http-equiv="refresh" content="{refresh_s}">'
    body = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{refresh}'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1><p>{escape(text)}</p>{below}</main></body></html>"
    )
    return web.Response(status=status, body=body.encode(), headers=_HEADERS)
