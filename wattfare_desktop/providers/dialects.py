"""Every dialect by name, and which of them carries a call between an app and a provider."""

from collections.abc import Sequence

from wattfare_desktop.providers.dialect import Dialect, DialectName
from wattfare_desktop.providers.openai.chat import OpenAiChat


class Dialects:
    """The dialects this program speaks."""

    def __init__(self) -> None:
        self._by_name: dict[DialectName, Dialect] = {DialectName.OPENAI_CHAT: OpenAiChat()}

    def __getitem__(self, name: DialectName) -> Dialect:
        return self._by_name[name]

    def between(self, app: DialectName, provider: Sequence[DialectName]) -> Dialect | None:
        """Return what carries a call in ``app`` to a provider that speaks ``provider``.

        None where nothing does.
        """
        return self._by_name[app] if app in provider else None
