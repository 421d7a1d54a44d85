"""Tests of ``wattfare_desktop.wallet.authorization``: the desk on a real wallet."""

import asyncio
from dataclasses import replace
from functools import partial
from urllib.parse import quote

import pytest

from tests.support.asking import LOOPBACK, WEB, answer_in, details, query, uri
from tests.support.wallet_house import PASSPHRASE, WalletHouse, eventually
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import MINUTE_MS, SECOND_MS, TicketId
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.prompting import Silenced, SilenceReason
from wattfare_desktop.core.oauth.requests import AuthorizationRequest, read_uri
from wattfare_desktop.core.oauth.tokens import CODE_PREFIX
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.reports import ActivityQuery
from wattfare_desktop.system.programs import Program
from wattfare_desktop.wallet import authorization
from wattfare_desktop.wallet.authorization import ConsentTicket, Source
from wattfare_desktop.wallet.preferences import Preferences
from wattfare_desktop.wallet.wallet import WalletState

ISSUER = "http://127.0.0.1:8402"


async def test_an_app_asks_is_approved_and_is_answered(house: WalletHouse) -> None:
    await house.fund()
    await house.wallet.set_wallet_caps([Cap(period=Period.MONTH, limit=parse_usd("50.00"))])
    ticket = await house.ask()
    assert ticket.source is Source.SCHEME
    assert ticket.request.client.name == "Notes AI"
    assert ticket.proposal.limit == parse_usd("5.00")
    assert ticket.paying_from == tuple(row.name for row in await house.wallet.fundings())
    assert len(ticket.paying_from) == 1
    assert ticket.wallet_caps == (Cap(period=Period.MONTH, limit=parse_usd("50.00")),)
    assert ticket.expires_at - ticket.received_at == 2 * MINUTE_MS
    await house.wallet.desk.approve(ticket.id, house.terms(ticket))
    answer = await house.postbag.answer()
    assert answer.startswith(f"{LOOPBACK}?code={CODE_PREFIX}")
    told = answer_in(answer)
    assert told.keys() == {"code", "state", "iss"}
    assert (told["state"], told["iss"]) == ("x y&z=1", ISSUER)
    app = await house.app()
    assert (app.name, app.state, app.verified) == ("Notes AI", "active", False)
    assert [(row.period, row.limit) for row in app.windows] == [("month", parse_usd("5.00"))]


@pytest.mark.parametrize(
    ("path", "bound"), [("/usr/bin/notes", ("/usr/bin/notes",)), ("/usr/bin/python3", ())]
)
async def test_a_grant_is_kept_to_the_program_that_takes_the_answer(
    house: WalletHouse, path: str, bound: tuple[str, ...]
) -> None:
    asked_for = []

    def found(host: str, port: int) -> Program:
        asked_for.append((host, port))
        return Program(path=path, parent="/bin/bash")

    house.wallet.desk._find_program = found
    ticket = await house.ask()
    assert asked_for == [("127.0.0.1", 5173)]
    assert ticket.asked_by == Program(path=path, parent="/bin/bash")
    await house.wallet.desk.approve(ticket.id, house.terms(ticket), only_program=True)
    await house.postbag.answer()
    app = await house.app()
    assert (app.bindings.asked_by, app.bindings.programs) == (path, bound)


async def test_what_is_granted_may_be_other_than_what_was_asked(house: WalletHouse) -> None:
    ticket = await house.ask()
    terms = replace(
        house.terms(ticket),
        limit=parse_usd("0.50"),
        period=Period.DAY,
        models=("practice/gpt-5-mini",),
    )
    await house.wallet.desk.approve(ticket.id, terms)
    await house.postbag.answer()
    app = await house.app()
    assert [(row.period, row.limit) for row in app.windows] == [("day", parse_usd("0.50"))]
    assert app.models == ("practice/gpt-5-mini",)


async def test_the_wallets_own_default_is_proposed_where_the_app_names_none(
    house: WalletHouse,
) -> None:
    mine = Cap(period=Period.WEEK, limit=parse_usd("1.25"))
    await house.wallet.set_preferences(Preferences(default_cap=mine))
    ticket = await house.ask(authorization_details=None)
    assert ticket.request.proposal is None
    assert (ticket.proposal.limit, ticket.proposal.period) == (mine.limit, mine.period)


