"""The chart of accounts: which there are, and which may not be overdrawn.

=====================  ==============================================================
``external``           the world outside the wallet
``funding:<id>``       the prepaid balance behind one provider credential
``spend:<grant>``      what one approved app has spent
``fee:<funding>``      the service fee, set aside inside that funding
``reserve:<funding>``  set aside there as well, for disputes and overruns
``overrun:<funding>``  what the provider billed above both cap and reserve
=====================  ==============================================================

Money comes in by a top-up (debit ``external``, credit ``funding:<id>``) and leaves by a charge
(debit ``funding:<id>``, credit ``spend:<grant>``). A fee goes on from there to ``fee:<funding>``.
What lies in funding, fee and reserve together is what the provider's own page should show; an
overrun alone may take a funding below zero, because the provider has taken that money already.
"""

from typing import Final

from wattfare_desktop.core.identifiers import AccountId, FundingId, GrantId
from wattfare_desktop.core.ledger.model import Constraint

EXTERNAL: Final = AccountId("external")

_FUNDING: Final = "funding:"
_SPEND: Final = "spend:"
_FEE: Final = "fee:"
_RESERVE: Final = "reserve:"
_OVERRUN: Final = "overrun:"


def funding_account(funding: FundingId) -> AccountId:
    """Return the account of the prepaid balance behind ``funding``."""
    return AccountId(_FUNDING + funding)


def spend_account(grant: GrantId) -> AccountId:
    """Return the account of what the app of ``grant`` has spent."""
    return AccountId(_SPEND + grant)


def fee_account(funding: FundingId) -> AccountId:
    """Return the account of the service fee that is set aside in ``funding``."""
    return AccountId(_FEE + funding)


def reserve_account(funding: FundingId) -> AccountId:
    """Return the account of what is set aside in ``funding`` for disputes and overruns."""
    return AccountId(_RESERVE + funding)


def overrun_account(funding: FundingId) -> AccountId:
    """Return the account of what the provider billed and no cap and no reserve paid for."""
    return AccountId(_OVERRUN + funding)


def constraint_of(account: AccountId) -> Constraint:
    """Return what the balance of ``account`` must obey."""
    if account.startswith(_FUNDING):
        return Constraint.OVERDRAWN_BY_OVERRUNS_ALONE
    if account.startswith((_FEE, _RESERVE)):
        return Constraint.DEBITS_WITHIN_CREDITS
    return Constraint.NONE
