"""The desk: where apps ask to spend and the user answers.

An authorization request becomes a ticket whose answer is one future that ends exactly once:
granted, denied, aborted or expired. The desk shows one ticket at a time to whoever presents them
(a dialog, a terminal, a policy that denies) and knows nothing of either dialogs or HTTP.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import MINUTE_MS, Instant, TicketId, later
from wattfare_desktop.core.oauth.grants import SpendProposal, SpendTerms
from wattfare_desktop.core.oauth.lifecycle import TicketState
from wattfare_desktop.core.oauth.prompting import PromptHistory
from wattfare_desktop.core.oauth.requests import AuthorizationRequest
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.pricing import TypicalCalls

ANSWER_MS: Final = 2 * MINUTE_MS
"""How long a request waits for the user before it counts as denied."""


class Source(StrEnum):
    """How a request reached the wallet."""

    SCHEME = "scheme"
    BROWSER = "browser"
