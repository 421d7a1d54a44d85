"""How and from where an app's accesses may be used, as a control command."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.choice import choose_app
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.operations import Family
from wattfare_desktop.control.shapes import app_shape
from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.oauth.bindings import Allowed, read_allowed
from wattfare_desktop.core.reports import AppRow


class BindingWallet(Protocol):
    """What this command asks of the wallet; see ``wallet.wallet`` for its meaning."""

    async def apps(self) -> tuple[AppRow, ...]: ...  # noqa: D102 - the wallet's own words
    async def allow(self, grant_id: GrantId, allowed: Allowed) -> None: ...  # noqa: D102


def binding_family(wallet: BindingWallet) -> Family:
    """Return the command ``apps allow`` of one wallet."""

    async def allow(arguments: Arguments) -> JsonValue:
        app = choose_app(await wallet.apps(), arguments.text("app"))
        allowed = read_allowed(
            _listed(arguments, "cidrs"),
            _listed(arguments, "origins"),
            _listed(arguments, "programs"),
        )
        await wallet.allow(app.id, replace(allowed, proof_required=arguments.flag("must_sign")))
        return app_shape(choose_app(await wallet.apps(), app.id))

    return {"apps allow": allow}


def _listed(arguments: Arguments, name: str) -> Sequence[str] | None:
    """Return a list of texts; None where it is to stay as it is."""
    return arguments.texts(name) if arguments.has(name) else None
