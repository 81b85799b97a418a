"""The language of observables: what it reads, what it refuses, and what its numbers are on runs made by hand."""

from __future__ import annotations

import builtins
import math
import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_campaign import fake_campaign
from staffride.lab.expression import (
    COMPARISONS,
    FUNCTIONS,
    Call,
    Name,
    Node,
    Number,
    Operation,
    is_date,
    kind_of,
    named,
)
from staffride.lab.grammar import DEEPEST, LONGEST, ExpressionError, parse
from staffride.lab.observable_names import faults, names_of
from staffride.lab.observables import Results, evaluate
from staffride.scenario import load

NAN = math.nan


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Three replications of three days, every 12 hours, and one policy."""
    deaths = np.array([[0, 2, 4, 6, 8, 10], [0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1]], float)
    held = np.array([[0.5, 0.4, 0.3, 0.3, 0.3, 0.3]] * 3)
    totals = {
        "deaths.arm": [10, 1, 1],
        "lost.armour.arm": [8, 0, 4],
        "lost.armour.arm.by.armed_drone": [6, 0, 1],
        "changed.hadrut": [36, NAN, 72],
        "end_h": [60, 60, NAN],
        "deaths.arm@buses:5": [7, 1, 2],
        "changed.hadrut@buses:5": [NAN, NAN, 60],
    }
    columns = {name: np.array(values, float) for name, values in totals.items()}
    series = {"deaths.arm": deaths, "held_share.arm": held, "deaths.arm@buses:5": deaths / 2}
    path = tmp_path_factory.mktemp("runs") / "hand"
    run = fake_campaign(path, series, columns, every_h=12, variants=("buses:5",))
    return Results(run, {"buses:5.0": "buses:5"}, frozenset({"lost.bridge.arm", "deaths.az"}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deaths.arm", [10, 1, 1]),
        ("-deaths.arm + 2 * 3", [-4, 5, 5]),
        ("share(lost.armour.arm.by.armed_drone, lost.armour.arm)", [0.75, NAN, 0.25]),
        ("lost.armour.arm.by.armed_drone / lost.armour.arm", [0.75, NAN, 0.25]),
        ("lost.bridge.arm", [0, 0, 0]),
        ("last(deaths.arm)", [10, 1, 1]),
        ("most(held_share.arm)", [0.5, 0.5, 0.5]),
        ('value(deaths.arm, "2020-09-27")', [2, 0, 1]),
        ('value(deaths.arm, "2020-09-27T06:00")', [0, 0, 0.5]),
        ('value(deaths.arm, "2020-09-27T18:00")', [1, 0, 1]),
        ('value(deaths.arm, "2020-09-27T14:00+00:00")', [1, 0, 1]),
        ('value(held_share.arm, "2020-09-27T06:00")', [0.5, 0.5, 0.5]),
        ('change(deaths.arm, "2020-09-27", "2020-09-28")', [4, 0, 0]),
        ("reaches(deaths.arm, 4)", [1.5, NAN, NAN]),
        ("happened(changed.hadrut)", [1, 0, 1]),
        ("date(changed.hadrut)", [1.5, NAN, 3]),
        ("days_held(changed.hadrut)", [1.5, 3, 3]),
        ('day("2020-09-29")', [2, 2, 2]),
        ('date(changed.hadrut) <= day("2020-09-29")', [1, NAN, 0]),
        ("happened(changed.hadrut) and not happened(end_h)", [0, 0, 1]),
        ("deaths.arm > 5 or date(changed.hadrut) > 2", [1, NAN, 1]),
        ("deaths.arm > 5 and date(changed.hadrut) > 2", [0, 0, 0]),
        ("1 < deaths.arm <= 10", [1, 0, 0]),
        ("deaths.arm == 1", [0, 1, 1]),
        ('under("buses:5", deaths.arm)', [7, 1, 2]),
        ('under("buses:5", last(deaths.arm))', [5, 0.5, 0.5]),
        ('effect("buses:5", deaths.arm)', [-3, 0, 1]),
        ('effect("buses:5.0", deaths.arm)', [-3, 0, 1]),
        ('effect("buses:5", happened(changed.hadrut))', [-1, 0, 0]),
        ('effect("buses:5", days_held(changed.hadrut)) * 24', [36, 0, -12]),
    ],
)
def test_worked_values(results: Results, text: str, expected: list[float]) -> None:
    np.testing.assert_allclose(evaluate(parse(text), results), expected)


def test_an_expression_without_policies_is_read_in_the_arm_of_the_alternative(results: Results) -> None:
    assert evaluate(parse("deaths.arm"), results, "buses:5").tolist() == [7, 1, 2]


def test_a_policy_under_an_alternative_is_the_arm_of_both(results: Results) -> None:
    arms = {"many+buses:5": "buses:5", "buses:5": "buses:5"}
    both = Results(results.run, arms)
    assert evaluate(parse('effect("many", deaths.arm)'), both, "buses:5").tolist() == [0, 0, 0]


def test_totals_are_read_at_once(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'effect("buses:5.0", deaths.arm) + under("buses:5", lost.bridge.arm) + share(end_h, 2) + last(deaths.arm)'
    alone = Results(results.run, results.arms, results.possible)
    alone.prepare([(parse(text), ""), (parse("nothing.here"), "")])
    monkeypatch.setattr(type(results.run.totals), "read", None)
    np.testing.assert_array_equal(
        evaluate(parse('effect("buses:5", deaths.arm) + end_h'), alone), [57, 60, NAN]
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("deaths.amr", "did you mean 'deaths.arm'?"),
        ("last(helt_share.arm)", "did you mean 'held_share.arm'?"),
        ('under("buses:5", deaths.az)', "no total 'deaths.az' under buses:5"),
        ('under("lanes:2", deaths.arm)', "under lanes:2"),
        ('parameter("strength.arm.osa")', "no parameter"),
    ],
)
def test_what_the_run_lacks_is_an_error_with_the_nearest_name(results: Results, text: str, says: str) -> None:
    with pytest.raises(ExpressionError, match=says):
        evaluate(parse(text), results)


# --- what the language refuses -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("lst(deaths.arm)", 1, "did you mean 'last'"),
        ("1 + sum(deaths.arm)", 5, "there is no function 'sum'"),
        ("a.b(1)", 1, "there is no function 'a.b'"),
        ("(lambda: 1)()", 1, "there is no function"),
        ('__import__("os")', 1, "there is no function '__import__'"),
        ("deaths.__class__", 1, "stands where a total is asked for"),
        ("().x", 1, "stands where a total"),
        ("x if y else z", 1, "if ... else"),
        ("x[0]", 1, "an index"),
        ("2 ** 3", 1, "this sign"),
        ("x in y", 1, "'in' and 'is'"),
        ("True", 1, "True is not part"),
        ("1e999", 1, "not a number here"),
        ("1 + * 2", 5, "does not read"),
        ("", 1, "does not read"),
        ("a; b", 2, "does not read"),
        ('last(deaths.arm, "2020-10-10")', 1, "last has 2 arguments; expected last(series)"),
        ("last(series=deaths.arm)", 1, "last has 1 arguments"),
        ("value(deaths.arm, 3)", 19, "a date in quotes"),
        ("value(1 + 1, '2020-10-10')", 7, "the name of a series"),
        ("not end_h", 5, "expected an event"),
        ("happened(changed.x) + 1", 1, "expected a number"),
        ("deaths.arm and happened(end_h)", 1, "expected an event"),
        ('under("a", effect("b", end_h))', 12, "one policy at a time"),
        ('"deaths.arm@buses"', 1, "under"),
        ("under(buses, 3 @ 4)", 14, "this sign"),
    ],
)
def test_what_is_not_in_the_language_is_refused_at_its_column(text: str, column: int, says: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.column == column
    assert says in str(caught.value)


def test_long_and_deep_expressions_are_refused() -> None:
    with pytest.raises(ExpressionError, match="characters"):
        parse("1+" * LONGEST + "1")
    with pytest.raises(ExpressionError, match="too many parts"):
        parse("-" * (DEEPEST + 1) + "1")
    assert parse("-" * DEEPEST + "1")


@given(st.text(alphabet=string.printable, max_size=60))
def test_any_text_is_read_or_refused_and_never_run(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("eval", "exec", "__import__"):
            patch.setattr(builtins, name, _forbidden)
        try:
            node = parse(text)
        except ExpressionError:
            return
    assert parse(str(node)) == node


def _forbidden(*_: object, **__: object) -> None:
    raise AssertionError("an expression was executed")


# --- round trip --------------------------------------------------------------------------------------------

PARTS = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True)
NAMES = st.lists(PARTS, min_size=1, max_size=3).map(".".join)
WORDS = {
    "date": st.just("2020-10-10"),
    "policy": st.sampled_from(["buses:5", "early-truce:2020-10-10+no-drones"]),
}


@st.composite
def nodes(draw: st.DrawFn, kind: str, depth: int = 3, policy: bool = True) -> Node:
    """A tree of the language of one kind."""
    if kind == "number" and (depth == 0 or draw(st.booleans())):
        finite = st.floats(min_value=0, allow_nan=False, allow_infinity=False)
        return draw(st.one_of(finite.map(Number), NAMES.map(Name)))
    gives = [
        name for name, one in FUNCTIONS.items() if one.gives == kind or (one.gives == "same" and depth > 1)
    ]
    gives = [name for name in gives if policy or name not in ("under", "effect")]
    if depth == 0 or draw(st.booleans()):
        plain = [name for name in gives if depth > 0 or FUNCTIONS[name].asks == ("total",)]
        return _call(draw, draw(st.sampled_from(plain)), kind, depth, policy)
    signs = ("+", "-", "*", "/") if kind == "number" else (*COMPARISONS, "and", "or", "not")
    sign = draw(st.sampled_from(signs))
    below = "truth" if sign in ("and", "or", "not") else "number"
    count = {"not": st.just(1), "-": st.integers(1, 2), "and": st.integers(2, 3), "or": st.integers(2, 3)}
    size = draw(count.get(sign, st.just(2)))
    return Operation(sign, tuple(draw(nodes(below, depth - 1, policy)) for _ in range(size)))


def _call(draw: st.DrawFn, name: str, kind: str, depth: int, policy: bool) -> Call:
    within = policy and name not in ("under", "effect")
    arguments: list[Node] = []
    for asked in FUNCTIONS[name].asks:
        if asked in ("number", "truth", "either"):
            wanted = (
                asked
                if asked != "either"
                else (kind if name == "under" else draw(st.sampled_from(["number", "truth"])))
            )
            arguments.append(draw(nodes(wanted, depth - 1, within)))
        else:
            arguments.append(Name(draw(WORDS.get(asked, NAMES)), asked))
    return Call(name, tuple(arguments))


@given(st.sampled_from(["number", "truth"]).flatmap(nodes))
def test_a_tree_reads_back_from_its_text(node: Node) -> None:
    text = str(node)
    if len(text) > LONGEST:
        return
    assert parse(text) == node
    assert kind_of(parse(text)) == kind_of(node)


def test_names_are_listed_by_what_they_are() -> None:
    tree = parse('effect("no-drones", last(deaths.arm)) + end_h + end_h')
    assert (named(tree, "policy"), named(tree, "series"), named(tree, "total")) == (
        ("no-drones",),
        ("deaths.arm",),
        ("end_h",),
    )
    assert is_date(parse('under("a", date(end_h))'))
    assert not is_date(parse("date(end_h) - 1"))


# --- names before anything is run --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("deaths.arm - deaths.amr", "column 14: there is no total 'deaths.amr'; did you mean 'deaths.arm'?"),
        ("last(deaths.am)", "did you mean 'deaths.arm'"),
        ("happened(deaths.arm)", "asks for an event"),
        ("date(changed.hadrutt)", "did you mean 'changed.hadrut'"),
        ("lost.armour.amr.by.armed_drone", "no total 'lost.armour.amr.by.armed_drone'"),
        ('parameter("strength.arm.oza")', "did you mean 'strength.arm.osa'"),
        ('value(deaths.arm, "2021-10-10")', "outside the run"),
        ('value(deaths.arm, "2020-13-10")', "is not a date"),
        ('under("a", last(cohesion.arm))', "is not kept of a policy"),
    ],
)
def test_names_are_checked_before_a_run(text: str, says: str) -> None:
    found = [str(fault) for fault in faults(parse(text), names_of(load("karabakh-2020")))]
    assert len(found) == 1
    assert says in found[0]


@pytest.mark.parametrize(
    ("scenario", "text"),
    [
        ("karabakh-2020", 'effect("a", days_held(changed.shusha_shushi)) + lost.armour.arm.by.armed_drone'),
        ("karabakh-2020", 'under("a", value(displaced.az, "2020-10-10"))'),
        ("karabakh-2023", "share(last(arrivals), residents)"),
    ],
)
def test_names_that_a_run_has_are_accepted(scenario: str, text: str) -> None:
    assert not list(faults(parse(text), names_of(load(scenario))))


def test_a_series_that_is_no_total_says_how_to_read_it() -> None:
    (fault,) = faults(parse("at_home"), names_of(load("karabakh-2023")))
    assert "write last(at_home)" in str(fault)
