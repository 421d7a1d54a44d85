"""The words of the command line. Options that every command knows stand before or after it."""

import argparse
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from wattfare_desktop.cli import (
    activity,
    alerts,
    approve,
    apps,
    backup,
    blocked,
    dispute,
    doctor,
    erase,
    funding,
    launching,
    ledger,
    ledger_export,
    mending,
    model,
    price,
    quitting,
    receipt,
    status,
    update,
)
from wattfare_desktop.cli.options import Consent
from wattfare_desktop.cli.words import OPEN_URI, with_uri_command
from wattfare_desktop.core.disputes import DisputeReason
from wattfare_desktop.core.fees import parse_fee_percent
from wattfare_desktop.core.money import parse_usd, plain_usd

_PORT_MAX: Final = 65_535


def parse(argv: Sequence[str], *, version: str) -> argparse.Namespace:
    """Return the options of ``argv``, with ``run`` the function to call.

    Exits as argparse does: 2 with a usage message, 0 after --help and --version.
    """
    # Not set_defaults: it would change the shared options themselves, and then a command's default
    # would overwrite what was given before the command.
    unsaid = argparse.Namespace(
        run=launching.start_tray,
        command="",
        home=None,
        port=None,
        passphrase_file=None,
        json=False,
        verbose=False,
    )
    return command_line_parser(version).parse_args(with_uri_command(argv), unsaid)


def command_line_parser(version: str) -> ArgumentParser:
    """Return the parser of all commands; the manual page and the completions are made from it."""
    shared = _shared_options()
    parser = ArgumentParser(
        prog="wattfare",
        parents=[shared],
        allow_abbrev=False,
        description="A wallet on your own machine from which apps use AI with your money, under "
        "your caps. Without a command: the tray application. With a wattfare:// URI: hand that "
        "request to the wallet.",
        epilog="Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 no running wallet.",
    )
    parser.add_argument("--version", action="version", version=f"wattfare {version}")
    commands = parser.add_subparsers(metavar="COMMAND", dest="command")
    _Family(commands, shared).add_all()
    return parser


def _shared_options() -> ArgumentParser:
    """Return the options that each parser takes; suppressed, so that the last given stays."""
    shared = ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    options = shared.add_argument_group("options before or after the command")
    options.add_argument(
        "--home", type=Path, metavar="DIR", help="the wallet's folder (also WATTFARE_HOME)"
    )
    options.add_argument(
        "--port", type=_port, metavar="N", help="the public port, for the tray and serve"
    )
    options.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help="open the wallet with this file's first line, where there is no OS keyring",
    )
    options.add_argument("--json", action="store_true", help="print stable JSON")
    options.add_argument("-v", "--verbose", action="store_true", help="log more")
    return shared


