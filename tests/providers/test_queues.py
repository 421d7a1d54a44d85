"""Tests of ``wattfare_desktop.providers.queues``."""

import json
from typing import Any

import pytest

from tests.support.asked import answer
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    AppRequest,
    CallRequest,
    Dialect,
    ModelListing,
    RequestRefusal,
    UpstreamAnswer,
    UsageReport,
    VisibleOutput,
)
from wattfare_desktop.providers.queues import (
    FalRuns,
    QueueFamily,
    ReplicateRuns,
    Started,
    readdressed,
    started,
)

REPLICATE: Dialect = ReplicateRuns()
FAL: Dialect = FalRuns()
VERSION = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa"
FAL_BASE = "https://queue.fal.run"
BASES = ("http://127.0.0.1:9/v1", FAL_BASE)
OURS = "http://127.0.0.1:8402/fal"
QUEUED = f"{FAL_BASE}/fal-ai/flux/requests/7-a"


def call(dialect: Dialect, body: Any, target: str = "") -> CallRequest:
    request = dialect.read_request(AppRequest(body=body, body_bytes=9, target=target))
    assert isinstance(request, CallRequest), request
    return request


@pytest.mark.parametrize(
    ("dialect", "body", "target", "model", "path"),
    [
        (REPLICATE, {"input": {}}, "bfl/flux", "bfl/flux", "/models/bfl/flux/predictions"),
        (REPLICATE, {"version": VERSION, "input": {}}, "", VERSION, "/predictions"),
        (FAL, {"prompt": "a cat"}, "fal-ai/flux/dev", "fal-ai/flux/dev", "/fal-ai/flux/dev"),
    ],
)
def test_a_run_is_one_run_of_a_named_model(
    dialect: Dialect, body: Any, target: str, model: str, path: str
) -> None:
    request = call(dialect, body, target)
    assert request.model == model
    assert request.counted_max == {UnitKind.RUN: 1}
    assert (request.output_tokens_max, request.takes_bound, request.stream) == (0, False, False)
    sent = dialect.upstream_request(request, model)
    assert (sent.path, sent.body) == (path, body)
    assert dialect.estimate(request, VisibleOutput()) == Usage(counted={UnitKind.RUN: 1})
    read = dialect.read_answer(request, answer({"id": "x"}, status=201))
    assert read is not None
    assert read.report == UsageReport(usage=Usage(counted={UnitKind.RUN: 1}), computed=True)
    assert not dialect.is_stream("text/event-stream")


@pytest.mark.parametrize(
    ("dialect", "body", "target"),
    [
        (REPLICATE, {"input": {}}, ""),
        (REPLICATE, {"version": 7}, ""),
        (REPLICATE, {"version": VERSION}, "bfl/flux"),
        (REPLICATE, [], "bfl/flux"),
        (FAL, [], "fal-ai/flux"),
    ],
)
def test_what_names_no_model_or_two_is_refused(dialect: Dialect, body: Any, target: str) -> None:
    request = AppRequest(body=body, body_bytes=9, target=target)
    assert isinstance(dialect.read_request(request), RequestRefusal)


def test_an_answer_that_is_no_json_is_none() -> None:
    told = UpstreamAnswer(status=200, content_type="text/html", raw=b"<p>", parsed=None)
    assert FAL.read_answer(call(FAL, {}, "a/b"), told) is None


@pytest.mark.parametrize(
    ("body", "run"),
    [
        ({"id": "p1"}, Started(id="p1", path="/predictions/p1")),
        (
            {"request_id": "7-a", "response_url": QUEUED},
            Started(id="7-a", path="/fal-ai/flux/requests/7-a"),
        ),
        ({"request_id": "7-a", "response_url": QUEUED.replace("fal.run", "fal.evil")}, None),
        ({"request_id": "7-a", "response_url": f"{QUEUED}/other"}, None),
        ({"request_id": "7-a", "response_url": f"{FAL_BASE}/../requests/7-a"}, None),
        ({"request_id": "7-a", "response_url": f"{FAL_BASE}.evil/requests/7-a"}, None),
        ({"request_id": "7-a"}, None),
        ({"id": "../x"}, None),
        ({}, None),
        ([], None),
    ],
)
def test_which_run_was_started(body: Any, run: Started | None) -> None:
    assert started(body, BASES) == run


def test_the_runs_own_addresses_lead_back_and_no_others() -> None:
    body = {
        "request_id": "7-a",
        "status_url": f"{QUEUED}/status",
        "response_url": QUEUED,
        "cancel_url": "https://elsewhere.example/cancel",
        "images": [{"url": f"{FAL_BASE}/files/a.png"}],
        "urls": {"get": f"{BASES[0]}/predictions/p", "stream": f"{BASES[0]}/stream/p"},
    }
    assert readdressed(body, BASES, OURS) == {
        **body,
        "status_url": f"{OURS}/fal-ai/flux/requests/7-a/status",
        "response_url": f"{OURS}/fal-ai/flux/requests/7-a",
        "urls": {"get": f"{OURS}/predictions/p", "stream": f"{BASES[0]}/stream/p"},
    }
    assert readdressed(["a"], BASES, OURS) == ["a"]


def test_errors_have_a_detail() -> None:
    told = json.loads(QueueFamily().error_body(RequestRefusal(message="No.", code="c", status=402)))
    assert told == {"title": "c", "detail": "No.", "status": 402}


def test_a_list_of_models() -> None:
    rows = [ModelListing(id="fal/a", owned_by="fal")]
    assert json.loads(QueueFamily().models_body(rows)) == {"results": [{"name": "fal/a"}]}
