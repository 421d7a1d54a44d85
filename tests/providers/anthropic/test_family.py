"""Tests of ``wattfare_desktop.providers.anthropic.family``."""

import json

import pytest

from wattfare_desktop.providers.anthropic.family import STATUS_OF_TYPE, AnthropicFamily
from wattfare_desktop.providers.dialect import ModelListing, RequestRefusal

FAMILY = AnthropicFamily()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (402, "billing_error"),
        (403, "permission_error"),
        (404, "not_found_error"),
        (405, "invalid_request_error"),
        (408, "timeout_error"),
        (409, "conflict_error"),
        (413, "request_too_large"),
        (415, "invalid_request_error"),
        (429, "rate_limit_error"),
        (500, "api_error"),
        (502, "api_error"),
        (503, "api_error"),
        (504, "timeout_error"),
        (529, "overloaded_error"),
    ],
)
def test_an_error_has_the_type_of_its_status(status: int, kind: str) -> None:
    refusal = RequestRefusal(message="No “n”.", status=status, code="bad_n", param="n")
    assert json.loads(FAMILY.error_body(refusal)) == {
        "type": "error",
        "error": {"type": kind, "message": "No “n”.", "code": "bad_n", "param": "n"},
    }


def test_each_type_has_a_status_of_that_type() -> None:
    for kind, status in STATUS_OF_TYPE.items():
        body = FAMILY.error_body(RequestRefusal(message="", status=status))
        assert json.loads(body)["error"]["type"] == kind


def test_an_error_may_carry_more_for_programs() -> None:
    refusal = RequestRefusal(message="The cap is reached.", details={"resets_at": "tomorrow"})
    assert json.loads(FAMILY.error_body(refusal))["error"]["resets_at"] == "tomorrow"


def test_a_models_list_is_one_page() -> None:
    rows = [
        ModelListing(id="anthropic/claude-opus-5", owned_by="anthropic", created=86_400),
        ModelListing(id="anthropic/claude-haiku-4-5", owned_by="anthropic"),
    ]
    body = json.loads(FAMILY.models_body(rows))
    assert (body["has_more"], body["first_id"], body["last_id"]) == (False, rows[0].id, rows[1].id)
    assert body["data"][0] == {
        "type": "model",
        "id": "anthropic/claude-opus-5",
        "display_name": "anthropic/claude-opus-5",
        "created_at": "1970-01-02T00:00:00+00:00",
        "lifecycle": "active",
    }


def test_a_models_list_may_be_empty() -> None:
    body = json.loads(FAMILY.models_body([]))
    assert body == {"data": [], "has_more": False, "first_id": None, "last_id": None}
