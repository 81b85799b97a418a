"""A campaign with a ground half as a whole: nobody lost and nobody made, both sides alike, luck where it belongs."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import staffride as sr
from campaign_scenarios import TRUCES, changed, write_ground
from ground_cases import (
    COUNT,
    SEED,
    VALLEY_FORMATIONS,
    VALLEY_GOALS,
    VALLEY_ORDERS,
    VALLEY_UNITS,
    VALLEY_WAYS,
    Case,
    Ended,
    assert_same,
    mirror_of,
    run,
    swapped,
    valley,
    valley_files,
    with_columns,
    with_number,
    with_theatre,
)
from staffride.lab.campaign_draws import draw_campaign
from staffride.model.campaign_block import simulate_campaign_block
from staffride.model.campaign_codes import AIR_DEFENCE, CLASSES, NUMBERS, class_code, figure
from staffride.model.campaign_inputs import CampaignDraws, CampaignInputs, compile_campaign
from staffride.model.campaign_tally import FAILED, LOADED, LOST, RELEASED
from staffride.model.ground_state import NOWHERE, PERSONS
from staffride.model.kinds import parameters_of
from staffride.model.weather import CLEAR, FOG
from staffride.scenario import Scenario, load

HOURS = 96
SOLDIERS = ("deaths", "missing", "wounded", "captured", "deserted", "withdrawn", "present")
"""Series of the persons of a side who are not absent."""
MEANS = ("supply_days.az", "ammunition_days.az", "cohesion.az")
"""Series that are means over the persons of the side that has groups."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return valley(tmp_path_factory.mktemp("ground") / "valley")


@pytest.fixture(scope="module")
def whole(case: Case) -> Any:
    return run(*case)


def test_the_valley_is_no_smoke(whole: Any) -> None:
    """Everything of which the laws below speak happens in it, to many."""
    series, totals = whole
    for name in (*(f"{one}.arm" for one in SOLDIERS), *(f"{one}.az" for one in SOLDIERS[:3]), "deserted.az"):
        assert series[name].max(axis=1).mean() > 5.0, name
    for name in (
        "civilian_deaths.arm",
        "displaced.arm",
        "displaced.az",
        "lost.bridge.arm",
        "deaths_by_fires.arm",
    ):
        assert series[name][:, -1].mean() > 0.3, name
    for cause in ("ground", "abandoned", "overrun", "armed_drone"):
        assert totals[f"lost.armour.arm.by.{cause}"].mean() > 1.0, cause
    assert np.isfinite(totals["changed.crossroads"]).all()
    assert 0 < np.isfinite(totals["changed.depot"]).sum() < COUNT
    assert totals["truces_broken"].mean() > 0.5


@pytest.fixture(scope="module")
def hours(case: Case) -> list[Ended]:
    return [Ended(*case, replication, hours) for replication in (1, 4) for hours in range(1, HOURS + 1, 5)]