class _Family:
    """Adds the commands, each with the shared options."""

    def __init__(self, commands: Any, shared: ArgumentParser) -> None:
        self._commands = commands
        self._shared = shared

    def add_all(self) -> None:
        self._add_starting()
        self._add_apps()
        self._add_alerts()
        self._add_funding()
        self._command("status", status.show_status, "port, lock state, balance, running calls")
        calls = self._command("activity", activity.show_activity, "every call, newest first")
        calls.add_argument("--app", metavar="A", help="only this app: its id or unique name")
        calls.add_argument(
            "--since",
            type=activity.seconds_ago,
            metavar="7d",
            help="only so far back: 30m, 12h, 7d",
        )
        calls.add_argument("--failed", action="store_true", help="only calls that failed")
        receipt.add_options(self._command("receipt", receipt.run, "what a call was charged for"))
        self._add_prices()
        self._add_disputes()
        self._add_models()
        self._add_mending()
        self._add_ledger()
        self._add_backup()
        self._add_update()
        looking = self._command("doctor", doctor.examine, "what is wrong here and how to mend it")
        looking.add_argument(
            "--take-links", action="store_true", help="have wattfare: links open this wallet first"
        )

    def _add_starting(self) -> None:
        serving = self._command("serve", launching.serve, "the wallet without windows")
        serving.add_argument(
            "--consent",
            choices=[str(consent) for consent in Consent],
            default=str(Consent.DENY),
            help="how to answer apps that ask: by typing, or never (the default)",
        )
        demo = self._command("demo", launching.play_demo, "the whole story with play money")
        demo.add_argument(
            "--screenshots", type=Path, metavar="DIR", help="write pictures of each dialog and page"
        )
        self._command("quit", quitting.end_wallet, "settle running calls and end the wallet")
        uri = self._commands.add_parser(OPEN_URI, parents=[self._shared])
        uri.add_argument("uri")
        uri.set_defaults(run=launching.open_uri)

    def _add_apps(self) -> None:
        listing = self._command("apps", apps.show_apps, "the apps you approved and what they spent")
        apps.add_options(listing)
        approving = self._command("approve", approve.enter_code, "ask about what shows a code")
        approving.add_argument("code", metavar="CODE", help="the eight letters it shows")
        letting = self._command("unblock", blocked.unblock, "the apps you blocked, and a way back")
        letting.add_argument("client", nargs="?", metavar="NAME", help="who may ask again")
        for word, told in (
            ("revoke", "end an app's access at once"),
            ("pause", "refuse an app's new calls until resumed"),
            ("resume", "let a paused app go on"),
        ):
            changing = self._command(word, apps.change_app, told)
            changing.add_argument("app", metavar="APP", help="its id or unique name")

    def _add_alerts(self) -> None:
        listing = self._command("alerts", alerts.show_alerts, "what apps did that is unusual")
        group = _Family(listing.add_subparsers(metavar="ACTION", dest="action"), self._shared)
        resuming = group._command("resume", alerts.resume_app, "let a paused app go on")
        resuming.add_argument("app", metavar="APP", help="its id or unique name")
        mine = group._command("mine", alerts.say_mine, "it was you: be less strict for a week")
        mine.add_argument("id", type=int, metavar="ID", help="the number of the alert")
        rate = self._command("rate", alerts.change_rate, "how fast an app may call")
        rate.add_argument("app", metavar="APP", help="its id or unique name")
        rate.add_argument("--per-second", type=int, metavar="N", help="calls a second (50)")
        rate.add_argument("--in-flight", type=int, metavar="N", help="calls under way (64)")

    def _add_models(self) -> None:
        parser = self._command("model", None, "names for models, and what stands in for what")
        group = _Family(
            parser.add_subparsers(metavar="ACTION", dest="action", required=True), self._shared
        )
        group._command("list", model.list_aliases, "all of them")
        setting = group._command("set", model.set_alias, "have a name stand for models")
        setting.add_argument("name", metavar="NAME", help="what apps ask for, such as `fast`")
        setting.add_argument(
            "models", nargs="+", metavar="PROVIDER/MODEL", help="tried in this order"
        )
        removing = group._command("remove", model.remove_alias, "forget a name")
        removing.add_argument("name", metavar="NAME")
        capping = group._command("at-cap", model.set_at_cap, "what answers where a cap is used up")
        capping.add_argument(
            "model", metavar="PROVIDER/MODEL", help="a model that costs nothing; `off`: none"
        )

    def _add_ledger(self) -> None:
        parser = self._command("ledger", None, "are the books as they were written")
        group = _Family(
            parser.add_subparsers(metavar="ACTION", dest="action", required=True), self._shared
        )
        group._command("verify", ledger.verify, "recompute every balance, limit and entry")
        exporting = group._command("export", ledger_export.run, "the books as CSV, JSON, beancount")
        ledger_export.add_options(exporting)
        group._command("accept", ledger.accept, "go on from books that are not as they were left")

    def _add_backup(self) -> None:
        backing = self._command("backup", backup.back_up, "the whole wallet as one encrypted file")
        backup.add_backup_options(backing)
        restoring = self._command(
            "restore", backup.restore, "a wallet from a backup; what was there is kept aside"
        )
        backup.add_restore_options(restoring)
        erase.add_options(self._command("erase", erase.run, "make an end of this wallet"))

    def _add_prices(self) -> None:
        parser = self._command("price", None, "what a model costs, where you know better")
        group = _Family(
            parser.add_subparsers(metavar="ACTION", dest="action", required=True), self._shared
        )
        group._command("list", price.list_prices, "the prices you set")
        price.add_options(group._command("set", price.set_price, "set what a model costs"))
        removing = group._command("remove", price.remove_price, "go back to the table's price")
        removing.add_argument("model", metavar="PROVIDER/MODEL")
        updating = group._command("update", price.update_prices, "fetch the newest prices")
        updating.add_argument(
            "--daily", choices=("on", "off"), help="from now on each day, or not any more"
        )
        group._command("forget", price.forget_prices, "go back to the program's own prices")

    def _add_update(self) -> None:
        looking = self._command("update", update.look, "is there a newer Wattfare, and where")
        group = _Family(looking.add_subparsers(metavar="ACTION", dest="action"), self._shared)
        update.add_daily_options(
            group._command("daily", update.set_daily, "look once a day, or not any more")
        )

    def _add_disputes(self) -> None:
        opening = self._command("dispute", dispute.open_dispute, "say that a charge is wrong")
        opening.add_argument("call", metavar="CALL", help="the id of the call, from `activity`")
        reasons = [str(reason) for reason in DisputeReason]
        opening.add_argument("--reason", choices=reasons, required=True, help="what is wrong")
        listing = self._command("disputes", dispute.show_disputes, "disputed charges")
        group = _Family(listing.add_subparsers(metavar="ACTION", dest="action"), self._shared)
        for word, told in (
            ("accept", "accept the charge after all"),
            ("withdraw", "take a dispute back"),
            ("reverse", "give a credit back to the reserve"),
        ):
            deciding = group._command(word, dispute.decide_dispute, told)
            deciding.add_argument("call", metavar="CALL", help="the id of the disputed call")
        setting = self._command("fee", dispute.set_fee, "the service fee on top of each call")
        setting.add_argument(
            "percent", nargs="?", type=_percent, metavar="2.5", help="0 to 10 per cent"
        )
        setting.add_argument(
            "--to-reserve",
            type=int,
            choices=range(101),
            metavar="50",
            help="how much of the fee feeds the reserve, in per cent",
        )

    def _add_mending(self) -> None:
        settling = self._command(
            "settle", mending.settle, "say what a call cost that a crash left unsettled"
        )
        settling.add_argument("call", metavar="CALL", help="the id of the call, from `activity`")
        settling.add_argument(
            "amount", type=_amount, metavar="0.12", help="what the provider's page says it billed"
        )
        windows = self._command("windows", None, "limits that a wrong clock left stuck")
        group = _Family(
            windows.add_subparsers(metavar="ACTION", dest="action", required=True), self._shared
        )
        group._command(
            "reset", mending.reset_windows, "let limits renew whose time begins in the future"
        )

    def _add_reserve(self) -> None:
        parser = self._command("reserve", None, "what is set aside for disputes and overruns")
        group = _Family(
            parser.add_subparsers(metavar="MOVE", dest="move", required=True), self._shared
        )
        for word, told in (
            ("add", "set a part of the balance aside"),
            ("take", "give it back to the balance"),
        ):
            moving = group._command(word, dispute.move_reserve, told)
            moving.add_argument("funding", metavar="ID")
            moving.add_argument("amount", type=_amount, metavar="5.00")

    def _add_funding(self) -> None:
        parser = self._command("funding", None, "provider keys and balances")
        group = _Family(
            parser.add_subparsers(metavar="ACTION", dest="action", required=True), self._shared
        )
        group._command("list", funding.list_fundings, "all of them")
        group._command("find", funding.find_neighbours, "model servers on this computer")
        listing = group._command("providers", funding.list_providers, "which there are to add")
        listing.add_argument("search", nargs="?", metavar="TEXT", help="a part of the name")
        adding = group._command("add", funding.add_funding, "add a provider")
        adding.add_argument("provider", metavar="PROVIDER", help="one of `funding providers`")
        adding.add_argument("--key-stdin", action="store_true", help="read the key from stdin")
        adding.add_argument("--base-url", metavar="URL", help="where this provider is reached")
        adding.add_argument(
            "--balance", type=_amount, default="0", metavar="20.00", help="what is prepaid there"
        )
        topping = group._command("top-up", funding.top_up, "add to a balance")
        topping.add_argument("funding", metavar="ID")
        topping.add_argument("amount", type=_amount, metavar="5.00")
        comparing = group._command(
            "reconcile", dispute.reconcile, "set a balance to what the provider's page shows"
        )
        comparing.add_argument("funding", metavar="ID")
        comparing.add_argument(
            "balance",
            nargs="?",
            type=_amount,
            metavar="19.50",
            help="what its page shows; the provider is asked where none is given",
        )
        comparing.add_argument(
            "--dry-run", action="store_true", help="show the difference, book nothing"
        )
        group._add_reserve()
        removing = group._command("remove", funding.remove_funding, "forget a provider's key")
        removing.add_argument("funding", metavar="ID")

    def _command(self, word: str, run: Any, told: str) -> ArgumentParser:
        parser = self._commands.add_parser(
            word, parents=[self._shared], allow_abbrev=False, help=told, description=told
        )
        assert isinstance(parser, ArgumentParser)
        if run is not None:
            parser.set_defaults(run=run)
        return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _PORT_MAX:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535; 0 is any free one")
    return int(text)


def _percent(text: str) -> int:
    try:
        return parse_fee_percent(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _amount(text: str) -> str:
    try:
        return plain_usd(parse_usd(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
