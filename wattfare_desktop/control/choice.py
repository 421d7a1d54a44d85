"""Which app or funding a person means: its id, or a name that only one has."""

from collections.abc import Sequence
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.reports import AppRow, FundingRow

_ENDED: Final = frozenset({"revoked", "expired"})


def choose_app(apps: Sequence[AppRow], text: str) -> AppRow:
    """Return the app that ``text`` means.

    A name goes to the one grant of that name that has not ended, else to the only one there was:
    an app that was revoked and approved again is not ambiguous.
    """
    for app in apps:
        if app.id == text:
            return app
    named = [app for app in apps if app.name.casefold() == text.casefold()]
    living = [app for app in named if str(app.state) not in _ENDED]
    found = living or named
    if len(found) == 1:
        return found[0]
    if not found:
        raise UserFacingError("No such app", "List the apps with `wattfare apps`.")
    raise _ambiguous("apps", [app.id for app in found])


def choose_funding(fundings: Sequence[FundingRow], text: str) -> FundingRow:
    """Return the funding that ``text`` means: its id, or a provider or name that only one has."""
    for funding in fundings:
        if funding.id == text:
            return funding
    wanted = text.casefold()
    found = [row for row in fundings if wanted in {row.provider.casefold(), row.name.casefold()}]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UserFacingError("No such funding", "List them with `wattfare funding list`.")
    raise _ambiguous("fundings", [funding.id for funding in found])


def _ambiguous(what: str, ids: Sequence[str]) -> UserFacingError:
    return UserFacingError(
        f"Several {what} have that name", f"Name one by its id: {', '.join(ids)}."
    )