class TestConservation:
    """Hour by hour: the state at the end of an hour is that of a replication that runs no longer."""

    def test_every_soldier_is_in_one_place_at_every_step(self, hours: list[Ended], case: Case) -> None:
        formations = case[0].afoot.theatre.formations
        for ended in hours:
            troops = ended.war.troops
            counted = sum(troops[name].astype(int) for name in PERSONS)
            np.testing.assert_array_equal(counted, troops.initial)
            assert min(troops[name].min() for name in PERSONS) >= 0
            for at, side in enumerate(case[0].sides):
                mine = formations.side == at
                recorded = sum(ended.recorded(f"{name}.{side}")[-1] for name in SOLDIERS)
                assert recorded + troops.absent[mine].sum() == troops.initial[mine].sum()

    def test_series_sum_to_all_who_have_come(self, whole: Any) -> None:
        """At every recorded step: the sum only grows, as the absent come, and ends below those who were called."""
        series, _ = whole
        for side in ("az", "arm"):
            there = sum(series[f"{name}.{side}"].astype(float) for name in SOLDIERS)
            assert (np.diff(there, axis=1) >= 0).all()
            for name in SOLDIERS[:6]:
                assert (np.diff(series[f"{name}.{side}"], axis=1) >= 0).all(), name

    def test_every_vehicle_is_there_or_lost_by_one_cause(self, hours: list[Ended], case: Case) -> None:
        units, bridge = case[0].units, class_code("bridge")
        for ended in hours:
            state, counts = ended.state, ended.counts
            for side in range(2):
                for one in range(len(CLASSES)):
                    mine = (units.side == side) & (units.target_class == one)
                    gone = (state.initial[mine] - state.elements[mine] - state.used[mine]).sum()
                    lost = counts.lost[side, one]
                    assert gone == lost if one != bridge else gone <= lost
            np.testing.assert_array_equal(counts.cause.sum(axis=2), counts.lost)
            assert (counts.captured <= counts.lost).all()
            assert (state.elements >= 0).all()
            assert (state.elements <= state.initial).all()

    def test_every_civilian_is_there_fled_or_dead(self, hours: list[Ended], case: Case) -> None:
        sites = case[0].afoot.theatre.sites
        for ended in hours:
            control = ended.war.control
            for side, column in enumerate((sites.civilians_0, sites.civilians_1)):
                lived = [0 if at == NOWHERE else int(ended.force.levels[at] + 0.5) for at in column]
                states = (control.people, control.fled, control.killed)
                np.testing.assert_array_equal(sum(state[:, side] for state in states), lived)
                assert min(state.min() for state in states) >= 0

    def test_rounds_and_munitions_are_there_spent_or_lost(self, case: Case) -> None:
        inputs, draws = case
        units = inputs.units
        for replication in range(COUNT):
            ended = Ended(inputs, draws, replication, HOURS)
            state, counts, force = ended.state, ended.counts, ended.force
            magazine = np.floor(force.figures[units.system, figure("magazine")] + 0.5)
            reloads = force.numbers[NUMBERS.index("air_defence.reloads")]
            munitions = np.floor(force.figures[units.system, figure("munitions")] + 0.5)
            munitions[units.expendable] = 1
            for side in range(2):
                mine = units.side == side
                guns = mine & (units.target_class == AIR_DEFENCE)
                ready = state.initial[guns] * magazine[guns]
                begun = ready.sum() + np.floor(ready * reloads + 0.5).sum()
                left = state.rounds[guns].sum() + state.reserve[guns].sum()
                assert begun == left + counts.rounds_fired[side] + counts.rounds_lost[side]
                booked = counts.munitions[side]
                carried = (state.initial[mine] * munitions[mine]).sum() + booked[LOADED]
                spent = booked[RELEASED] + booked[LOST] + booked[FAILED]
                assert carried == state.stock[mine].sum() + spent

    def test_places_are_held_by_one_side_and_the_shares_sum_to_one(
        self, whole: Any, hours: list[Ended]
    ) -> None:
        series, _ = whole
        np.testing.assert_allclose(series["held_share.az"] + series["held_share.arm"], 1.0, rtol=1e-6)
        for ended in hours:
            assert np.isin(ended.war.control.holder, (0, 1)).all()

    def test_bridges_stay_where_they_are_whoever_comes(self, case: Case) -> None:
        """No bridge is captured or moved: it carries whoever holds its ends."""
        units = case[0].units
        bridges = units.target_class == class_code("bridge")
        for replication in range(COUNT):
            ended = Ended(*case, replication, HOURS)
            np.testing.assert_array_equal(ended.state.place[bridges], units.place[bridges])
            assert ended.counts.captured[:, class_code("bridge")].sum() == 0


@pytest.mark.parametrize("variant", ["baseline", "no-groups"])
def test_swapping_the_sides_swaps_the_results_exactly(case: Case, variant: str) -> None:
    at = case[0].variants.index(variant)
    for before, after in zip(run(*case, at), run(*swapped(*case), at), strict=True):
        for name, values in before.items():
            np.testing.assert_array_equal(values, after[mirror_of(name, case[0].sides)], err_msg=name)


