"""Gemini's SDK for Python, made to do what ``gemini_program.mjs`` does."""

from typing import Any

from google import genai
from google.genai import types

from tests.sdks.program import heard, step, told

TEXT = "gemini-2.5-flash"
TOOL = "gemini-2.5-pro"
SLOW = "gemini-2.5-flash-lite"
BREAKS = "gemini-2.0-flash"
HELLO = types.Content(role="user", parts=[types.Part(text="Hello there")])
TOOLS: Any = [types.Tool(function_declarations=[types.FunctionDeclaration(name="Write")])]
TOLD = told()


def client(access: str) -> genai.Client:
    return genai.Client(api_key=access, http_options=types.HttpOptions(base_url=TOLD.origin))


MINE = client(TOLD.good)


def config(**members: Any) -> types.GenerateContentConfig:
    return types.GenerateContentConfig(max_output_tokens=50, **members)


def refused(access: str, model: str = TEXT) -> dict[str, Any]:
    # It closes its connections when it is collected, so it is kept until it has answered.
    app = client(access)
    app.models.generate_content(model=model, contents=[HELLO], config=config())
    return {}


def whole() -> dict[str, Any]:
    made: Any = MINE.models.generate_content(model=TEXT, contents=[HELLO], config=config())
    tokens = made.usage_metadata.total_token_count
    return {"text": made.text, "end": made.candidates[0].finish_reason.value, "tokens": tokens}


def streamed(model: str) -> dict[str, Any]:
    return heard(
        lambda: MINE.models.generate_content_stream(model=model, contents=[HELLO], config=config()),
        lambda chunk: chunk.text,
    )


def tools(*, streamed: bool) -> dict[str, Any]:
    asked: Any = {"model": TOOL, "contents": [HELLO], "config": config(tools=TOOLS)}
    if streamed:
        chunks: list[Any] = list(MINE.models.generate_content_stream(**asked))
    else:
        chunks = [MINE.models.generate_content(**asked)]
    made = next(chunk for chunk in chunks if chunk.function_calls)
    call = made.function_calls[0]
    answered = types.Part.from_function_response(name=call.name, response={"output": "written"})
    turns = [HELLO, made.candidates[0].content, types.Content(role="user", parts=[answered])]
    after = MINE.models.generate_content(**{**asked, "contents": turns})
    return {"tool": call.name, "path": call.args["path"], "text": after.text}


def count() -> dict[str, Any]:
    return {"tokens": MINE.models.count_tokens(model=TEXT, contents=[HELLO]).total_tokens}


step("generate", whole)
step("generate streamed", lambda: streamed(TEXT))
step("tools", lambda: tools(streamed=False))
step("tools streamed", lambda: tools(streamed=True))
step("count", count)
step("401", lambda: refused(TOLD.unknown))
step("402", lambda: refused(TOLD.poor))
step("403 paused", lambda: refused(TOLD.paused))
step("403 model", lambda: refused(TOLD.narrow))
step("429", lambda: refused(TOLD.good, SLOW))
step("mid-stream", lambda: streamed(BREAKS))
