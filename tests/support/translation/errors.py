"""A provider that is asked too often, in its words, and in those an app's SDK waits for."""

from typing import Any, Final

from wattfare_desktop.providers.dialect import JSON_TYPE, DialectName, UpstreamAnswer
from wattfare_desktop.providers.wire import encoded

STATUS: Final = 429
_WORDS: Final = "Slow down"
_OPENAI: Final = {
    "error": {"message": _WORDS, "type": "requests", "param": None, "code": "rate_limit_exceeded"}
}
_ERRORS: Final[dict[DialectName, dict[str, Any]]] = {
    DialectName.OPENAI_CHAT: _OPENAI,
    DialectName.OPENAI_RESPONSES: _OPENAI,
    DialectName.ANTHROPIC_MESSAGES: {
        "type": "error",
        "error": {"type": "rate_limit_error", "message": _WORDS},
    },
    DialectName.GEMINI_GENERATE: {
        "error": {"code": STATUS, "message": _WORDS, "status": "RESOURCE_EXHAUSTED"}
    },
    DialectName.OLLAMA_CHAT: {"error": _WORDS},
}
HEARD: Final[dict[DialectName, tuple[str, ...]]] = {
    DialectName.OPENAI_CHAT: ('{"error":{', f'"message":"{_WORDS}"', '"type":"'),
    DialectName.OPENAI_RESPONSES: ('{"error":{', f'"message":"{_WORDS}"', '"type":"'),
    DialectName.ANTHROPIC_MESSAGES: (
        '"type":"error"',
        '"type":"rate_limit_error"',
        f'"message":"{_WORDS}"',
    ),
    DialectName.GEMINI_GENERATE: (
        '{"error":{',
        f'"message":"{_WORDS}"',
        '"status":"RESOURCE_EXHAUSTED"',
    ),
    DialectName.OLLAMA_CHAT: (f'{{"error":"{_WORDS}"',),
}


def refused_by(provider: DialectName) -> UpstreamAnswer:
    """Return what a provider answers that is asked too often."""
    body = _ERRORS[provider]
    return UpstreamAnswer(
        status=STATUS, content_type=JSON_TYPE, raw=encoded(body), parsed=dict(body)
    )
