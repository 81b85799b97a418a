"""Outcome against dose: which policies belong together, where the baseline stands, and where the answer turns."""

from __future__ import annotations

import numpy as np
import pytest

from fake_comparison import Columns, FakeRun, keyed_normal
from staffride.lab.comparison import compare_run
from staffride.lab.dose_curves import DoseCurve, dose_curves, slots_of
from staffride.lab.measures import Measure
from staffride.scenario.levers.lever import Dose, Lever
from staffride.scenario.policy import Patch

N = 80
DEATHS = Measure("deaths", "killed", "", "persons", "deaths", "lower", "people")
CHANCE = Measure("c", "probability", "", "1", "changed.h", "none", "course", "probability")
BASE = 100 + 10 * keyed_normal(N, 1)
LUCK = keyed_normal(N, 2)


def lever(name: str, *doses: Dose) -> Lever:
    return Lever(
        name, name, "defence", "", ("campaign",), doses, lambda stages, values: Patch(), True, (), "", ""
    )


LEVERS = {
    "guns": lever(
        "guns",
        Dose("factor", "", "1", 2.0, 0.0, 3.0, null=1.0),
        Dose("side", "", "", "arm", choices=("az", "arm")),
        Dose("networked", "", "", "no", choices=("yes", "no")),
    ),
    "truce": lever("truce", Dose("day", "", "", "")),
}


def curves(policies: dict[str, Columns], measure: Measure = DEATHS) -> tuple[DoseCurve, ...]:
    changed = np.where(LUCK > 0.5, np.nan, 30.0)
    run = FakeRun({"deaths": BASE, "changed.h": changed}, policies)
    return dose_curves(compare_run(run, (measure,)), LEVERS)


def fewer(by: float) -> Columns:
    return {"deaths": BASE - by + 0.5 * LUCK}


class TestFamilies:
    def test_doses_line_up_with_the_baseline_at_the_null_dose(self) -> None:
        (curve,) = curves({"guns:3": fewer(9.0), "guns:0": fewer(-4.0), "guns": fewer(5.0)})
        assert [(point.dose, point.arm) for point in curve.points] == [
            (0.0, "guns:0"),
            (1.0, "baseline"),
            (2.0, "guns"),
            (3.0, "guns:3"),
        ]
        assert curve.points[1][6:] == (0.0, 0.0, 0.0)
        assert (curve.lever, curve.dose, curve.unit) == ("guns", "factor", "1")

    def test_another_choice_is_another_curve_without_the_baseline(self) -> None:
        found = curves(
            {
                "guns:0": fewer(1.0),
                "guns:3": fewer(2.0),
                "guns:0,networked=yes": fewer(3.0),
                "guns:3,networked=yes": fewer(4.0),
            }
        )
        assert [len(curve.points) for curve in found] == [3, 2]
        assert found[1].family == "guns,factor=*,side=arm,networked=yes"

    def test_side_and_date_keep_the_baseline(self) -> None:
        (curve,) = curves({f"guns:{dose},side=az,from=2020-10-05": fewer(dose) for dose in (0, 3)})
        assert [point.arm for point in curve.points][1] == "baseline"

    def test_a_null_dose_that_was_run_stands_for_the_baseline(self) -> None:
        (curve,) = curves({"guns:1": {}, "guns:3": fewer(2.0)})
        assert [point.arm for point in curve.points] == ["guns:1", "guns:3"]

    def test_dates_are_doses(self) -> None:
        (curve,) = curves({"truce:2020-10-20": fewer(1.0), "truce:2020-10-10": fewer(9.0)})
        assert [point.text for point in curve.points] == ["2020-10-10", "2020-10-20"]
        assert curve.points[1].dose - curve.points[0].dose == 10.0

    def test_a_combination_varies_in_one_dose_at_a_time(self) -> None:
        policies = {f"guns:{dose}+truce:2020-10-{day}": fewer(1.0) for dose in (0, 3) for day in (10, 20)}
        found = curves(policies)
        assert (
            sorted((curve.lever, len(curve.points)) for curve in found)
            == [("guns", 2)] * 2 + [("truce", 2)] * 2
        )

    def test_one_dose_alone_or_an_unknown_lever_has_no_curve(self) -> None:
        assert curves({"guns:3": fewer(1.0), "no-drones": fewer(2.0)}) == ()
        assert list(slots_of("no-drones:3", LEVERS)) == []


class TestAnswers:
    def test_where_the_sign_turns(self) -> None:
        """Differences +4 at dose 1.5 and -8 at dose 3: a straight line is zero at dose 2."""
        (curve,) = curves({"guns:1.5": {"deaths": BASE + 4.0}, "guns:3": {"deaths": BASE - 8.0}})
        (turn,) = curve.turns
        assert (turn.low, turn.high, turn.null, turn.clear) == (1.5, 3.0, False, True)
        assert turn.at == pytest.approx(2.0)
        assert curve.clear_doses == ("1.5", "3")
        assert curve.words == (
            "of 2 doses from 1.5 to 3, these change it, some to less and some to more: 1.5, 3; the answer turns near 2"
        )

    @pytest.mark.parametrize("null", [{}, {"guns:1": {}}])
    def test_less_and_more_of_the_same_turn_no_answer(self, null: dict[str, Columns]) -> None:
        """Below the dose that changes nothing the sign is the other one, wherever a straight line would be zero."""
        exact = {"guns:0": {"deaths": BASE + 4.0}, "guns:3": {"deaths": BASE - 1.0}}
        (curve,) = curves(exact | null)
        (turn,) = curve.turns
        assert (turn.at, turn.null) == (1.0, True)
        assert "turns" not in curve.words

    def test_no_dose_changes_the_answer(self) -> None:
        noise = {f"guns:{dose}": {"deaths": BASE + LUCK * (-1) ** dose} for dose in (0, 2, 3)}
        (curve,) = curves(noise)
        assert curve.clear_doses == ()
        assert curve.words == "none of the 3 doses from 0 to 3 changes it beyond chance"
        assert not any(turn.clear for turn in curve.turns)

    def test_all_to_one_side(self) -> None:
        (curve,) = curves({"guns:2.5": fewer(3.0), "guns:3": fewer(9.0)})
        assert curve.words == "of 2 doses from 2.5 to 3, these change it, all to less: 2.5, 3"
        assert curve.turns == ()

    def test_a_probability_stays_between_nothing_and_all(self) -> None:
        never, always = np.full(N, np.nan), np.full(N, 5.0)
        (curve,) = curves({"guns:0": {"changed.h": always}, "guns:3": {"changed.h": never}}, CHANCE)
        assert [point.mean for point in curve.points] == [1.0, pytest.approx(np.mean(LUCK <= 0.5)), 0.0]
        assert curve.points[0].high == 1.0
        assert curve.points[-1].low == 0.0
        assert curve.clear_doses == ("0", "3")
