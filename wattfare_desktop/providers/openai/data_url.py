"""Pictures and files inside a URL (RFC 2397), as OpenAI's API carries them."""

_BASE64 = ";base64"


def data_url(media_type: str, data: str) -> str:
    """Return base64 ``data`` as a URL."""
    return f"data:{media_type}{_BASE64},{data}"


def split_data_url(url: str) -> tuple[str, str] | None:
    """Return the media type and the base64 data of a URL; None where it holds no such data."""
    head, comma, data = url.partition(",")
    if not comma or not head.startswith("data:") or not head.endswith(_BASE64):
        return None
    media_type = head.removeprefix("data:").removesuffix(_BASE64).partition(";")[0]
    return (media_type, data) if "/" in media_type else None
