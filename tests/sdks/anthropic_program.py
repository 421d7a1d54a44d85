"""Anthropic's SDK for Python, made to do what ``anthropic_program.mjs`` does."""

from typing import Any

import anthropic

from tests.sdks.program import heard, step, told

CLAUDE = "anthropic/claude-sonnet-4-20250514"
BREAKS = "deepseek/deepseek-chat"
HELLO: Any = {"role": "user", "content": "Hello there"}
TOOLS: Any = [{"name": "Write", "input_schema": {"type": "object"}}]
TOLD = told()


def client(access: str) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=TOLD.origin, api_key=access, max_retries=0)


MINE = client(TOLD.good)


def ask(access: str = TOLD.good, **members: Any) -> Any:
    asked = {"model": CLAUDE, "max_tokens": 50, "messages": [HELLO], **members}
    return client(access).messages.create(**asked)


def refused(access: str, model: str = CLAUDE) -> dict[str, Any]:
    ask(access, model=model)
    return {}


def whole() -> dict[str, Any]:
    made = ask()
    return {"text": made.content[0].text, "end": made.stop_reason}


def shown(event: Any) -> str:
    delta: Any = getattr(event, "delta", None)
    return delta.text if getattr(delta, "type", "") == "text_delta" else ""


def streamed(model: str) -> dict[str, Any]:
    return heard(lambda: ask(model=model, stream=True), shown)


def tools(*, streamed: bool) -> dict[str, Any]:
    if streamed:
        with MINE.messages.stream(
            model=f"{CLAUDE}:mock-tool-stream", max_tokens=50, messages=[HELLO], tools=TOOLS
        ) as stream:
            made: Any = stream.get_final_message()
    else:
        made = ask(model=f"{CLAUDE}:mock-tool-use", tools=TOOLS)
    use = next(block for block in made.content if block.type == "tool_use")
    result = {"type": "tool_result", "tool_use_id": use.id, "content": "written"}
    turns = [
        HELLO,
        {"role": "assistant", "content": made.content},
        {"role": "user", "content": [result]},
    ]
    after = ask(messages=turns, tools=TOOLS)
    return {"tool": use.name, "path": use.input["path"], "text": after.content[0].text}


def count() -> dict[str, Any]:
    counted = MINE.messages.count_tokens(model=CLAUDE, messages=[HELLO])
    return {"tokens": counted.input_tokens}


step("messages", whole)
step("messages streamed", lambda: streamed(CLAUDE))
step("tools", lambda: tools(streamed=False))
step("tools streamed", lambda: tools(streamed=True))
step("count", count)
step("401", lambda: refused(TOLD.unknown))
step("402", lambda: refused(TOLD.poor))
step("403 paused", lambda: refused(TOLD.paused))
step("403 model", lambda: refused(TOLD.narrow))
step("429", lambda: refused(TOLD.good, f"{CLAUDE}:mock-429"))
step("mid-stream", lambda: streamed(BREAKS))
