"""Where an access is found in a request, and where it is not looked for."""

import pytest
from multidict import CIMultiDict

from wattfare_desktop.gateway.credentials import access_in


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer wf_at_x"},
        {"authorization": "bearer wf_at_x"},
        {"AUTHORIZATION": "BEARER   wf_at_x  "},
        {"Authorization": "Key wf_at_x"},
        {"x-api-key": "wf_at_x"},
        {"X-Goog-Api-Key": " wf_at_x "},
        {"Authorization": "Basic eDp5", "x-api-key": "wf_at_x"},
        {"x-api-key": "wf_at_x", "x-goog-api-key": "another"},
        {"Authorization": "Bearer wf_at_x", "x-api-key": "another"},
    ],
)
def test_an_access_is_found(headers: dict[str, str]) -> None:
    assert access_in(CIMultiDict(headers)) == "wf_at_x"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "wf_at_x"},
        {"Authorization": "Basic wf_at_x"},
        {"Authorization": "Bearerwf_at_x"},
        {"Proxy-Authorization": "Bearer wf_at_x"},
        {"Cookie": "access=wf_at_x"},
        {"api-key": "wf_at_x"},
    ],
)
def test_there_is_none(headers: dict[str, str]) -> None:
    assert access_in(CIMultiDict(headers)) is None


def test_an_empty_one_is_one_that_nobody_knows() -> None:
    assert access_in(CIMultiDict({"Authorization": "Bearer "})) == ""