async def test_a_denial_is_told_to_the_app(house: WalletHouse) -> None:
    ticket = await house.ask()
    await house.wallet.desk.deny(ticket.id)
    told = answer_in(await house.postbag.answer())
    assert told["error"] == "access_denied"
    assert (told["state"], told["iss"]) == ("x y&z=1", ISSUER)
    assert "code" not in told
    assert await house.wallet.apps() == ()


@pytest.mark.parametrize("again", ["approve", "deny"])
@pytest.mark.parametrize("first", ["approve", "deny"])
async def test_a_ticket_ends_once(house: WalletHouse, first: str, again: str) -> None:
    ticket = await house.ask()
    await _answer(house, ticket, first)
    with pytest.raises(UserFacingError, match="over"):
        await _answer(house, ticket, again)
    await house.postbag.answer()
    assert house.postbag.carried.empty()
    assert len(await house.wallet.apps()) == (first == "approve")


async def test_two_answers_at_once_are_one(house: WalletHouse) -> None:
    ticket = await house.ask()
    ends = await asyncio.gather(
        *(_answer(house, ticket, "approve") for _ in range(5)), return_exceptions=True
    )
    assert [type(end) for end in ends if end is not None] == [UserFacingError] * 4
    assert len(await house.wallet.apps()) == 1


async def test_an_unknown_ticket_is_over(house: WalletHouse) -> None:
    ticket = await house.ask()
    for name in (TicketId("ticket_1"), TicketId("")):
        with pytest.raises(UserFacingError, match="over"):
            await house.wallet.desk.approve(name, house.terms(ticket))
        with pytest.raises(UserFacingError, match="over"):
            await house.wallet.desk.deny(name)


async def test_terms_that_cannot_be_granted_leave_the_question_open(house: WalletHouse) -> None:
    ticket = await house.ask(authorization_details=details(adjustable=False))
    for limit, period in (("5.01", Period.MONTH), ("1.00", Period.DAY), ("0", Period.MONTH)):
        terms = replace(house.terms(ticket), limit=parse_usd(limit), period=period)
        with pytest.raises(UserFacingError, match="cannot be approved"):
            await house.wallet.desk.approve(ticket.id, terms)
    assert await house.wallet.apps() == ()
    await _answer(house, ticket, "approve")
    assert len(await house.wallet.apps()) == 1


async def test_one_at_a_time(house: WalletHouse) -> None:
    first = await house.ask(client_id="One")
    await house.wallet.desk.submit_uri(uri(client_id="Two"))
    assert house.screen.shown.empty()
    await house.wallet.desk.deny(first.id)
    second = await house.screen.ticket()
    assert second.request.client_id == "Two"
    assert answer_in(await house.postbag.answer())["error"] == "access_denied"


async def test_what_was_not_shown_cannot_be_approved(house: WalletHouse) -> None:
    await house.ask(client_id="One")
    hidden = await _take_in(house, client_id="Two")
    assert isinstance(hidden, ConsentTicket)
    with pytest.raises(UserFacingError, match="not shown yet"):
        await house.wallet.desk.approve(hidden.id, house.terms(hidden))
    assert await house.wallet.apps() == ()


async def test_three_wait_behind_one_and_one_a_client(house: WalletHouse) -> None:
    for number in range(4):
        assert isinstance(await _take_in(house, client_id=f"App {number}"), ConsentTicket)
    assert await _take_in(house, client_id="App 4") == Silenced(reason=SilenceReason.QUEUE_FULL)
    twice = await _take_in(house, client_id="App 0")
    assert twice == Silenced(reason=SilenceReason.ASKING_ALREADY)


async def test_the_same_client_twice_at_once_asks_once(house: WalletHouse) -> None:
    taken = await asyncio.gather(*(_take_in(house) for _ in range(4)))
    assert sum(isinstance(each, ConsentTicket) for each in taken) == 1


async def test_two_denials_are_followed_by_silence(house: WalletHouse) -> None:
    for _ in range(2):
        await house.wallet.desk.deny((await house.ask()).id)
    silenced = await _take_in(house)
    assert isinstance(silenced, Silenced)
    assert silenced.reason is SilenceReason.REFUSED_BEFORE
    assert isinstance(await _take_in(house, client_id="Another"), ConsentTicket)
    house.clock.ahead_ms += 5 * MINUTE_MS
    assert isinstance(await _take_in(house), ConsentTicket)


