"""What a generation config says, in neutral words, and back."""

from typing import Any, Final

from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import (
    AnswerFormat,
    Conversation,
    Effort,
    Reasoning,
    Sampling,
)
from wattfare_desktop.providers.gemini.schemas import json_schema
from wattfare_desktop.providers.gemini.usage import BEFORE_3

_JSON: Final = "application/json"
_CARRIED: Final = frozenset(
    {
        "candidateCount",
        "frequencyPenalty",
        "maxOutputTokens",
        "presencePenalty",
        "responseJsonSchema",
        "responseMimeType",
        "responseModalities",
        "responseSchema",
        "seed",
        "stopSequences",
        "temperature",
        "thinkingConfig",
        "topK",
        "topP",
    }
)
_LET_BE: Final = frozenset({"enableEnhancedCivicAnswers", "mediaResolution"})
_LEVELS: Final = {
    "MINIMAL": Effort.MINIMAL,
    "LOW": Effort.LOW,
    "MEDIUM": Effort.MEDIUM,
    "HIGH": Effort.HIGH,
    "XHIGH": Effort.HIGHEST,
}
_LEVEL_OF: Final = {effort: level for level, effort in _LEVELS.items()}
# Models up to 2.5 know no levels; these are Google's own figures for its OpenAI-compatible API.
_BUDGETS: Final = {
    Effort.MINIMAL: 1_024,
    Effort.LOW: 1_024,
    Effort.MEDIUM: 8_192,
    Effort.HIGH: 24_576,
    Effort.HIGHEST: 24_576,
}


def refuse_config(config: dict[str, Any]) -> None:
    """Raise CannotCarry for what a neutral conversation has no words for."""
    for name, value in config.items():
        if value is not None and name not in _CARRIED and name not in _LET_BE:
            where = f"generationConfig.{name}"
            raise CannotCarry(f"'{where}' has no counterpart at other providers.", where)
    modalities = config.get("responseModalities")
    if modalities and [str(each).upper() for each in modalities] != ["TEXT"]:
        raise CannotCarry(
            "Only text can be asked of other providers.", "generationConfig.responseModalities"
        )


def read_sampling(config: dict[str, Any]) -> Sampling:
    """Return how the next token is chosen."""
    stop = config.get("stopSequences") or []
    if not isinstance(stop, list) or not all(isinstance(each, str) for each in stop):
        raise _wrong("stopSequences", "an array of strings")
    return Sampling(
        temperature=_number(config, "temperature"),
        top_p=_number(config, "topP"),
        top_k=whole(config, "topK"),
        seed=whole(config, "seed"),
        presence_penalty=_number(config, "presencePenalty"),
        frequency_penalty=_number(config, "frequencyPenalty"),
        stop=tuple(stop),
    )


def write_sampling(sampling: Sampling) -> dict[str, Any]:
    """Return the members that say how the next token is chosen."""
    told = {
        "temperature": sampling.temperature,
        "topP": sampling.top_p,
        "topK": sampling.top_k,
        "seed": sampling.seed,
        "presencePenalty": sampling.presence_penalty,
        "frequencyPenalty": sampling.frequency_penalty,
        "stopSequences": list(sampling.stop) or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def read_reasoning(config: dict[str, Any]) -> Reasoning | None:
    """Return how much is to be thought; None where nothing is said of it."""
    told = config.get("thinkingConfig")
    if not isinstance(told, dict):
        return None
    budget = whole(told, "thinkingBudget")
    effort = _LEVELS.get(str(told.get("thinkingLevel")).upper())
    if budget == 0:
        effort = Effort.NONE
    reasoning = Reasoning(
        effort=effort,
        # -1 leaves it to the model.
        budget_tokens=budget if budget is not None and budget > 0 else None,
        shown=told.get("includeThoughts") is True,
    )
    return None if reasoning == Reasoning() else reasoning


def write_reasoning(reasoning: Reasoning | None, model: str) -> dict[str, Any]:
    """Return the member that says how much ``model`` is to think."""
    if reasoning is None:
        return {}
    told: dict[str, Any] = {}
    if reasoning.budget_tokens is not None:
        told["thinkingBudget"] = reasoning.budget_tokens
    elif reasoning.effort is Effort.NONE:
        told["thinkingBudget"] = 0
    elif reasoning.effort is not None and BEFORE_3.fullmatch(model.lower()):
        told["thinkingBudget"] = _BUDGETS[reasoning.effort]
    elif reasoning.effort is not None:
        told["thinkingLevel"] = _LEVEL_OF[reasoning.effort]
    if reasoning.shown:
        told["includeThoughts"] = True
    return {"thinkingConfig": told} if told else {}


def read_answer_format(config: dict[str, Any]) -> AnswerFormat | None:
    """Return the form of the answer; None where it is plain text."""
    kind = config.get("responseMimeType")
    if kind not in {None, "text/plain", _JSON}:
        raise CannotCarry(
            "Other providers answer in text or JSON alone.", "generationConfig.responseMimeType"
        )
    if kind != _JSON:
        return None
    schema = config.get("responseJsonSchema")
    if isinstance(schema, dict):
        return AnswerFormat(schema=schema)
    schema = config.get("responseSchema")
    return AnswerFormat(schema=json_schema(schema) if isinstance(schema, dict) else None)


def write_answer_format(asked: AnswerFormat | None) -> dict[str, Any]:
    """Return the members that say the form of the answer. A schema's name has no place there."""
    if asked is None:
        return {}
    if asked.schema is None:
        return {"responseMimeType": _JSON}
    return {"responseMimeType": _JSON, "responseJsonSchema": dict(asked.schema)}


def write_config(conversation: Conversation, model: str) -> dict[str, Any]:
    """Return the generation config of a conversation."""
    config = {
        **write_sampling(conversation.sampling),
        **write_reasoning(conversation.reasoning, model),
        **write_answer_format(conversation.answer_format),
    }
    if conversation.output_tokens_max is not None:
        config["maxOutputTokens"] = conversation.output_tokens_max
    if conversation.choices > 1:
        config["candidateCount"] = conversation.choices
    return config


def _number(config: dict[str, Any], name: str) -> float | None:
    value = config.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise _wrong(name, "a number")
    return value


def whole(config: dict[str, Any], name: str) -> int | None:
    """Return a whole number, which may be written with a fraction of nothing."""
    value = _number(config, name)
    if isinstance(value, float) and not value.is_integer():
        raise _wrong(name, "a whole number")
    return None if value is None else int(value)


def _wrong(name: str, expected: str) -> CannotCarry:
    where = f"generationConfig.{name}"
    return CannotCarry(f"Invalid type for '{where}': expected {expected}.", where)
