"""Every dialect by name, and what carries a call between an app and a provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wattfare_desktop.providers.anthropic.codec import AnthropicMessagesCodec
from wattfare_desktop.providers.anthropic.count_tokens import AnthropicCountTokens
from wattfare_desktop.providers.anthropic.messages import AnthropicMessages
from wattfare_desktop.providers.conversation.codec import Codec
from wattfare_desktop.providers.conversation.translated import Side, Translated
from wattfare_desktop.providers.dialect import CallRequest, Dialect, DialectName, RequestRefusal
from wattfare_desktop.providers.openai.chat import OpenAiChat


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
            DialectName.ANTHROPIC_MESSAGES: AnthropicMessages(),
            DialectName.ANTHROPIC_COUNT_TOKENS: AnthropicCountTokens(),
        }
        self._codecs: Mapping[DialectName, Codec] = {
            DialectName.ANTHROPIC_MESSAGES: AnthropicMessagesCodec(),
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
        target = next((name for name in provider if name in self._codecs), None)
        if app not in self._codecs or target is None:
            return RequestRefusal(
                code="operation_not_supported",
                param="model",
                message=f"The provider of '{call.model}' does not answer calls of this kind.",
            )
        translated = Translated(self._side(app), self._side(target))
        adapted = translated.adapt(call, model)
        if isinstance(adapted, RequestRefusal):
            return adapted
        return Carried(call=adapted, dialect=translated, spoken=target)

    def _side(self, name: DialectName) -> Side:
        return Side(dialect=self._by_name[name], codec=self._codecs[name])
