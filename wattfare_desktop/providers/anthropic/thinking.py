"""How much to think, in Anthropic's words: a budget of tokens, or an effort the model adapts to."""

from typing import Any, Final

from wattfare_desktop.providers.anthropic.generations import Abilities
from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import Effort, Reasoning

THINKING_TOKENS_MIN: Final = 1_024
"""The provider takes no smaller budget, and wants it below ``max_tokens``."""

# The least effort there is stands for less than it: a model that is to think, thinks.
_WRITTEN: Final = {
    Effort.MINIMAL: "low",
    Effort.LOW: "low",
    Effort.MEDIUM: "medium",
    Effort.HIGH: "high",
    Effort.HIGHEST: "max",
}
_READ: Final = {
    "low": Effort.LOW,
    "medium": Effort.MEDIUM,
    "high": Effort.HIGH,
    "xhigh": Effort.HIGHEST,
    "max": Effort.HIGHEST,
}
# For models that know one of both only.
_BUDGETS: Final = {
    Effort.MINIMAL: THINKING_TOKENS_MIN,
    Effort.LOW: 2_048,
    Effort.MEDIUM: 8_192,
    Effort.HIGH: 16_384,
    Effort.HIGHEST: 32_000,
}


def read_reasoning(body: dict[str, Any]) -> Reasoning | None:
    """Return what a request says about thinking; None where it says nothing."""
    thinking = body.get("thinking")
    effort = _effort(body)
    if thinking is None:
        return None if effort is None else Reasoning(effort=effort)
    kind = thinking.get("type") if isinstance(thinking, dict) else None
    if kind == "disabled":
        return Reasoning(effort=Effort.NONE)
    shown = isinstance(thinking, dict) and thinking.get("display") != "omitted"
    if kind == "adaptive":
        return Reasoning(effort=effort, shown=shown)
    budget = thinking.get("budget_tokens") if isinstance(thinking, dict) else None
    if kind == "enabled" and isinstance(budget, int):
        return Reasoning(effort=effort, budget_tokens=budget, shown=shown)
    raise CannotCarry("This way of thinking has no counterpart at other providers.", "thinking")


def _effort(body: dict[str, Any]) -> Effort | None:
    config = body.get("output_config")
    told = config.get("effort") if isinstance(config, dict) else None
    if told is None:
        return None
    if not isinstance(told, str) or told not in _READ:
        raise CannotCarry("This effort has no counterpart.", "output_config.effort")
    return _READ[told]


def write_reasoning(
    reasoning: Reasoning, able: Abilities
) -> tuple[dict[str, Any] | None, str | None]:
    """Return ``thinking`` and the effort of ``output_config``; None for what is not to be said."""
    if reasoning.effort is Effort.NONE or reasoning.budget_tokens == 0:
        if not able.rest:
            raise CannotCarry("This model always thinks.", "reasoning")
        return {"type": "disabled"}, None
    display = "summarized" if reasoning.shown else "omitted"
    effort: Effort | None = reasoning.effort
    if able.budgets and (reasoning.budget_tokens is not None or not able.efforts):
        budget = reasoning.budget_tokens or _BUDGETS[effort or Effort.MEDIUM]
        told = {"type": "enabled", "budget_tokens": max(THINKING_TOKENS_MIN, budget)}
        keeps_effort = effort is not None and able.efforts
        return {**told, "display": display}, _WRITTEN[effort] if effort and keeps_effort else None
    if effort is None and reasoning.budget_tokens is not None:
        effort = _nearest(reasoning.budget_tokens)
    return {"type": "adaptive", "display": display}, None if effort is None else _WRITTEN[effort]


def _nearest(budget_tokens: int) -> Effort:
    return min(_BUDGETS, key=lambda effort: abs(_BUDGETS[effort] - budget_tokens))


def bound_thinking(body: dict[str, Any], tokens_max: int) -> None:
    """Leave half of ``tokens_max`` to the answer where thinking would take all of it.

    Where there is no room for both, there is no thinking.
    """
    thinking = body.get("thinking")
    budget = thinking.get("budget_tokens") if isinstance(thinking, dict) else None
    if not isinstance(budget, int) or budget < tokens_max:
        return
    if tokens_max <= THINKING_TOKENS_MIN:
        body["thinking"] = {"type": "disabled"}
    else:
        lowered = max(THINKING_TOKENS_MIN, tokens_max // 2)
        body["thinking"] = {**body["thinking"], "budget_tokens": lowered}
