"""The servers of ``mock-ai-api``: OpenAI's API as somebody else understood it.

What it answers is chosen by the end of the model's name, such as ``gpt-4.1:mock-tool-call``.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from importlib import import_module

import uvicorn

_PATIENCE_S = 10.0


@asynccontextmanager
async def mock_upstream(module: str) -> AsyncIterator[str]:
    """Serve the ``app`` of a module of the mock on a free port of 127.0.0.1; yield its address."""
    config = uvicorn.Config(
        import_module(module).app,
        host="127.0.0.1",
        port=0,
        log_config=None,
        lifespan="off",
        ws="none",
    )
    server = uvicorn.Server(config)
    # A test leaves the signals of its process alone.
    server.capture_signals = nullcontext  # type: ignore[method-assign,assignment]
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(_PATIENCE_S):
            while not server.started:  # noqa: ASYNC110 - it rings no bell
                await asyncio.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await asyncio.wait_for(serving, _PATIENCE_S)
