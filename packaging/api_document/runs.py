"""Providers that are paid by the run, Replicate and fal: a run is created, then looked at."""

from api_document.common import Scope, Words, refusals
from api_document.shapes import (
    JSON_TYPE,
    Json,
    answer,
    body,
    in_path,
    members,
    query,
    ref,
    schema,
    text,
)

_STEP = r"^[A-Za-z0-9_:@-][A-Za-z0-9._:@-]{0,127}$"
_OWNER = in_path("owner", "Who published the model.", _STEP)
_NAME = in_path("name", "The model's name.", _STEP)
_APP = in_path("app", "The app's name; a path below it (`/dev`) is written after it.", _STEP)
_ID = in_path("id", "The run's name.", r"^[A-Za-z0-9_-]{1,64}$")
_LOGS = query("logs", text("`1`: what the run said, too."))


def paths() -> Json:
    """Return every path of the two."""
    models = "/replicate/v1/models/{owner}/{name}"
    fal = "/fal/{owner}/{app}"
    run = f"{fal}/requests/{{id}}"
    return {
        "/replicate/v1/predictions": {"post": _create("replicateRun", [], "ReplicateRunRequest")},
        f"{models}/predictions": {
            "post": _create("replicateModelRun", [_OWNER, _NAME], "ReplicateModelRunRequest")
        },
        f"{models}/versions/{{id}}": {
            "get": _look("replicateVersion", "What is said of a version", [_OWNER, _NAME, _ID])
        },
        "/replicate/v1/predictions/{id}": {"get": _look("replicateLook", "How a run is", [_ID])},
        "/replicate/v1/predictions/{id}/cancel": {
            "post": _look("replicateCancel", "Stop a run", [_ID])
        },
        fal: {"post": _create("falRun", [_OWNER, _APP], "FalRunRequest")},
        run: {"get": _look("falResult", "What a run made", [_OWNER, _APP, _ID])},
        f"{run}/status": {"get": _look("falStatus", "How a run is", [_OWNER, _APP, _ID, _LOGS])},
        f"{run}/cancel": {"put": _look("falCancel", "Stop a run", [_OWNER, _APP, _ID])},
    }


def schemas() -> Json:
    """Return what creates a run."""
    given = {"input": {"type": "object"}}
    return {
        "ReplicateRunRequest": members({"version": text(minLength=1), **given}, closed=False),
        "ReplicateModelRunRequest": members(given, closed=False),
        "FalRunRequest": {"type": "object", "description": "The app's own input."},
    }


def _create(name: str, gaps: list[Json], sent: str) -> Json:
    told = "The run; its addresses lead back here."
    return {
        "operationId": name,
        "tags": [Words.RUNS.value],
        "summary": "Create a run",
        "description": "It costs what the user set for the model, whatever becomes of it.",
        "parameters": [*gaps, ref("parameters", "IdempotencyKey")],
        "requestBody": body({JSON_TYPE: schema(sent)}),
        "responses": {
            **refusals(Words.RUNS, Scope.CALL),
            "2XX": answer(
                told, {JSON_TYPE: {"type": "object"}}, {"x-wattfare-call": ref("headers", "Call")}
            ),
        },
    }


def _look(name: str, summary: str, parameters: list[Json]) -> Json:
    # No body is read, no money held and no Idempotency-Key looked at.
    unmet = {"402", "408", "409", "422"}
    refused = refusals(Words.RUNS, Scope.CALL)
    return {
        "operationId": name,
        "tags": [Words.RUNS.value],
        "summary": summary,
        "description": "Only the app that created a run is told of it; it costs nothing.",
        "parameters": parameters,
        "responses": {
            **{status: refused[status] for status in refused if status not in unmet},
            "405": answer("No run can have that name.", {JSON_TYPE: schema("RunError")}),
            "2XX": answer("As the provider answers.", {JSON_TYPE: {"type": "object"}}),
        },
    }
