"""Measures: what is counted, in which order, and what is called better."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffride.lab.measures import BOTH, OF_KIND, Measure, measures_of, sides_of
from staffride.model.campaign_ground_tally import ground_total_names
from staffride.model.campaign_tally import total_names

SIDES = ("az", "arm")
CAMPAIGN = (*total_names(SIDES), *ground_total_names(SIDES, ("shusha", "hadrut")))
ROAD = (
    "residents",
    "stayed",
    "arrivals",
    "delay_hours.mean",
    "road_hours",
    "shelter.unmet_days",
    "casualties",
)


def by_id(measures: tuple[Measure, ...]) -> dict[str, Measure]:
    return {one.id: one for one in measures}


class TestCampaign:
    found = measures_of("campaign", SIDES, CAMPAIGN)

    def test_people_come_first_then_soldiers_then_the_war(self) -> None:
        groups = [one.group for one in self.found]
        assert groups == sorted(groups, key=["people", "military", "course"].index)
        assert [one.id for one in self.found[:3]] == [
            "civilian_deaths.both",
            "civilian_deaths.az",
            "civilian_deaths.arm",
        ]

    def test_the_sides_stand_next_to_each_other(self) -> None:
        ids = [one.id for one in self.found]
        for one in self.found:
            if one.side == "az":
                assert ids.index(one.id.replace(".az", ".arm")) == ids.index(one.id) + 1

    def test_no_id_twice_and_every_total_is_the_runs(self) -> None:
        assert len(by_id(self.found)) == len(self.found)
        assert {name for one in self.found for name in one.totals} <= set(CAMPAIGN)

    def test_no_judgement_that_only_one_side_would_share(self) -> None:
        """Of one side, only its civilians are judged; the ground, the dates and the losses of a side are not."""
        judged = {one.id for one in self.found if one.better != "none"}
        assert judged == {
            f"{what}.{whose}" for what in ("civilian_deaths", "displaced") for whose in (BOTH, *SIDES)
        } | {"deaths.both", "missing.both", "wounded.both"}
        assert {one.better for one in self.found if one.id in judged} == {"lower"}

    def test_both_sides_are_added(self) -> None:
        deaths = by_id(self.found)["deaths.both"]
        assert deaths.totals == ("deaths.az", "deaths.arm")
        assert deaths.read([np.array([1.0, 2.0]), np.array([10.0, 20.0])], 24.0).tolist() == [11.0, 22.0]

    def test_a_change_of_control_is_a_probability_and_a_date(self) -> None:
        hours = [np.array([12.0, np.nan])]
        chance, date = (by_id(self.found)[f"changed.hadrut.{what}"] for what in ("probability", "date"))
        assert (chance.unit, date.unit, chance.place) == ("1", "h", "hadrut")
        assert chance.read(hours, 24.0).tolist() == [1.0, 0.0]
        assert date.read(hours, 24.0).tolist() == pytest.approx([12.0, math.nan], nan_ok=True)

    def test_a_war_that_goes_on_counts_as_the_whole_period(self) -> None:
        end = by_id(self.found)["end_h"]
        assert end.read([np.array([10.0, np.nan, 30.0])], 24.0).tolist() == [10.0, 24.0, 24.0]

    def test_places_can_be_chosen_and_named(self) -> None:
        found = measures_of(
            "campaign", SIDES, CAMPAIGN, {"shusha": "Şuşa / Shushi", "elsewhere": "Elsewhere"}
        )
        assert [one.label for one in found if one.place] == [
            "probability of a change of control of Şuşa / Shushi",
            "date of the change of control of Şuşa / Shushi",
        ]

    def test_losses_are_by_class_and_not_by_cause(self) -> None:
        lost = [one.id for one in self.found if one.id.startswith("lost.")]
        assert "lost.armour.az" in lost
        assert not any(".by." in name for name in lost)

    @given(st.permutations(SIDES))
    def test_swapping_the_sides_swaps_the_measures(self, sides: list[str]) -> None:
        other = measures_of("campaign", sides, CAMPAIGN)
        assert {one.id for one in other} == {one.id for one in self.found}
        mirrored = {"az": sides[0], "arm": sides[1]}
        assert [one.side for one in other] == [mirrored.get(one.side, one.side) for one in self.found]

    def test_totals_of_variants_are_passed_over(self) -> None:
        doubled = [*CAMPAIGN, *(f"{name}@no-drones" for name in CAMPAIGN)]
        assert measures_of("campaign", SIDES, doubled) == self.found
        assert sides_of(doubled) == SIDES


class TestRoadAndChain:
    def test_a_displacement_counts_people_on_the_road(self) -> None:
        found = by_id(measures_of("displacement", (), ROAD))
        assert list(found) == [
            "casualties",
            "road_hours",
            "delay_hours.mean",
            "shelter.unmet_days",
            "stayed",
            "arrivals",
        ]
        assert (found["stayed"].better, found["arrivals"].better) == ("higher", "none")

    def test_a_chain_has_the_measures_of_all_its_stages(self) -> None:
        totals = (
            *CAMPAIGN,
            *ROAD,
            "hunger.days",
            "closure.days",
            "talks.rounds",
            "returned.az",
            "returned.arm",
        )
        found = by_id(measures_of("chain", SIDES, totals))
        for kind in ("campaign", "displacement"):
            assert {one.id for one in measures_of(kind, SIDES, totals)} <= set(found)
        assert (found["hunger.days"].group, found["hunger.days"].better) == ("people", "lower")
        assert (found["closure.days"].better, found["talks.rounds"].better) == ("none", "none")
        assert found["returned.both"].better == "higher"

    def test_an_unknown_kind_is_refused(self) -> None:
        with pytest.raises(KeyError):
            measures_of("weather", SIDES, CAMPAIGN)

    @pytest.mark.parametrize("kind", OF_KIND)
    def test_a_run_without_totals_has_no_measure(self, kind: str) -> None:
        assert measures_of(kind, SIDES, ()) == ()

    def test_the_phrase_names_the_side(self) -> None:
        measure = by_id(measures_of("campaign", SIDES, CAMPAIGN))
        assert measure["displaced.both"].phrase == "civilians who fled, both sides"
        assert measure["deaths.az"].phrase == "soldiers killed, side az"
        assert measure["end_h"].phrase == "time to the ceasefire, at most the period"