class TestShipped:
    """The same laws on the shipped war, in which hundreds of formations meet."""

    @pytest.fixture(scope="class")
    @staticmethod
    def war() -> tuple[Scenario, CampaignInputs, CampaignDraws]:
        scenario = load("karabakh-2020", parameters_of)
        inputs = compile_campaign(scenario)
        return scenario, inputs, draw_campaign(scenario, 3, SEED, inputs)

    def test_swapping_the_sides_swaps_every_variant(self, war: Any) -> None:
        _, inputs, draws = war
        other = swapped(inputs, draws)
        for variant in range(len(inputs.variants)):
            for before, after in zip(run(inputs, draws, variant), run(*other, variant), strict=True):
                for name, values in before.items():
                    np.testing.assert_array_equal(values, after[mirror_of(name, inputs.sides)], err_msg=name)

    def test_ways_and_goals_may_be_written_in_any_order(self, war: Any) -> None:
        """Goals of one axis and rank stand in the order in which they are written: theirs is kept."""
        scenario, inputs, draws = war
        axes = list(dict.fromkeys(goal.axis for goal in scenario.goals))
        goals = tuple(goal for axis in reversed(axes) for goal in scenario.goals if goal.axis == axis)
        ways = scenario.ways[::-1]
        assert goals != scenario.goals
        turned = compile_campaign(scenario.model_copy(update={"ways": ways, "goals": goals}))
        assert_same(run(inputs, draws), run(turned, draws))

    def test_the_last_replication_alone_equals_itself_among_three(self, war: Any) -> None:
        _, inputs, draws = war
        for among, alone in zip(run(inputs, draws), run(inputs, draws, 0, slice(2, 3)), strict=True):
            for name, values in among.items():
                np.testing.assert_array_equal(values[2:3], alone[name], err_msg=name)

    def test_everybody_is_accounted_for(self, war: Any) -> None:
        _, inputs, draws = war
        for replication, hours in ((0, 240), (1, 600), (2, inputs.hours)):
            troops = Ended(inputs, draws, replication, hours).war.troops
            counted = sum(troops[name].astype(int) for name in PERSONS)
            np.testing.assert_array_equal(counted, troops.initial)


class TestLuck:
    """Luck is keyed by replication, hour and row: who else is there, or runs before, must not matter."""

    def test_one_replication_alone_equals_itself_among_many(self, case: Case) -> None:
        among = simulate_campaign_block(*case, SEED, 0, COUNT)
        for first in (7, COUNT - 1):
            alone = simulate_campaign_block(*case, SEED, first, 1)
            for kind in ("totals", "series"):
                for name, values in getattr(among, kind).items():
                    np.testing.assert_array_equal(values[first : first + 1], getattr(alone, kind)[name], name)

    def test_nothing_is_left_over_from_the_replication_before(self, case: Case) -> None:
        """In the middle of the fighting too: with an hour of 4 days, 1 day, or 5 hours before."""
        for hours in (5, 24, 50):
            inputs = replace(case[0], hours=hours)
            among = run(inputs, case[1])
            for row in (3, 11):
                alone = run(inputs, case[1], 0, slice(row, row + 1))
                for kind, other in zip(among, alone, strict=True):
                    for name, values in kind.items():
                        np.testing.assert_array_equal(values[row : row + 1], other[name], err_msg=name)

    def test_the_hours_to_come_change_nothing(self, case: Case, whole: Any) -> None:
        ended = Ended(*case, 6, 40)
        for name in ("deaths.az", "present.arm", "supply_days.arm", "cohesion.az", "displaced.arm", "truce"):
            np.testing.assert_array_equal(ended.recorded(name), whole[0][name][6, :40])

    def test_plain_python_gives_the_same_bits(self, case: Case, tmp_path: Path) -> None:
        """Uncompiled, every index out of bounds is an error; compiled, none may hide."""
        path = tmp_path / "case.pickle"
        path.write_bytes(pickle.dumps(case))
        plain = subprocess.run(
            [sys.executable, "-c", PLAIN, str(path), str(SEED)],
            env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
            capture_output=True,
            check=True,
        )
        there = pickle.loads(plain.stdout)
        series, totals = run(*case, 0, slice(0, 2))
        for mine, other in (
            (np.stack(list(series.values()), 1), there[0]),
            (np.stack(list(totals.values()), 1), there[1]),
        ):
            np.testing.assert_array_equal(mine, other)

    def test_one_worker_or_two(self, tmp_path: Path) -> None:
        scenario = write_ground(tmp_path / "valley", **valley_files())
        folders = [tmp_path / "one", tmp_path / "two"]
        for workers, folder in enumerate(folders, 1):
            sr.run(scenario, 6, seed=SEED, workers=workers, folder=folder, report=False)
        for name in ("series", "totals", "summary"):
            one, two = ((folder / f"{name}.parquet").read_bytes() for folder in folders)
            assert one == two, name


