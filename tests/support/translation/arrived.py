"""Each feature as its provider must get it: JSON that must stand in the body, spaces left out."""

from typing import Final

from tests.support.translation.asked import (
    AGAIN,
    ASK,
    EARLIER,
    PDF,
    PNG,
    RESULT,
    SYSTEM,
    Feature,
)
from wattfare_desktop.providers.dialect import DialectName

_CITY: Final = '"properties":{"city":{"type":"string"}},"required":["city"]'
_ARGUMENTS: Final = r'"arguments":"{\"city\":\"Hull\"}"'
_HULL: Final = '{"city":"Hull"}'
_PNG_URL: Final = f"data:image/png;base64,{PNG}"
_PDF_URL: Final = f"data:application/pdf;base64,{PDF}"

_OPENAI_CHAT: Final[dict[Feature, tuple[str, ...]]] = {
    Feature.TEXT: (f'"content":"{ASK}"',),
    Feature.SYSTEM: (f'{{"role":"system","content":"{SYSTEM}"}}',),
    Feature.TURNS: (f'{{"role":"assistant","content":"{EARLIER}"}}', AGAIN),
    Feature.TOOLS: (
        '{"type":"function","function":{"name":"look_up"',
        f'"parameters":{{"type":"object",{_CITY}',
    ),
    Feature.RESULTS: (
        '"tool_calls":[{"id":"',
        _ARGUMENTS,
        '"role":"tool"',
        f'"content":"{RESULT}"',
    ),
    Feature.IMAGES: (f'{{"type":"image_url","image_url":{{"url":"{_PNG_URL}"}}}}',),
    Feature.DOCUMENTS: ('"type":"file"', f'"file_data":"{_PDF_URL}"'),
    Feature.THINKING: ('"reasoning_effort":"low"',),
    Feature.STRUCTURE: ('"response_format":{"type":"json_schema"', _CITY),
    Feature.BOUND: ('tokens":7654',),
    Feature.TEMPERATURE: ('"temperature":0.5',),
    Feature.STOP: ('"stop":["HALT"]',),
    Feature.TOP_K: ('"top_k":37',),
    Feature.SEED: ('"seed":4242',),
    Feature.PENALTIES: ('"presence_penalty":0.5', '"frequency_penalty":0.25'),
    Feature.CHOICES: ('"n":2',),
}
_OPENAI_RESPONSES: Final[dict[Feature, tuple[str, ...]]] = {
    Feature.TEXT: (ASK,),
    Feature.SYSTEM: (SYSTEM,),
    Feature.TURNS: ('"role":"assistant"', EARLIER, AGAIN),
    Feature.TOOLS: (
        '{"type":"function","name":"look_up"',
        f'"parameters":{{"type":"object",{_CITY}',
    ),
    Feature.RESULTS: (
        '"type":"function_call"',
        _ARGUMENTS,
        '"type":"function_call_output"',
        f'"output":"{RESULT}"',
    ),
    Feature.IMAGES: ('"type":"input_image"', f'"image_url":"{_PNG_URL}"'),
    Feature.DOCUMENTS: ('"type":"input_file"', f'"file_data":"{_PDF_URL}"'),
    Feature.THINKING: ('"reasoning":{"effort":"low"',),
    Feature.STRUCTURE: ('"text":{"format":{"type":"json_schema"', _CITY),
    Feature.BOUND: ('"max_output_tokens":7654',),
    Feature.TEMPERATURE: ('"temperature":0.5',),
}
_ANTHROPIC: Final[dict[Feature, tuple[str, ...]]] = {
    Feature.TEXT: (ASK,),
    Feature.SYSTEM: ('"system":', SYSTEM),
    Feature.TURNS: ('"role":"assistant"', EARLIER, AGAIN),
    Feature.TOOLS: ('"name":"look_up"', f'"input_schema":{{"type":"object",{_CITY}'),
    Feature.RESULTS: ('"type":"tool_use"', f'"input":{_HULL}', '"type":"tool_result"', RESULT),
    Feature.IMAGES: (f'"source":{{"type":"base64","media_type":"image/png","data":"{PNG}"}}',),
    Feature.DOCUMENTS: (
        '"type":"document"',
        f'"source":{{"type":"base64","media_type":"application/pdf","data":"{PDF}"}}',
    ),
    Feature.THINKING: ('"thinking":{"type":"enabled","budget_tokens":2048',),
    Feature.STRUCTURE: ('"output_config":{"format":{"type":"json_schema"', _CITY),
    Feature.BOUND: ('"max_tokens":7654',),
    Feature.TEMPERATURE: ('"temperature":0.5',),
    Feature.STOP: ('"stop_sequences":["HALT"]',),
    Feature.TOP_K: ('"top_k":37',),
}
_GEMINI: Final[dict[Feature, tuple[str, ...]]] = {
    Feature.TEXT: (f'{{"text":"{ASK}"}}',),
    Feature.SYSTEM: ('"systemInstruction":', f'{{"text":"{SYSTEM}"}}'),
    Feature.TURNS: ('"role":"model"', f'{{"text":"{EARLIER}"}}', f'{{"text":"{AGAIN}"}}'),
    Feature.TOOLS: ('"functionDeclarations":[{"name":"look_up"', _CITY),
    Feature.RESULTS: (
        '"functionCall":',
        f'"args":{_HULL}',
        '"functionResponse":',
        f'{{"output":"{RESULT}"}}',
    ),
    Feature.IMAGES: (f'"inlineData":{{"mimeType":"image/png","data":"{PNG}"}}',),
    Feature.DOCUMENTS: (f'"inlineData":{{"mimeType":"application/pdf","data":"{PDF}"',),
    Feature.THINKING: ('"thinkingConfig":{', '"includeThoughts":true'),
    Feature.STRUCTURE: ('"responseMimeType":"application/json"', _CITY),
    Feature.BOUND: ('"maxOutputTokens":7654',),
    Feature.TEMPERATURE: ('"temperature":0.5',),
    Feature.STOP: ('"stopSequences":["HALT"]',),
    Feature.TOP_K: ('"topK":37',),
    Feature.SEED: ('"seed":4242',),
    Feature.PENALTIES: ('"presencePenalty":0.5', '"frequencyPenalty":0.25'),
    Feature.CHOICES: ('"candidateCount":2',),
}
_OLLAMA: Final[dict[Feature, tuple[str, ...]]] = {
    Feature.TEXT: (f'{{"role":"user","content":"{ASK}"}}',),
    Feature.SYSTEM: (f'{{"role":"system","content":"{SYSTEM}"}}',),
    Feature.TURNS: (f'{{"role":"assistant","content":"{EARLIER}"}}', AGAIN),
    Feature.TOOLS: ('{"type":"function","function":{"name":"look_up"', _CITY),
    Feature.RESULTS: (
        f'"function":{{"name":"look_up","arguments":{_HULL}}}',
        '"role":"tool"',
        RESULT,
    ),
    Feature.IMAGES: (f'"images":["{PNG}"]',),
    Feature.THINKING: ('"think":',),
    Feature.STRUCTURE: ('"format":{"type":"object"', _CITY),
    Feature.BOUND: ('"num_predict":7654',),
    Feature.TEMPERATURE: ('"options":{"temperature":0.5',),
    Feature.STOP: ('"options":{"stop":["HALT"]',),
    Feature.TOP_K: ('"options":{"top_k":37',),
    Feature.SEED: ('"options":{"seed":4242',),
    Feature.PENALTIES: ('"options":{"presence_penalty":0.5,"frequency_penalty":0.25',),
}
ARRIVED: Final = {
    DialectName.OPENAI_CHAT: _OPENAI_CHAT,
    DialectName.OPENAI_RESPONSES: _OPENAI_RESPONSES,
    DialectName.ANTHROPIC_MESSAGES: _ANTHROPIC,
    DialectName.GEMINI_GENERATE: _GEMINI,
    DialectName.OLLAMA_CHAT: _OLLAMA,
}
PROVIDERS: Final = tuple(ARRIVED)