async def test_an_approval_ends_the_counting(house: WalletHouse) -> None:
    await house.wallet.desk.deny((await house.ask()).id)
    await _answer(house, await house.ask(), "approve")
    await house.wallet.desk.deny((await house.ask()).id)
    assert isinstance(await _take_in(house), ConsentTicket)


async def test_unverified_names_share_ten_prompts(house: WalletHouse) -> None:
    for number in range(10):
        ticket = await house.ask(client_id=f"App {number}")
        await house.wallet.desk.deny(ticket.id)
    silenced = await _take_in(house, client_id="App 10")
    assert isinstance(silenced, Silenced)
    assert silenced.reason is SilenceReason.TOO_MANY_UNVERIFIED
    verified = await _take_in(house, client_id="App 11", redirect_uri=WEB)
    assert isinstance(verified, ConsentTicket)


async def test_a_silenced_request_shows_nothing_and_answers_nothing(house: WalletHouse) -> None:
    for _ in range(2):
        await house.wallet.desk.deny((await house.ask()).id)
        await house.postbag.answer()
    await house.wallet.desk.submit_uri(uri())
    assert house.screen.shown.empty()
    assert house.screen.errors == []
    assert house.postbag.carried.empty()


async def test_a_blocked_app_is_never_asked_about_again(house: WalletHouse) -> None:
    ticket = await house.ask()
    await house.wallet.desk.deny(ticket.id, block=True)
    assert await _take_in(house) == Silenced(reason=SilenceReason.BLOCKED)
    await house.wallet.lock()
    await house.wallet.unlock(PASSPHRASE)
    assert await _take_in(house) == Silenced(reason=SilenceReason.BLOCKED)
    await house.books.apps.unblock_client(ticket.request.client.key)
    assert isinstance(await _take_in(house), ConsentTicket)


async def test_nobody_answers_in_time(house: WalletHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authorization, "ANSWER_MS", 20)
    ticket = await house.ask()
    await eventually(lambda: house.screen.withdrawn)
    assert house.screen.withdrawn == [ticket.id]
    with pytest.raises(UserFacingError, match="over"):
        await _answer(house, ticket, "approve")
    # Nothing goes out that no human decided.
    answer = house.wallet.desk.answer_to(ticket.id)
    assert answer is not None
    assert answer.result() is None
    assert house.postbag.carried.empty()
    assert await house.wallet.apps() == ()


async def test_an_expired_browser_request_is_denied_in_its_own_tab(
    house: WalletHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authorization, "ANSWER_MS", 20)
    ticket = await _take_in(house, source=Source.BROWSER)
    assert isinstance(ticket, ConsentTicket)
    answer = house.wallet.desk.answer_to(ticket.id)
    assert answer is not None
    await eventually(answer.done)
    told = answer_in(answer.result() or "")
    assert told["error"] == "access_denied"


async def test_unanswered_counts_as_refused(
    house: WalletHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authorization, "ANSWER_MS", 1)
    for number in (1, 2):
        await house.ask()
        await eventually(partial(_has_withdrawn, house, number))
    assert isinstance(await _take_in(house), Silenced)


