"""What a body may not say, in any of its corners; and what honest bodies say passes."""

import json
from typing import Any

import pytest

from wattfare_desktop.providers.dialect import FormPart
from wattfare_desktop.providers.steering import steering

STEERING = (
    *("api_base", "base_url", "sagemaker_base_url", "s3_endpoint_url", "aws_sts_endpoint"),
    *("aws_role_name", "aws_bedrock_runtime_endpoint", "langfuse_host", "slack_webhook_url"),
    *("api_key", "Azure_AD_Token", "vertex_credentials", "litellm_credential_name"),
    *("fallbacks", "context_window_fallbacks", "content_policy_fallbacks", "model_list"),
    *("extra_body", "extra_headers", "litellm_params", "user_config", "custom_llm_provider"),
)
HONEST: tuple[dict[str, Any], ...] = (
    {"model": "m", "messages": [{"role": "user", "content": "api_base"}], "user": "u"},
    {"model": "m", "metadata": {"user_id": "u", "topic": "base_url"}},
    {"model": "m", "metadata": "not json {"},
    {"model": "m", "tools": [{"type": "mcp", "server_url": "https://x.example"}]},
    {"model": "m", "prompt_cache_key": "k", "safety_identifier": "s", "service_tier": "flex"},
    {"contents": [], "generationConfig": {}, "cachedContent": "c"},
    {"model": "m", "store": False, "truncation": "auto", "reasoning": {"effort": "low"}},
)


@pytest.mark.parametrize("name", STEERING)
def test_it_is_refused_by_its_name(name: str) -> None:
    for body in (
        {"model": "m", name: "x"},
        {"model": "m", "metadata": {name: "x"}},
        {"model": "m", "metadata": json.dumps({name: "x"})},
        (FormPart(name="model", content=b"m"), FormPart(name=name, content=b"x")),
        (FormPart(name=f"{name}[]", content=b"x"),),
    ):
        refused = steering(body)
        assert refused is not None, body
        assert (refused.code, refused.status) == ("destination_in_body", 400)


@pytest.mark.parametrize("body", HONEST)
def test_what_is_honest_passes(body: dict[str, Any]) -> None:
    assert steering(body) is None


@pytest.mark.parametrize(
    "body", [None, [], "api_base", 7, ["api_base"], {"metadata": ["api_base"]}]
)
def test_what_is_no_object_says_nothing(body: Any) -> None:
    assert steering(body) is None