PLAIN = """
import numpy, pathlib, pickle, sys
from staffride.model.campaign_block import simulate_variant
inputs, draws = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())
found = simulate_variant(inputs, draws, 0, int(sys.argv[2]), slice(0, 2))
series = numpy.concatenate([found.series, found.ground_series], axis=1)
sys.stdout.buffer.write(pickle.dumps((series, found.totals)))
"""


class TestOrder:
    """Rows that mean nothing change nothing when they are added at the end; so does the order of some rows."""

    @pytest.mark.parametrize(
        "files",
        [
            pytest.param(
                {
                    "formations": VALLEY_FORMATIONS
                    + "az-nobody,az,Nobody,rifle,ford,main,attack,strength.az.shadow,,contact.line,quality.az,,,,I.\n"
                    + "arm-nobody,arm,Nobody,rifle,ridge,,hasty,strength.az.shadow,,contact.line,quality.arm,,,,I.\n"
                },
                id="formations of nobody",
            ),
            pytest.param(
                {
                    "units": VALLEY_UNITS
                    + "az-nothing,az,tank,ford,az-brigade,strength.nothing,,open,none,no,,,,Invented.\n"
                    + "arm-nothing,arm,gun,ridge,,strength.nothing,,open,none,no,,,,Invented.\n"
                },
                id="units of nothing",
            ),
            pytest.param(
                {
                    "ways": VALLEY_WAYS
                    + "camp-barracks,camp,barracks,road,10,,flat,,,,0,,,,Invented.\n"
                    + "camp-outpost,camp,outpost,foot_path,90,,flat,,,,0,,,,Invented.\n"
                },
                id="ways in the rear that carry nothing",
            ),
        ],
    )
    def test_a_row_that_means_nothing_changes_nothing(
        self, whole: Any, tmp_path: Path, files: dict[str, str]
    ) -> None:
        assert_same(whole, run(*valley(tmp_path / "more", {"strength.nothing": 0}, **files)))

    def test_goals_that_never_stand_change_nothing(self, whole: Any, tmp_path: Path) -> None:
        goals = (
            VALLEY_GOALS
            + "az-never,az,main,0,take,depot,,,95,,,Invented.\n"
            + "arm-never,arm,counter,0,take,airfield,crossroads,,95,,,Invented.\n"
        )
        inputs, draws = valley(tmp_path / "never", goals=goals)
        rows = inputs.afoot.theatre.goals
        never = with_columns(rows, after_h=np.where(rows.after_h == 95.0, np.inf, rows.after_h))
        assert np.isinf(never.after_h).sum() == 2
        assert_same(whole, run(with_theatre(inputs, goals=never), draws))

    def test_a_source_that_sends_nothing_changes_nothing(self, case: Case, whole: Any) -> None:
        inputs, draws = case
        theatre = inputs.afoot.theatre
        levels = np.hstack([draws.levels, np.zeros((len(draws.levels), 1))])
        shares = inputs.afoot.shares
        names = (*inputs.afoot.levels, "delivery.none")
        moved = {
            column: np.where(
                theatre.sites[column] >= len(inputs.afoot.levels), theatre.sites[column] + 1, NOWHERE
            )
            for column in ("civilians_0", "civilians_1")
        }
        more = with_theatre(
            inputs,
            sites=with_columns(theatre.sites, **moved),
            source_place=np.append(theatre.source_place, theatre.source_place[0]),
            source_side=np.append(theatre.source_side, theatre.source_side[0]),
            source_level=np.append(theatre.source_level, np.int32(len(names) - 1)),
        )
        on = np.hstack([inputs.afoot.source_on, np.ones((len(inputs.variants), 1), np.bool_)])
        more = replace(more, afoot=more.afoot._replace(levels=names, shares=shares, source_on=on))
        assert_same(whole, run(more, replace(draws, levels=levels)))

    def test_goals_of_different_axes_may_stand_in_any_order(self, case: Case, whole: Any) -> None:
        inputs, draws = case
        theatre = inputs.afoot.theatre
        order = np.argsort(-theatre.goals.axis, kind="stable")
        assert (order != np.arange(order.size)).any()
        other = with_theatre(inputs, goals=theatre.goals[order], needs=theatre.needs[order])
        other = replace(
            other, afoot=other.afoot._replace(goal_on=inputs.afoot.goal_on[:, order].copy(order="C"))
        )
        assert_same(whole, run(other, draws))

    @pytest.mark.parametrize("text", ["ways", "goals"])
    def test_rows_may_be_written_in_any_order(self, whole: Any, tmp_path: Path, text: str) -> None:
        """No luck is keyed by a way or a goal; here no two routes are equally good, so none is chosen by its row."""
        head, *rows = {"ways": VALLEY_WAYS, "goals": VALLEY_GOALS}[text].splitlines(keepends=True)
        turned = head + "".join(rows[::-1])
        assert_same(whole, run(*valley(tmp_path / "turned", **{text: turned})))


