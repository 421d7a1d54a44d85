"""What the user decided about the wallet as a whole, kept in the encrypted file."""

import json
from dataclasses import asdict, dataclass
from functools import partial
from typing import Final

from wattfare_desktop.core.fees import NO_FEE, Fee
from wattfare_desktop.core.money import parse_usd, plain_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.storage import preferences
from wattfare_desktop.storage.database import Database

_DEFAULT_CAP: Final = Cap(period=Period.MONTH, limit=parse_usd("5.00"))
_DEFAULT_CAP_NAME: Final = "default_cap"
_PAUSED_NAME: Final = "paused"
_FEE_NAME: Final = "fee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """``default_cap`` is proposed to the user where an app proposes none itself."""

    default_cap: Cap = _DEFAULT_CAP


class PreferenceShelf:
    """Reads and writes the preferences."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.paused = False
        """Whether all spending is paused, for the path of every call."""
        self.fee = NO_FEE
        """The service fee that comes on top of every call."""

    async def load(self) -> None:
        """Read what every call needs to know."""
        text = await self._database.read(partial(preferences.get, name=_PAUSED_NAME))
        self.paused = text == "yes"
        fee = await self._database.read(partial(preferences.get, name=_FEE_NAME))
        self.fee = NO_FEE if fee is None else Fee(**json.loads(fee))

    async def set_fee(self, fee: Fee) -> None:
        """Keep the service fee."""
        content = json.dumps(asdict(fee))
        await self._database.write(partial(preferences.put, name=_FEE_NAME, content=content))
        self.fee = fee

    async def set_paused(self, *, paused: bool) -> None:
        """Pause or resume all spending; durable when this returns."""
        if paused:
            self.paused = True
        content = "yes" if paused else "no"
        await self._database.write(partial(preferences.put, name=_PAUSED_NAME, content=content))
        self.paused = paused

    async def get(self) -> Preferences:
        """Return the preferences, defaults where nothing was decided."""
        text = await self._database.read(partial(preferences.get, name=_DEFAULT_CAP_NAME))
        return Preferences() if text is None else Preferences(default_cap=_read_cap(text))

    async def put(self, chosen: Preferences) -> None:
        """Keep the preferences."""
        await self._database.write(
            partial(preferences.put, name=_DEFAULT_CAP_NAME, content=_write_cap(chosen.default_cap))
        )


def _read_cap(text: str) -> Cap:
    row = json.loads(text)
    return Cap(period=Period(row["period"]), limit=parse_usd(row["limit"]))


def _write_cap(cap: Cap) -> str:
    return json.dumps({"period": cap.period.value, "limit": plain_usd(cap.limit)})
