"""Every dialect by name, and what carries a call between an app and a provider."""

from collections.abc import Mapping, Sequence

from wattfare_desktop.providers.conversation.codec import Codec
from wattfare_desktop.providers.conversation.translated import Side, Translated
from wattfare_desktop.providers.dialect import CallRequest, Dialect, DialectName, RequestRefusal
from wattfare_desktop.providers.openai.chat import OpenAiChat
from wattfare_desktop.providers.openai.chat_codec import OpenAiChatCodec
from wattfare_desktop.providers.openai.responses import OpenAiResponses
from wattfare_desktop.providers.openai.responses_codec import OpenAiResponsesCodec


class Dialects:
    """The dialects this program speaks, and those it translates between."""

    def __init__(self) -> None:
        self._by_name: Mapping[DialectName, Dialect] = {
            DialectName.OPENAI_CHAT: OpenAiChat(),
            DialectName.OPENAI_RESPONSES: OpenAiResponses(),
        }
        self._codecs: Mapping[DialectName, Codec] = {
            DialectName.OPENAI_CHAT: OpenAiChatCodec(),
            DialectName.OPENAI_RESPONSES: OpenAiResponsesCodec(),
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
    ) -> tuple[Dialect, CallRequest] | RequestRefusal:
        """Return the call in the first of ``targets`` that has words for all of it."""
        refused: RequestRefusal | None = None
        for target in targets:
            translated = Translated(self._side(app), self._side(target))
            adapted = translated.adapt(call, model)
            if not isinstance(adapted, RequestRefusal):
                return translated, adapted
            refused = refused or adapted
        assert refused is not None, "there is a target"
        return refused

    def _side(self, name: DialectName) -> Side:
        return Side(dialect=self._by_name[name], codec=self._codecs[name])
