"""OpenAI's SDK for Python, made to do what ``openai_program.mjs`` does."""

import json
from typing import Any

import openai

from tests.sdks.program import heard, step, told

GPT = "openai/gpt-4.1"
FREE = "vllm/gpt-4.1"
GROK = "x-ai/grok-4"
HELLO: list[Any] = [{"role": "user", "content": "Hello there"}]
PARAMETERS: dict[str, Any] = {"type": "object", "properties": {"path": {"type": "string"}}}
TOLD = told()


def client(access: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{TOLD.origin}/v1", api_key=access, max_retries=0)


MINE = client(TOLD.good)


def chat(**members: Any) -> Any:
    return MINE.chat.completions.create(**{"model": GPT, "messages": HELLO, **members})


def respond(**members: Any) -> Any:
    return MINE.responses.create(**{"model": GPT, "input": "Hello", **members})


def refused(access: str, model: str = GPT) -> dict[str, Any]:
    client(access).chat.completions.create(model=model, messages=HELLO, max_tokens=50)
    return {}


def whole_chat() -> dict[str, Any]:
    choice = chat(max_tokens=50).choices[0]
    return {"text": choice.message.content, "end": choice.finish_reason}


def streamed_chat(model: str) -> dict[str, Any]:
    return heard(
        lambda: chat(model=model, max_tokens=50, stream=True),
        lambda chunk: chunk.choices[0].delta.content,
    )


def chat_tools(*, streamed: bool) -> dict[str, Any]:
    tools: Any = [{"type": "function", "function": {"name": "Write", "parameters": PARAMETERS}}]
    if streamed:
        with MINE.chat.completions.stream(
            model=f"{FREE}:mock-tool-stream", messages=HELLO, tools=tools
        ) as stream:
            made: Any = stream.get_final_completion()
    else:
        made = chat(model=f"{FREE}:mock-tool-call", tools=tools)
    said = made.choices[0].message
    call = said.tool_calls[0]
    result = {"role": "tool", "tool_call_id": call.id, "content": "written"}
    turns = [*HELLO, said.model_dump(include={"role", "tool_calls"}), result]
    after = chat(messages=turns, tools=tools, max_tokens=50)
    path = json.loads(call.function.arguments)["path"]
    return {"tool": call.function.name, "path": path, "text": after.choices[0].message.content}


def whole_response() -> dict[str, Any]:
    made = respond(max_output_tokens=50)
    return {"text": made.output_text, "end": made.status}


def streamed_response(model: str) -> dict[str, Any]:
    return heard(
        lambda: respond(model=model, max_output_tokens=50, stream=True),
        lambda event: event.delta if event.type == "response.output_text.delta" else "",
    )


def response_tools(*, streamed: bool) -> dict[str, Any]:
    tools: Any = [{"type": "function", "name": "Write", "parameters": PARAMETERS, "strict": False}]
    asked: Any = {"input": HELLO, "tools": tools}
    if streamed:
        with MINE.responses.stream(model=f"{FREE}:mock-tool-stream", **asked) as stream:
            made: Any = stream.get_final_response()
    else:
        made = respond(model=f"{FREE}:mock-tool-call", **asked)
    call = next(item for item in made.output if item.type == "function_call")
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "written"}
    known = call.model_dump(include={"type", "call_id", "name", "arguments"})
    after = respond(input=[*HELLO, known, result], tools=tools, max_output_tokens=50)
    path = json.loads(call.arguments)["path"]
    return {"tool": call.name, "path": path, "text": after.output_text}


step("chat", whole_chat)
step("chat streamed", lambda: streamed_chat(GPT))
step("chat tools", lambda: chat_tools(streamed=False))
step("chat tools streamed", lambda: chat_tools(streamed=True))
step("responses", whole_response)
step("responses streamed", lambda: streamed_response(GPT))
step("responses tools", lambda: response_tools(streamed=False))
step("responses tools streamed", lambda: response_tools(streamed=True))
step("401", lambda: refused(TOLD.unknown))
step("402", lambda: refused(TOLD.poor))
step("403 paused", lambda: refused(TOLD.paused))
step("403 model", lambda: refused(TOLD.narrow))
step("429", lambda: refused(TOLD.good, f"{FREE}:mock-429"))
step("mid-stream chat", lambda: streamed_chat(GROK))
step("mid-stream responses", lambda: streamed_response(GROK))
