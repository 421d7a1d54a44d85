"""Every dialect by name, and what carries a call between an app and a provider."""

from collections.abc import Mapping, Sequence

from wattfare_desktop.providers.conversation.codec import Codec
from wattfare_desktop.providers.conversation.translated import Side, Translated
from wattfare_desktop.providers.dialect import CallRequest, Dialect, DialectName, RequestRefusal
from wattfare_desktop.providers.gemini.codec import GeminiCodec
from wattfare_desktop.providers.gemini.count_tokens import GeminiCountTokens
from wattfare_desktop.providers.gemini.embed import GeminiEmbed
from wattfare_desktop.providers.gemini.generate import GeminiGenerate
from wattfare_desktop.providers.openai.chat import OpenAiChat


class Dialects:
    """The dialects this program speaks, and those it translates between."""

    def __init__(self) -> None:
        self._by_name: Mapping[DialectName, Dialect] = {
            DialectName.OPENAI_CHAT: OpenAiChat(),
            DialectName.GEMINI_GENERATE: GeminiGenerate(),
            DialectName.GEMINI_COUNT_TOKENS: GeminiCountTokens(),
            DialectName.GEMINI_EMBED: GeminiEmbed(),
        }
        self._codecs: Mapping[DialectName, Codec] = {
            DialectName.GEMINI_GENERATE: GeminiCodec(),
        }

    def __getitem__(self, name: DialectName) -> Dialect:
        return self._by_name[name]

    def carry(
        self, call: CallRequest, app: DialectName, provider: Sequence[DialectName], model: str
    ) -> tuple[Dialect, CallRequest] | RequestRefusal:
        """Return what carries ``call`` to ``model`` of a provider, and the call as it gets there.

        ``app`` is what the app speaks, ``provider`` what the provider does, the preferred first.
        Nothing is translated where both speak the same.
        """
        if app in provider:
            return self._by_name[app], call
        target = next((name for name in provider if name in self._codecs), None)
        if app not in self._codecs or target is None:
            return RequestRefusal(
                code="operation_not_supported",
                param="model",
                message=f"The provider of '{call.model}' does not answer calls of this kind.",
            )
        translated = Translated(self._side(app), self._side(target))
        adapted = translated.adapt(call, model)
        return adapted if isinstance(adapted, RequestRefusal) else (translated, adapted)

    def _side(self, name: DialectName) -> Side:
        return Side(dialect=self._by_name[name], codec=self._codecs[name])