def wide(inputs: CampaignInputs) -> CampaignInputs:
    """Return the campaign with ways that carry 100,000 t a day, but for foot paths."""
    ways = inputs.afoot.theatre.ways
    return with_theatre(inputs, ways=with_columns(ways, capacity_t=np.where(ways.capacity_t > 0.0, 1e5, 0.0)))


class TestNothing:
    """An effect of zero does exactly nothing; a state in which nothing may happen stays as it is."""

    def test_groups_without_effect_are_as_good_as_absent(self, case: Case, whole: Any) -> None:
        """But for their own persons, and what is a mean over the persons of their side.

        Supply is ample, so that what groups eat is nobody else's; goals ask for no ratio of power, and nobody attacks
        the place where groups stand at the start, so that it does not matter that they could fight in line.
        """
        inputs, draws = case
        draws = with_number(
            inputs, draws, infiltration__gap=0.0, infiltration__press=0.0, infiltration__calls=0.0,
            infiltration__ambush=0.0, delivery__az=1e5, delivery__arm=1e5, control__least_ratio=0.0,
        )  # fmt: skip
        goals = with_columns(inputs.afoot.theatre.goals, ratio=0.0)
        on = inputs.afoot.goal_on & (goals.place != inputs.places.index("ford"))
        inputs = with_theatre(wide(inputs), goals=goals)
        inputs = replace(inputs, afoot=inputs.afoot._replace(goal_on=on))
        present, absent = run(inputs, draws), run(inputs, draws, inputs.variants.index("no-groups"))
        own = tuple(f"{name}.az" for name in SOLDIERS)
        assert_same(present, absent, but=(*own, *MEANS))
        assert (present[0]["deaths.az"] > absent[0]["deaths.az"]).any(), "groups are found and fight"

    def test_groups_with_effect_are_not(self, case: Case, whole: Any) -> None:
        without = run(*case, case[0].variants.index("no-groups"))
        assert (whole[0]["cohesion.arm"] != without[0]["cohesion.arm"]).any()
        assert without[0]["cohesion.arm"].mean() > whole[0]["cohesion.arm"].mean()

    def test_without_any_effect_cohesion_is_whole_and_nobody_deserts(self, case: Case) -> None:
        effects = {
            f"cohesion__{name}": 0.0
            for name in ("losses", "place", "encirclement", "hunger", "silence", "drones")
        }
        series, _ = run(case[0], with_number(*case, infiltration__press=0.0, **effects))
        for side in ("az", "arm"):
            there = series[f"present.{side}"] > 0.0
            np.testing.assert_array_equal(series[f"cohesion.{side}"], there.astype(np.float32))
            assert series[f"deserted.{side}"].max() == 0.0

    def test_rates_of_zero_leave_shaken_troops_in_place(self, case: Case) -> None:
        series, totals = run(
            case[0], with_number(*case, cohesion__desertion=0.0, cohesion__crews=0.0, cohesion__surrender=0.0)
        )
        assert series["deserted.az"].max() == series["deserted.arm"].max() == 0.0
        assert totals["lost.armour.arm.by.abandoned"].max() == 0.0

    def test_beyond_all_need_more_supply_changes_nothing(self, case: Case) -> None:
        inputs = wide(case[0])
        ample = run(inputs, with_number(inputs, case[1], delivery__az=1e5, delivery__arm=1e5))
        assert_same(ample, run(inputs, with_number(inputs, case[1], delivery__az=1e6, delivery__arm=1e6)))
        assert ample[0]["supply_days.az"][:, 24].mean() > 4.5

    def test_without_an_embargo_transparency_is_nothing_and_without_checks_an_embargo_is(
        self, case: Case
    ) -> None:
        inputs, draws = case
        free = with_number(inputs, draws, diplomacy__az__embargo=0.0, diplomacy__arm__embargo=0.0)
        unchecked = with_number(inputs, draws, diplomacy__transparency=0.0)
        assert_same(run(inputs, free), run(inputs, with_number(inputs, free, diplomacy__transparency=1.0)))
        assert_same(run(inputs, free), run(inputs, unchecked))

    def test_in_a_truce_without_fighting_nobody_fights(self, tmp_path: Path) -> None:
        """A truce from hour 0 that never breaks and stops all fighting: no battle, no fire, no place taken."""
        truces = changed(
            TRUCES, {"2020-06-01T18:00Z,2020-06-01T18:00Z": "2020-06-01T00:00Z,2020-06-01T00:00Z"}
        )
        numbers = {"diplomacy.break_rate": 0.0, "diplomacy.truce_intensity": 0.0}
        case = valley(tmp_path / "truce", numbers, truces=truces)
        series, totals = run(*case)
        assert series["truce"].min() == 1.0
        for name, values in series.items():
            if name.startswith(("deaths", "missing", "wounded", "lost.", "sorties", "threats")):
                assert values.max() == 0.0, name
        assert np.isnan(totals["changed.crossroads"]).all()
        for hours in (1, 30, HOURS):
            war = Ended(*case, 2, hours).war
            assert (war.troops.attacks == NOWHERE).all()
            assert not war.battles.active.any()
            assert not war.battles.number.any()

    def test_when_the_war_is_over_only_civilians_move(self, case: Case) -> None:
        """They leave places that terms will hand over, for which the days that are left here are too few."""
        inputs, draws = case
        series, totals = run(inputs, with_number(inputs, draws, diplomacy__acceptance_rate=0.5))
        ended = totals["end_h"]
        assert (ended[np.isfinite(ended)] < 90.0).sum() >= 10
        for row in np.flatnonzero(np.isfinite(ended)):
            after = int(np.ceil(ended[row]))
            assert series["over"][row, : after - 1].max(initial=0.0) == 0.0
            for name, values in series.items():
                if name.startswith("displaced"):
                    assert (np.diff(values[row, after - 1 :]) >= 0.0).all()
                elif name != "flyable":
                    assert (values[row, after:] == values[row, after - 1]).all(), name