async def test_what_nobody_saw_refuses_nothing(
    house: WalletHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ran out behind the window of another, whose two minutes began at the same time."""
    for number in range(3):
        monkeypatch.setattr(authorization, "ANSWER_MS", 20_000)
        standing = await _take_in(house, client_id=f"Stranger {number}")
        assert isinstance(standing, ConsentTicket)
        monkeypatch.setattr(authorization, "ANSWER_MS", 1)
        behind = await _take_in(house)
        assert isinstance(behind, ConsentTicket), "it is not silenced"
        await eventually(partial(_has_withdrawn, house, number + 1))
        house.wallet.desk.abort_all()
        house.screen.withdrawn.pop()


async def test_locking_withdraws_all_and_answers_none(house: WalletHouse) -> None:
    first = await house.ask(client_id="One")
    second = await _take_in(house, client_id="Two", source=Source.BROWSER)
    assert isinstance(second, ConsentTicket)
    await house.wallet.lock()
    assert set(house.screen.withdrawn) == {first.id, second.id}
    assert house.screen.shown.empty(), "the second is not shown for its last moment"
    for ticket in (first, second):
        answer = house.wallet.desk.answer_to(ticket.id)
        assert answer is not None
        assert answer.result() is None
    await house.wallet.unlock(PASSPHRASE)
    with pytest.raises(UserFacingError, match="over"):
        await _answer(house, first, "approve")
    assert isinstance(await _take_in(house, client_id="One"), ConsentTicket), "it was no refusal"


async def test_a_disk_that_refuses_is_told_to_both(house: WalletHouse) -> None:
    ticket = await house.ask()
    await asyncio.to_thread(house.books.database.close)
    with pytest.raises(UserFacingError, match="closed"):
        await _answer(house, ticket, "approve")
    assert answer_in(await house.postbag.answer())["error"] == "server_error"


BAD_URIS = {
    "nothing": "",
    "another scheme": f"https://authorize?{query()}",
    "another host": f"wattfare://pay?{query()}",
    "no query": "wattfare://authorize",
    "an empty query": "wattfare://authorize?",
    "a path": f"wattfare://authorize/now?{query()}",
    "a fragment": f"{uri()}#code",
    "a space": f"{uri()}&a= b",
    "a line break": f"{uri()}\n",
    "a null": f"{uri()}&a=\0",
    "letters beyond ASCII": f"{uri()}&a=é",
    "broken percent-encoding": f"{uri()}&a=%zz",
    "no UTF-8": f"{uri()}&a=%ff",
    "endless": f"{uri()}&a={'a' * 9000}",
    "no client": uri(client_id=None),
    "an empty client": uri(client_id=""),
    "two clients": f"{uri()}&client_id=Other",
    "a client that turns text around": uri(client_id="Notes\u202eIA"),
    "a client with invisible letters": uri(client_id="Notes\u200bAI"),
    "a client of endless name": uri(client_id="N" * 65),
    "a client at another's address": uri(client_id="https://bank.example", redirect_uri=WEB),
    "no redirect": uri(redirect_uri=None),
    "two redirects": f"{uri()}&redirect_uri={quote(WEB)}",
    "a redirect of no address": uri(redirect_uri="cb"),
    "a redirect in plain http": uri(redirect_uri="http://notes.example/cb"),
    "a redirect to localhost": uri(redirect_uri="http://localhost:5173/cb"),
    "a redirect to another machine": uri(redirect_uri="http://192.168.0.1:5173/cb"),
    "a redirect to a script": uri(redirect_uri="javascript:alert(1)"),
    "a redirect to a file": uri(redirect_uri="file:///etc/passwd"),
    "a redirect to the wallet": uri(redirect_uri="wattfare://authorize"),
    "a redirect to the wallet's port": uri(redirect_uri="http://127.0.0.1:8402/cb"),
    "a redirect with a password": uri(redirect_uri="https://a:b@notes.example/cb"),
    "a redirect with a fragment": uri(redirect_uri="https://notes.example/cb#x"),
    "a redirect with an answer in it": uri(redirect_uri="https://notes.example/cb?code=1"),
    "no response type": uri(response_type=None),
    "a token at once": uri(response_type="token"),
    "no challenge": uri(code_challenge=None),
    "a plain challenge": uri(code_challenge_method="plain"),
    "a challenge without a method": uri(code_challenge_method=None),
    "a short challenge": uri(code_challenge="abc"),
    "a state twice": f"{uri()}&state=2",
    "details of no JSON": uri(authorization_details="[{"),
    "details of another type": uri(authorization_details='[{"type": "payment"}]'),
    "details below zero": uri(authorization_details=details("-1.00")),
    "details as a number": uri(authorization_details=details().replace('"5.00"', "5.00")),
    "details of an unknown period": uri(authorization_details=details(period="hour")),
    "details of an unknown member": uri(authorization_details=details(refill=True)),
    "a request object": uri(request="eyJ"),
    "a pushed request": uri(request_uri="urn:x"),
}


@pytest.mark.parametrize("kind", BAD_URIS)
async def test_a_bad_uri_is_told_to_the_user_and_to_nobody_else(
    house: WalletHouse, kind: str
) -> None:
    house.wallet.desk.own_ports = {8402}
    before = house.paths.database.read_bytes()
    fault = await house.wallet.desk.submit_uri(BAD_URIS[kind])
    (error,) = house.screen.errors
    assert fault is error, "whoever handed it over hears the same"
    assert error.title
    assert error.detail[0].isupper()
    assert error.detail.endswith((".", "authorize?")), error.detail
    assert "javascript" not in str(error)
    assert "passwd" not in str(error)
    assert house.screen.shown.empty()
    assert house.postbag.carried.empty()
    assert await house.wallet.apps() == ()
    assert house.paths.database.read_bytes() == before


async def test_bad_uris_are_shown_while_it_is_locked_too(house: WalletHouse) -> None:
    await house.wallet.lock()
    await house.wallet.desk.submit_uri("wattfare://authorize?")
    assert len(house.screen.errors) == 1
    assert house.screen.unlocks == 0


async def test_a_locked_wallet_keeps_a_request_until_it_is_open(house: WalletHouse) -> None:
    await house.wallet.lock()
    await house.wallet.desk.submit_uri(uri())
    assert house.screen.unlocks == 1
    assert house.screen.shown.empty()
    assert house.screen.errors == []
    with pytest.raises(UserFacingError, match="Wrong passphrase"):
        await house.wallet.unlock("wrong horse battery")
    assert house.screen.shown.empty()
    await house.wallet.unlock(PASSPHRASE)
    ticket = await house.screen.ticket()
    assert ticket.request.client_id == "Notes AI"
    assert ticket.expires_at - ticket.received_at == 2 * MINUTE_MS
    await _answer(house, ticket, "approve")
    assert "code" in answer_in(await house.postbag.answer())
    await house.wallet.lock()
    await house.wallet.unlock(PASSPHRASE)
    assert await _settled(house) == [], "it is asked once"


async def test_a_kept_request_is_forgotten_after_ten_minutes(house: WalletHouse) -> None:
    await house.wallet.lock()
    await house.wallet.desk.submit_uri(uri(client_id="Early"))
    house.clock.ahead_ms += 30 * SECOND_MS
    await house.wallet.desk.submit_uri(uri(client_id="Late"))
    house.clock.ahead_ms += 10 * MINUTE_MS - 30 * SECOND_MS
    await house.wallet.unlock(PASSPHRASE)
    assert await _settled(house) == ["Late"]


async def test_a_locked_wallet_keeps_three_clients_and_the_last_word_of_each(
    house: WalletHouse,
) -> None:
    await house.wallet.lock()
    for name, state in (
        ("One", "old"),
        ("Two", "2"),
        ("Three", "3"),
        ("Four", "4"),
        ("One", "new"),
    ):
        await house.wallet.desk.submit_uri(uri(client_id=name, state=state))
    assert house.screen.unlocks == 4, "the fourth client is not even prompted for"
    await house.wallet.unlock(PASSPHRASE)
    kept = []
    for _ in range(3):
        ticket = await house.screen.ticket()
        kept.append((ticket.request.client_id, ticket.request.state))
        await house.wallet.desk.deny(ticket.id)
    assert kept == [("Two", "2"), ("Three", "3"), ("One", "new")]
    assert await _settled(house) == []


async def test_without_a_wallet_a_request_is_refused(house: WalletHouse) -> None:
    house.wallet.books, books = None, house.books
    for state, words in ((WalletState.ABSENT, "no wallet yet"), (WalletState.BROKEN, "broken")):
        house.wallet.state = state
        house.wallet.trouble = UserFacingError("It is broken", "Mend it.")
        with pytest.raises(UserFacingError, match=words):
            await house.wallet.desk.submit_uri(uri())
    house.wallet.books, house.wallet.state = books, WalletState.OPEN
    assert house.screen.unlocks == 0


async def test_a_request_leaves_nothing_in_the_activity(house: WalletHouse) -> None:
    await house.approve()
    assert await house.wallet.activity(ActivityQuery()) == ()


def _has_withdrawn(house: WalletHouse, tickets: int) -> bool:
    return len(house.screen.withdrawn) == tickets


async def _answer(house: WalletHouse, ticket: ConsentTicket, how: str) -> None:
    if how == "approve":
        await house.wallet.desk.approve(ticket.id, house.terms(ticket))
    else:
        await house.wallet.desk.deny(ticket.id)


async def _take_in(
    house: WalletHouse, source: Source = Source.SCHEME, **changes: str | None
) -> ConsentTicket | Silenced:
    request = read_uri(uri(**changes), ())
    assert isinstance(request, AuthorizationRequest)
    return await house.wallet.desk.take_in(request, source)


async def _settled(house: WalletHouse) -> list[str]:
    """Return who is shown once all that was kept has been asked about."""
    await eventually(
        lambda: not any("kept request" in task.get_name() for task in asyncio.all_tasks())
    )
    shown = []
    while not house.screen.shown.empty():
        shown.append(str((await house.screen.ticket()).request.client_id))
    return shown
