"""Tests of ``wattfare_desktop.providers.gemini.family``."""

import json

import pytest
from google.genai import errors

from wattfare_desktop.providers.dialect import ModelListing, RequestRefusal
from wattfare_desktop.providers.gemini.family import GeminiFamily

FAMILY = GeminiFamily()


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "INVALID_ARGUMENT"),
        (401, "UNAUTHENTICATED"),
        (402, "FAILED_PRECONDITION"),
        (403, "PERMISSION_DENIED"),
        (404, "NOT_FOUND"),
        (413, "INVALID_ARGUMENT"),
        (429, "RESOURCE_EXHAUSTED"),
        (500, "INTERNAL"),
        (502, "UNAVAILABLE"),
        (503, "UNAVAILABLE"),
    ],
)
def test_the_sdk_reads_code_status_and_message(status: int, name: str) -> None:
    refusal = RequestRefusal(message="no", status=status, code="insufficient_quota")
    body = json.loads(FAMILY.error_body(refusal))
    kind = errors.ServerError if status >= 500 else errors.ClientError
    with pytest.raises(kind) as raised:
        errors.APIError.raise_error(status, body, None)
    assert (raised.value.code, raised.value.status, raised.value.message) == (status, name, "no")


def test_what_is_for_programs_stands_in_an_error_info() -> None:
    refusal = RequestRefusal(
        message="no",
        status=402,
        code="insufficient_quota",
        type="insufficient_quota",
        details={"reason": "held", "resets_at": None},
    )
    (told,) = json.loads(FAMILY.error_body(refusal))["error"]["details"]
    assert told == {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "INSUFFICIENT_QUOTA",
        "domain": "wattfare",
        "metadata": {"type": "insufficient_quota", "reason": "held"},
    }


def test_models_are_listed_by_their_resource_name() -> None:
    listed = ModelListing(id="google/gemini-2.5-pro", owned_by="google")
    assert json.loads(FAMILY.models_body([listed])) == {
        "models": [{"name": "models/google/gemini-2.5-pro", "displayName": "google/gemini-2.5-pro"}]
    }
