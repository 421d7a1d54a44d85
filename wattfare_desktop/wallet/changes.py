"""What a write touched, so that each view can decide for itself whether to repaint."""

from dataclasses import dataclass

from wattfare_desktop.core.identifiers import FundingId, GrantId
from wattfare_desktop.core.reports import LimitAlert, OverrunAlert
from wattfare_desktop.core.updates import Release
from wattfare_desktop.core.watching.alerts import Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The parts of the wallet that are no longer as they were.

    ``grants`` and ``fundings`` name the rows whose figures or state moved; ``calls`` says that the
    activity list did; ``wallet`` that it was created, locked, unlocked, paused or reconfigured;
    ``warnings`` are limits of which most is gone, ``overruns`` what was billed above a cap,
    ``unsettled`` how many calls a crash had left and were charged in full, ``alerts`` what an app
    did that its user should know, ``release`` a Wattfare newer than this one; each is told once.
    """

    grants: frozenset[GrantId] = frozenset()
    fundings: frozenset[FundingId] = frozenset()
    calls: bool = False
    wallet: bool = False
    warnings: tuple[LimitAlert, ...] = ()
    overruns: tuple[OverrunAlert, ...] = ()
    unsettled: int = 0
    alerts: tuple[Alert, ...] = ()
    release: Release | None = None

    def __or__(self, other: "Changes") -> "Changes":
        return Changes(
            grants=self.grants | other.grants,
            fundings=self.fundings | other.fundings,
            calls=self.calls or other.calls,
            wallet=self.wallet or other.wallet,
            warnings=self.warnings + other.warnings,
            overruns=self.overruns + other.overruns,
            unsettled=self.unsettled + other.unsettled,
            alerts=self.alerts + other.alerts,
            release=other.release or self.release,
        )

    def __bool__(self) -> bool:
        touched = self.grants or self.fundings or self.calls or self.wallet
        told = self.warnings or self.overruns or self.unsettled or self.alerts or self.release
        return bool(touched or told)
