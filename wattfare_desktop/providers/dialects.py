"""Every dialect by name, and what carries a call between an app and a provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wattfare_desktop.providers.anthropic.codec import AnthropicMessagesCodec
from wattfare_desktop.providers.anthropic.count_tokens import AnthropicCountTokens
from wattfare_desktop.providers.anthropic.messages import AnthropicMessages
from wattfare_desktop.providers.conversation.codec import Codec
from wattfare_desktop.providers.conversation.translated import Side, Translated
from wattfare_desktop.providers.dialect import CallRequest, Dialect, DialectName, RequestRefusal
from wattfare_desktop.providers.gemini.codec import GeminiCodec
from wattfare_desktop.providers.gemini.count_tokens import GeminiCountTokens
from wattfare_desktop.providers.gemini.embed import GeminiEmbed
from wattfare_desktop.providers.gemini.generate import GeminiGenerate
from wattfare_desktop.providers.ollama.codec import OllamaCodec
from wattfare_desktop.providers.ollama.operations import OllamaChat, OllamaEmbed, OllamaGenerate
from wattfare_desktop.providers.openai.chat import OpenAiChat
from wattfare_desktop.providers.openai.chat_codec import OpenAiChatCodec
from wattfare_desktop.providers.openai.embeddings import OpenAiEmbeddings
from wattfare_desktop.providers.openai.images import OpenAiImageEdits, OpenAiImages
from wattfare_desktop.providers.openai.moderations import OpenAiModerations
from wattfare_desktop.providers.openai.responses import OpenAiResponses
from wattfare_desktop.providers.openai.responses_codec import OpenAiResponsesCodec
from wattfare_desktop.providers.openai.speech import OpenAiSpeech
from wattfare_desktop.providers.openai.transcriptions import OpenAiTranscriptions
from wattfare_desktop.providers.queues import FalRuns, ReplicateRuns


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A call as it gets to its provider: in which of that provider's dialects, and what reads it.

    ``dialect`` is the provider's own, or what translates between it and the app's.
    """

    call: CallRequest
    dialect: Dialect
    spoken: DialectName


class Dialects:
    """The dialects this program speaks, and those it translates between."""

    def __init__(self) -> None:
        self._by_name: Mapping[DialectName, Dialect] = {
            DialectName.OPENAI_CHAT: OpenAiChat(),
            DialectName.OPENAI_RESPONSES: OpenAiResponses(),
            DialectName.OPENAI_EMBEDDINGS: OpenAiEmbeddings(),
            DialectName.OPENAI_IMAGES: OpenAiImages(),
            DialectName.OPENAI_IMAGE_EDITS: OpenAiImageEdits(),
            DialectName.OPENAI_TRANSCRIPTIONS: OpenAiTranscriptions(),
            DialectName.OPENAI_SPEECH: OpenAiSpeech(),
            DialectName.OPENAI_MODERATIONS: OpenAiModerations(),
            DialectName.ANTHROPIC_MESSAGES: AnthropicMessages(),
            DialectName.ANTHROPIC_COUNT_TOKENS: AnthropicCountTokens(),
            DialectName.OLLAMA_CHAT: OllamaChat(),
            DialectName.OLLAMA_GENERATE: OllamaGenerate(),
            DialectName.OLLAMA_EMBED: OllamaEmbed(),
            DialectName.REPLICATE_RUNS: ReplicateRuns(),
            DialectName.FAL_RUNS: FalRuns(),
            DialectName.GEMINI_GENERATE: GeminiGenerate(),
            DialectName.GEMINI_COUNT_TOKENS: GeminiCountTokens(),
            DialectName.GEMINI_EMBED: GeminiEmbed(),
        }
        self._codecs: Mapping[DialectName, Codec] = {
            DialectName.OPENAI_CHAT: OpenAiChatCodec(),
            DialectName.OPENAI_RESPONSES: OpenAiResponsesCodec(),
            DialectName.ANTHROPIC_MESSAGES: AnthropicMessagesCodec(),
            DialectName.GEMINI_GENERATE: GeminiCodec(),
            DialectName.OLLAMA_CHAT: OllamaCodec(),
        }

    def __getitem__(self, name: DialectName) -> Dialect:
        return self._by_name[name]

    def carry(
        self, call: CallRequest, app: DialectName, provider: Sequence[DialectName], model: str
    ) -> Carried | RequestRefusal:
        """Return what carries ``call`` to ``model`` of a provider, and the call as it gets there.

        ``app`` is what the app speaks, ``provider`` what the provider does, the preferred first.
        Nothing is translated where both speak the same.
        """
        if app in provider:
            return Carried(call=call, dialect=self._by_name[app], spoken=app)
        targets = [name for name in provider if name in self._codecs]
        if app not in self._codecs or not targets:
            return RequestRefusal(
                code="operation_not_supported",
                param="model",
                message=f"The provider of '{call.model}' does not answer calls of this kind.",
            )
        return self._translated(call, app, targets, model)

    def _translated(
        self, call: CallRequest, app: DialectName, targets: Sequence[DialectName], model: str
    ) -> Carried | RequestRefusal:
        """Return the call in the first of ``targets`` that has words for all of it."""
        refused: RequestRefusal | None = None
        for target in targets:
            translated = Translated(self._side(app), self._side(target))
            adapted = translated.adapt(call, model)
            if not isinstance(adapted, RequestRefusal):
                return Carried(call=adapted, dialect=translated, spoken=target)
            refused = refused or adapted
        assert refused is not None, "there is a target"
        return refused

    def _side(self, name: DialectName) -> Side:
        return Side(name=name, dialect=self._by_name[name], codec=self._codecs[name])