class TestCommonLuck:
    """What does not matter leaves everything else as it was; what does matter, everything before it."""

    def test_the_weather_where_nobody_is(self, case: Case, whole: Any) -> None:
        inputs, draws = case
        given = inputs.ground.given_weather.copy()
        given[2, :48], given[2, 48:] = FOG, CLEAR
        other = replace(inputs, ground=inputs.ground._replace(given_weather=given))
        assert_same(whole, run(other, draws), but=("flyable",))

    def test_a_variant_that_leaves_out_nobody(self, case: Case, whole: Any) -> None:
        assert_same(whole, run(*case, case[0].variants.index("no-shadow")))

    def test_a_goal_left_out_changes_nothing_before_it_stands(self, case: Case, whole: Any) -> None:
        """The last goal of an axis stands when the ridge is held; until then its being left out changes nothing."""
        inputs, draws = case
        depot = inputs.places.index("depot")
        on = inputs.afoot.goal_on & (inputs.afoot.theatre.goals.place != depot)
        series, totals = run(replace(inputs, afoot=inputs.afoot._replace(goal_on=on)), draws)
        for row, taken in enumerate(whole[1]["changed.ridge"]):
            until = HOURS if np.isnan(taken) else int(taken) + 1
            for name, values in whole[0].items():
                np.testing.assert_array_equal(series[name][row, :until], values[row, :until], err_msg=name)
        assert np.isnan(totals["changed.depot"]).all()

    @pytest.mark.parametrize("late", [30, 60])
    def test_a_truce_changes_nothing_before_it(self, case: Case, whole: Any, late: int) -> None:
        """Truces are agreed after the last given one, so both wars have one given at their end."""
        inputs, draws = case
        given = inputs.afoot.theatre.truce_hour
        early = run(with_theatre(inputs, truce_hour=np.append(given, [float(late), 95.0])), draws)
        late_only = run(with_theatre(inputs, truce_hour=np.append(given, [95.0])), draws)
        differs = False
        for name, values in early[0].items():
            np.testing.assert_array_equal(values[:, :late], late_only[0][name][:, :late], err_msg=name)
            differs = differs or (values[:, late:] != late_only[0][name][:, late:]).any()
        assert differs

    def test_a_strike_on_a_town_harms_civilians_there_and_nobody_else(self, case: Case, whole: Any) -> None:
        inputs, draws = case
        theatre = inputs.afoot.theatre
        hour, ford = float(theatre.strike_hour[-1]), inputs.places.index("ford")
        assert theatre.strike_place[-1] == ford
        more = theatre.strike_munitions.copy()
        more[-1] = 200.0
        series, _ = run(with_theatre(inputs, strike_munitions=more), draws)
        for name, values in whole[0].items():
            if name in ("civilian_deaths.az", "displaced.az"):
                np.testing.assert_array_equal(series[name][:, : int(hour)], values[:, : int(hour)])
            elif not name.startswith(("civilian_deaths", "displaced")):
                np.testing.assert_array_equal(series[name], values, err_msg=name)
        assert (
            series["civilian_deaths.az"][:, -1].mean() > whole[0]["civilian_deaths.az"][:, -1].mean() + 10.0
        )

    def test_orders_of_fires_change_nothing_before_they_begin(
        self, case: Case, whole: Any, tmp_path: Path
    ) -> None:
        orders = changed(
            VALLEY_ORDERS,
            {"arm-fire,arm,arm-guns,,2020-06-01T06:00Z": "arm-fire,arm,arm-guns,,2020-06-02T06:00Z"},
        )
        series, _ = run(*valley(tmp_path / "orders", orders=orders))
        for name, values in whole[0].items():
            np.testing.assert_array_equal(series[name][:, :6], values[:, :6], err_msg=name)
        assert (series["sorties.arm"][:, 6] != whole[0]["sorties.arm"][:, 6]).any()
