from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.reports import WindowRow
from wattfare_desktop.core.watching.calls import Errors, Models, big_call
from wattfare_desktop.core.watching.rules import Action


def window(limit: str) -> WindowRow:
    return WindowRow(
        period=Period.ONCE,
        limit=parse_usd(limit),
        spent=Nanos(0),
        held=Nanos(0),
        resets_at=None,
    )


def test_a_big_call_is_a_fifth_of_the_cap_or_five_dollars() -> None:
    assert big_call(parse_usd("2"), [window("10")], 1) is None
    found = big_call(parse_usd("2.01"), [window("10"), window("50")], 1)
    assert found is not None
    assert (found.action, found.against) == (Action.NOTIFY, parse_usd("10"))
    assert big_call(parse_usd("5"), [window("100")], 1) is None
    assert big_call(parse_usd("5.01"), [window("100")], 1) is not None
    assert big_call(parse_usd("0.99"), [window("1")], 1) is None
    assert big_call(parse_usd("2.01"), [window("10")], 2) is None


def ended(*, good: int, failed: int) -> Errors:
    errors = Errors()
    for place in range(good + failed):
        errors.add(Instant(place), failed=place >= good)
    return errors


def test_a_storm_is_most_of_forty() -> None:
    assert ended(good=20, failed=20).judge(Instant(100), 1) is None
    assert ended(good=19, failed=20).judge(Instant(100), 1) is None
    found = ended(good=19, failed=21).judge(Instant(100), 1)
    assert found is not None
    assert (found.action, found.measured, found.against) == (Action.SLOW, 21, 40)
    assert ended(good=19, failed=21).judge(Instant(100), 2) is None
    assert ended(good=19, failed=21).judge(Instant(60_000), 1) is None


def test_a_clock_set_back_keeps_no_end_for_ever() -> None:
    errors = ended(good=0, failed=40)
    errors.add(Instant(-100_000), failed=True)
    assert errors.judge(Instant(-100_000), 1) is None


def used(calls: int) -> Models:
    models = Models()
    for _ in range(calls):
        models.add("openai/mini", parse_usd("0.001"), 1000)
    return models


def test_a_new_model_is_told_where_it_costs_far_more() -> None:
    models = used(20)
    assert models.add("openai/fair", parse_usd("0.05"), 10_000) is None
    found = models.add("openai/pro", parse_usd("0.06"), 10_000)
    assert found is not None
    assert (found.subject, found.measured, found.against) == (
        "openai/pro",
        parse_usd("6"),
        parse_usd("1"),
    )
    assert models.add("openai/pro", parse_usd("0.06"), 10_000) is None


def test_a_new_model_is_not_told_before_anything_is_usual_nor_below_the_floor() -> None:
    assert used(19).add("openai/pro", parse_usd("0.06"), 10_000) is None
    assert used(20).add("openai/pro", parse_usd("0.019"), 1000) is None
    assert used(20).add("openai/pro", parse_usd("0.06"), 10_000, 2) is None
    known = used(20)
    known.know(["openai/pro"])
    assert known.add("openai/pro", parse_usd("0.06"), 10_000) is None
