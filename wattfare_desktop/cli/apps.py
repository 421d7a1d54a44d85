"""``wattfare apps``, ``pause``, ``resume``, ``revoke``: the grants, their windows and history.

``wattfare apps allow APP`` says how and from where an app's accesses may be used.
"""

from argparse import Action, ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any, Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.tables import moment, money, table
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.core.errors import UserFacingError

_HEADS: Final = ("ID", "NAME", "STATE", "PERIOD", "SPENT", "HELD", "LIMIT", "RENEWS", "SIGNS")
_KNOWN: Final = ("ACCESS", "")
_HISTORY: Final = ("WHEN", "WHAT HAPPENED", "")
_FIGURES: Final = frozenset({4, 5, 6})
_DONE: Final = {"pause": "paused", "resume": "resumed", "revoke": "revoked"}


class _AppWords(Action):
    """Takes nothing, ``APP`` or ``allow APP``."""

    def __call__(
        self,
        parser: ArgumentParser,
        namespace: Namespace,
        values: str | Sequence[Any] | None,
        _option: str | None = None,
    ) -> None:
        match values:
            case [] | [_] | ["allow", _]:
                setattr(namespace, self.dest, values)
            case _:
                parser.error("write `wattfare apps APP` or `wattfare apps allow APP`")


def add_options(parser: ArgumentParser) -> None:
    """Add the words and options of ``apps`` and ``apps allow``."""
    parser.add_argument(
        "app_words",
        nargs="*",
        action=_AppWords,
        metavar="[allow] APP",
        help="only this one, with all that happened to it; after `allow`: where it may be used",
    )
    group = parser.add_argument_group("with `allow`, each as often as needed")
    for option, name, metavar, told in (
        ("--program", "programs", "PATH", "only by the program in this file"),
        ("--origin", "origins", "ORIGIN", "only by pages of this web origin"),
        ("--cidr", "cidrs", "RANGE", "only from these addresses"),
    ):
        group.add_argument(
            option, action="append", dest=name, metavar=metavar, default=[], help=told
        )
    group.add_argument(
        "--must-sign",
        action="store_true",
        help="an access that is bound to no key of the app is of no use, from now on and for good",
    )
    group.add_argument("--anywhere", action="store_true", help="from anywhere on this machine")


def show_apps(invocation: Invocation) -> int:
    """Print every grant with spent, held and limit of each of its windows; or one in full."""
    match invocation.options.app_words:
        case []:
            return _show_all(invocation)
        case [app]:
            return _show_app(invocation, app)
        case ["allow", app]:
            return _allow(invocation, app)
    raise AssertionError("the parser lets no other words pass")


def _show_all(invocation: Invocation) -> int:
    apps = invocation.ask_list("apps")
    if invocation.options.json:
        invocation.terminal.write_json(apps)
    elif apps:
        rows = [row for app in apps for row in _rows(app)]
        invocation.terminal.write(table(_HEADS, rows, right=_FIGURES))
    else:
        invocation.terminal.write(["No app has been approved yet."])
    return 0


def _allow(invocation: Invocation, app: str) -> int:
    asked: dict[str, JsonValue] = {"app": app}
    options = invocation.options
    for name in ("programs", "origins", "cidrs"):
        listed = getattr(options, name)
        if options.anywhere:
            asked[name] = []
        elif listed:
            asked[name] = listed
    if options.must_sign:
        asked["must_sign"] = True
    if len(asked) == 1:
        raise UserFacingError(
            "Nothing to allow",
            "Name a --program, --origin or --cidr, or take --must-sign or --anywhere.",
        )
    told = invocation.ask_object("apps allow", asked)
    if options.json:
        invocation.terminal.write_json(told)
    else:
        line = f"{told['name']} ({told['id']}) may be used from {_places(told)}."
        invocation.terminal.write(table((line,), ()))
    return 0


def _show_app(invocation: Invocation, name: str) -> int:
    app = invocation.ask_object("apps history", {"app": name})
    if invocation.options.json:
        invocation.terminal.write_json(app)
        return 0
    happened = [
        (moment(note["at"]), note["event"].replace("_", " "), note["detail"])
        for note in app["history"]
    ]
    lines = table(_HEADS, _rows(app), right=_FIGURES)
    known = table(_KNOWN, _bindings(app))
    invocation.terminal.write([*lines, "", *known, "", *table(_HISTORY, happened)])
    return 0


def change_app(invocation: Invocation) -> int:
    """Pause, resume or revoke one app; the command's own word says which."""
    command = invocation.options.command
    app = invocation.ask_object(command, {"app": invocation.options.app})
    if invocation.options.json:
        invocation.terminal.write_json(app)
    else:
        line = f"{app['name']} ({app['id']}) is {_DONE[command]}."
        invocation.terminal.write(table((line,), ()))
    return 0


def _bindings(app: dict[str, Any]) -> list[tuple[str, str]]:
    signs = "yes" if app["signs"] else "no, though it must" if app["must_sign"] else "no"
    return [
        ("signs its requests", signs),
        ("may be used from", _places(app)),
        ("asked by", app["asked_by"] or "-"),
    ]


def _places(app: dict[str, Any]) -> str:
    return ", ".join((*app["programs"], *app["origins"], *app["cidrs"])) or "anywhere here"


def _rows(app: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return a line a window; only the first names the app."""
    named = (app["id"], app["name"], app["state"])
    signs = "yes" if app["signs"] else "no"
    rows: list[tuple[str, ...]] = []
    for window in app["windows"]:
        figures = (money(window["spent"]), money(window["held"]), money(window["limit"]))
        rows.append((*named, window["period"], *figures, moment(window["resets_at"]), signs))
        named, signs = ("", "", ""), ""
    return rows or [(*named, "-", "-", "-", "-", "-", signs)]
