"""How a wallet comes to be open: set up on a new machine, unlocked, or brought back."""

from PySide6.QtCore import QObject, Signal, Slot

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.ui.dialogs.first_run import FirstChoices, FirstRun, FundingWish
from wattfare_desktop.ui.dialogs.unlock import UnlockDialog
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.wallet_acts import Circumstances, WalletActs


class Opening(QObject):
    """The first run and the unlocking, one dialog each."""

    opened = Signal()
    """Something was done that the wallet stands otherwise by."""
    restore_requested = Signal()
    finished = Signal()
    """The first run is over."""
    refused = Signal(str, str)
    """What the desktop would not do at its end: a title, and what to do."""

    def __init__(
        self,
        *,
        acts: WalletActs,
        errands: Errands,
        circumstances: Circumstances,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._acts = acts
        self._errands = errands
        self._circumstances = circumstances
        self.is_absent = circumstances.is_absent
        self._by_passphrase = circumstances.by_passphrase
        self.first_run: FirstRun | None = None
        self.unlock_dialog: UnlockDialog | None = None

    def close(self) -> None:
        """Take both from the screen."""
        for dialog in (self.first_run, self.unlock_dialog):
            if dialog is not None:
                dialog.close()

    @Slot()
    def show_unlock(self) -> None:
        """Offer to unlock, or to set the wallet up where there is none."""
        if self.is_absent:
            self.show_first_run()
            return
        if self.unlock_dialog is None:
            dialog = UnlockDialog(by_passphrase=self._by_passphrase)
            dialog.unlock_requested.connect(self._on_unlock_requested)
            dialog.destroyed.connect(self._on_unlock_destroyed)
            self.unlock_dialog = dialog
        self.unlock_dialog.show()
        self.unlock_dialog.raise_()
        self.unlock_dialog.activateWindow()

    def show_first_run(self) -> None:
        """Set the wallet up, step by step."""
        if self.first_run is None:
            here = self._circumstances
            dialog = FirstRun(
                keyring_trouble=here.keyring_trouble,
                providers=here.providers,
                at_login=here.autostart.is_on(),
            )
            dialog.create_requested.connect(self._on_create_requested)
            dialog.fund_requested.connect(self._on_fund_requested)
            dialog.try_requested.connect(self._on_try_requested)
            dialog.restore_requested.connect(self.restore_requested)
            dialog.finished_with.connect(self._on_first_run_finished)
            dialog.destroyed.connect(self._on_first_run_destroyed)
            self.first_run = dialog
        self.first_run.show()
        self.first_run.raise_()
        self.first_run.activateWindow()

    @Slot(bool)
    def take_restored(self, by_passphrase: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        """Go on with the wallet that a backup brought back."""
        self.is_absent, self._by_passphrase = False, by_passphrase
        self.close()
        self.opened.emit()

    def _created(self, _nothing: None) -> None:
        self.is_absent = False
        self._first_run_step_done(None)

    def _first_run_step_done(self, _outcome: object) -> None:
        if self.first_run is not None:
            self.first_run.step_done()
        self.opened.emit()

    def _first_run_failed(self, error: UserFacingError) -> None:
        if self.first_run is not None:
            self.first_run.show_trouble(str(error))

    def _unlocked(self, _nothing: None) -> None:
        if self.unlock_dialog is not None:
            self.unlock_dialog.close()
        self.opened.emit()

    def _unlock_failed(self, error: UserFacingError) -> None:
        if self.unlock_dialog is not None:
            self.unlock_dialog.show_trouble(str(error))

    @Slot(object)
    def _on_create_requested(self, passphrase: str | None) -> None:
        self._by_passphrase = passphrase is not None
        self._errands.run(self._acts.create(passphrase), self._created, self._first_run_failed)

    @Slot(object)
    def _on_fund_requested(self, wish: FundingWish) -> None:
        work = self._acts.add_funding(
            wish.provider, key=wish.key, base_url=None, balance=wish.balance
        )
        self._errands.run(work, self._first_run_step_done, self._first_run_failed)

    @Slot()
    def _on_try_requested(self) -> None:
        self._circumstances.try_sample()

    @Slot(object)
    def _on_first_run_finished(self, choices: FirstChoices) -> None:
        self.finished.emit()
        autostart = self._circumstances.autostart
        try:
            if choices.links:
                self._circumstances.register_links()
            if choices.at_login != autostart.is_on():
                (autostart.turn_on if choices.at_login else autostart.turn_off)()
        except UserFacingError as error:
            self.refused.emit(error.title, error.detail)

    @Slot()
    def _on_first_run_destroyed(self) -> None:
        self.first_run = None

    @Slot(object)
    def _on_unlock_requested(self, passphrase: str | None) -> None:
        self._errands.run(self._acts.unlock(passphrase), self._unlocked, self._unlock_failed)

    @Slot()
    def _on_unlock_destroyed(self) -> None:
        self.unlock_dialog = None
