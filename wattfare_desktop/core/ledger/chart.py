"""The chart of accounts: which there are, and which may not be overdrawn.

=================  ==================================================================
``external``       the world outside the wallet
``funding:<id>``   the prepaid balance behind one provider credential
``spend:<grant>``  what one approved app has spent
=================  ==================================================================

Money comes in by a top-up (debit ``external``, credit ``funding:<id>``) and leaves by a charge
(debit ``funding:<id>``, credit ``spend:<grant>``). Fee, reserve and overrun accounts take their
place here when disputes do.
"""

from typing import Final

from wattfare_desktop.core.identifiers import AccountId, FundingId, GrantId
from wattfare_desktop.core.ledger.model import Constraint

EXTERNAL: Final = AccountId("external")

_FUNDING: Final = "funding:"
_SPEND: Final = "spend:"


def funding_account(funding: FundingId) -> AccountId:
    """Return the account of the prepaid balance behind ``funding``."""
    return AccountId(_FUNDING + funding)


def spend_account(grant: GrantId) -> AccountId:
    """Return the account of what the app of ``grant`` has spent."""
    return AccountId(_SPEND + grant)


def constraint_of(account: AccountId) -> Constraint:
    """Return what the balance of ``account`` must obey: a funding is never overdrawn."""
    if account.startswith(_FUNDING):
        return Constraint.DEBITS_WITHIN_CREDITS
    return Constraint.NONE
