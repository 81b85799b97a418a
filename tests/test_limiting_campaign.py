"""Closed forms on the campaign's own hour: whole runs of scenarios in which one rule is left and all others are one.

Each configuration is a scenario that is loaded, drawn and run like any other. ``PLAIN`` is what all have in common:
an exponent of 1, no effect of size, factors of posture and terrain of one, no day harder than another, no effect of
cohesion, hunger or ammunition, no break points, no losses in flight, no truce, no end, no flight, no repair. What a
test changes it says.

References: Lanchester (1916); Helmbold (1965); Wood (1993), network interdiction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from campaign_scenarios import SETTINGS, SYSTEMS, ZONES, changed, load_ground, parameters_text
from ground_cases import SEED, VALLEY_NUMBERS, Case, Series, run, with_numbers
from staffride.lab.campaign_draws import draw_campaign
from staffride.model.campaign_inputs import compile_campaign

ZEROS = (
    "ground.size_exponent", "ground.intensity_spread", "ground.cohesion_effect", "ground.ammunition_effect",
    "ground.missing_share", "ground.pursuit", "ground.caution_effect", "ground.break.spread", "ground.advance.flat",
    "ground.advance.rolling", "ground.advance.rugged", "ground.mine_delay", "ground.ditch_delay",
    "ground.event_size", "ground.across_line", "ground.armour_weight", "ground.gun_weight",
    "cohesion.brittleness", "cohesion.losses", "cohesion.place", "cohesion.encirclement", "cohesion.hunger",
    "cohesion.silence", "cohesion.drones", "supply.hunted", "supply.pace", "supply.ford", "control.least_ratio",
    "control.least_cohesion", "diplomacy.truce_rate", "diplomacy.acceptance_rate", "diplomacy.az.embargo",
    "diplomacy.arm.embargo", "city_strikes.az.rate", "city_strikes.arm.rate", "flight.danger_rate",
    "weather.low_cloud_share", "weather.fog_share",
)  # fmt: skip
ONES = (
    "ground.exponent", "ground.night", "ground.fog", "ground.posture.hasty", "ground.posture.prepared",
    "ground.posture.fortified", "ground.posture.delay", "ground.terrain.rolling", "ground.terrain.rugged",
    "ground.advance.unopposed", "control.staff_cycle", "control.escape", "contact.groups", "contact.line",
    "detection.low_cloud_factor", "detection.fog_factor", "supply.rest", "supply.defence",
    "fires.protection.open", "detection.posture.open",
)  # fmt: skip
PLAIN: Mapping[str, float] = {
    **{name: value for name, value in VALLEY_NUMBERS.items() if not isinstance(value, tuple)},
    **dict.fromkeys(ZEROS, 0.0),
    **dict.fromkeys(ONES, 1.0),
    "ground.break.attack": 1e9, "ground.break.defence": 1e9, "ground.pause": 1e6, "supply.repair": 1e12,
}  # fmt: skip

FORMATION_COLUMNS = "id,side,name,kind,place,axis,stance,strength,contact,quality,assumed\n"
GOAL_COLUMNS = "id,side,axis,rank,task,place,assumed\n"
PLACE_COLUMNS = (
    "id,official_name,kind,region,zone,latitude,longitude,elevation_m,held_by,ground,"
    "fortification,line,assumed\n"
)
WAY_COLUMNS = "id,from_place,to_place,kind,length_km,ground,supply_t_per_day,bridge,assumed\n"


def campaign(
    folder: Path, tables: Mapping[str, str], numbers: Mapping[str, float], days: int, count: int
) -> Case:
    """Return a scenario of the given tables alone, by the hour for some days, in arrays."""
    head, _, _ = SETTINGS.partition("off: [reserve]")
    settings = changed(
        head,
        {
            "start: 2020-06-01T00:00+00:00, end: 2020-06-02": f"start: 2020-06-01T00:00+00:00, end: {day(days)}"
        },
    )
    none = dict.fromkeys(("civilians", "city_strikes", "truces", "terms"))
    text = with_numbers(parameters_text(ground=True), {**PLAIN, **numbers})
    scenario = load_ground(folder, settings=settings, parameters=text, zones=ZONES, **{**none, **tables})
    inputs = compile_campaign(scenario)
    return inputs, draw_campaign(scenario, count, SEED, inputs)


def day(number: int) -> str:
    """Return the date so many days after the start."""
    return str(np.datetime64("2020-06-01") + np.timedelta64(number, "D"))


# --- Two places: one side attacks the other along a way on which nobody gets anywhere ---

WEST, EAST = (
    "west,West,town,Hills,hills,40.00,46.90,100,az,rugged,1,3,Invented.\n",
    "east,East,town,Hills,hills,40.00,47.00,100,arm,rugged,1,3,Invented.\n",
)
DUEL = {
    "systems": SYSTEMS,
    "places": PLACE_COLUMNS + WEST + EAST,
    "units": "id,side,system,place,strength,posture,emission,networked,assumed\n"
    "az-gun,az,gun,west,strength.gun,open,none,no,Invented.\n",
    "orders": "id,side,unit,start,end,missions,targets,arrival,assumed\n"
    "none,az,az-gun,2020-06-01T00:00Z,2020-06-02T00:00Z,tempo.az.gun,artillery,spread,Invented.\n",
    "ways": WAY_COLUMNS + "front,west,east,road,12,rugged,0,,Invented.\n",
    "formations": FORMATION_COLUMNS
    + "az-army,az,Army,rifle,west,az,fortified,strength.first,contact.line,quality.az,Invented.\n"
    + "arm-army,arm,Army,rifle,east,arm,fortified,strength.second,contact.line,quality.arm,Invented.\n",
    "supplies": "id,side,place,delivery,assumed\n"
    "az-rear,az,west,delivery.az,Invented.\narm-rear,arm,east,delivery.arm,Invented.\n",
}
PERSONS = 10_000
"""Persons in one of a closed form's units."""


def duel(
    folder: Path,
    numbers: Mapping[str, float],
    attacker: str = "az",
    first: float = 100.0,
    second: float = 60.0,
) -> Series:
    """Return the hourly series of 16 wars of 4 days in which one side attacks: both sides' strengths in units."""
    aim = {"az": "east", "arm": "west"}[attacker]
    goals = f"{GOAL_COLUMNS}go,{attacker},{attacker},1,take,{aim},Invented.\n"
    strengths = {"strength.first": first * PERSONS, "strength.second": second * PERSONS, "strength.gun": 1.0}
    case = campaign(folder, {**DUEL, "goals": goals}, {**strengths, **numbers}, 4, 16)
    series, _ = run(*case)
    return {name: values / PERSONS for name, values in series.items() if name.endswith((".az", ".arm"))}


def meets(values: np.ndarray, exact: float) -> None:
    """Assert that the mean of 16 wars is right to 0.1 % of the larger strength, four standard errors or more."""
    assert abs(values.mean() - exact) <= 0.1, (values.mean(), exact)


@pytest.mark.parametrize("attacker", ["az", "arm"])
def test_square_law(tmp_path: Path, attacker: str) -> None:
    """100 v 60 at 0.01/h: x = 100 cosh - 60 sinh, y = 60 cosh - 100 sinh, 80 left at t = 69.31, whoever attacks."""
    series = duel(tmp_path / "square", {"ground.rate": 0.24}, attacker)
    for hours in (24, 48):
        grown, fallen = math.cosh(0.01 * hours), math.sinh(0.01 * hours)
        meets(series["present.az"][:, hours - 1], 100.0 * grown - 60.0 * fallen)
        meets(series["present.arm"][:, hours - 1], 60.0 * grown - 100.0 * fallen)
    assert (series["present.arm"][:, 68] > 0.0).all()
    assert (series["present.arm"][:, 70] == 0.0).all()
    meets(series["present.az"][:, -1], 80.0)


@pytest.mark.parametrize(
    "factor",
    [
        "ground.terrain.rugged", "ground.posture.fortified", "ground.night", "quality.az", "contact.line",
        "ground.exponent", "ground.size_exponent", "ground.rate",
    ],
)  # fmt: skip
def test_the_square_law_tells_each_factor_from_one(tmp_path: Path, factor: str) -> None:
    """A factor off by a fifth moves a strength after two days by more than ten times what the test above allows."""
    usual = {"ground.size_exponent": 0.05, "ground.rate": 0.2, "ground.exponent": 0.9, "contact.line": 0.8}
    series = duel(tmp_path / "other", {"ground.rate": 0.24, factor: usual.get(factor, 1.2)})
    exact = 60.0 * math.cosh(0.48) - 100.0 * math.sinh(0.48)
    assert abs(series["present.arm"][:, 47].mean() - exact) > 1.0


@pytest.mark.parametrize(("exponent", "left"), [(1.0, 80.0), (0.75, 65.9225), (0.5, 40.0)])
def test_helmbold_to_the_end(tmp_path: Path, exponent: float, left: float) -> None:
    """100 v 60 at 0.04/h: x^(2W) - y^(2W) stays."""
    series = duel(tmp_path / "helmbold", {"ground.rate": 0.96, "ground.exponent": exponent})
    assert series["present.arm"][:, -1].max() == 0.0
    meets(series["present.az"][:, -1], left)


def test_linear_law(tmp_path: Path) -> None:
    """x' = -0.001 x y, by exponent 0.5 and size exponent -1: 100 v 60 come to (66.9111, 26.9111) in 10 h."""
    per_hour = 0.001 / PERSONS * 1000.0  # at the reference size of 1,000 persons
    numbers = {"ground.rate": 24.0 * per_hour, "ground.exponent": 0.5, "ground.size_exponent": -1.0}
    series = duel(tmp_path / "linear", numbers)
    meets(series["present.az"][:, 9], 66.9111)
    meets(series["present.arm"][:, 9], 26.9111)


def test_a_better_armed_side_wins_against_the_stronger(tmp_path: Path) -> None:
    """100 v 80 at 0.04 and 0.02 (the second's soldiers have twice the power): it has 37.4166 left after 49.3 h."""
    series = duel(tmp_path / "quality", {"ground.rate": 0.48, "quality.arm": 2.0}, second=80.0)
    assert (series["present.az"][:, 48] > 0.0).all()
    assert (series["present.az"][:, 49] == 0.0).all()
    meets(series["present.arm"][:, -1], math.sqrt(80.0**2 - 100.0**2 / 2.0))


class TestBreakPoints:
    """100 v 60, equal coefficients: at 42 of the second side the first has 90.355; at its 90 there are 41.231."""

    RATE = 0.0101 * 24.0  # so that both marks are passed in the middle of an hour

    def strengths_at(self, hours: int) -> tuple[float, float]:
        grown, fallen = math.cosh(0.0101 * hours), math.sinh(0.0101 * hours)
        return 100.0 * grown - 60.0 * fallen, 60.0 * grown - 100.0 * fallen

    def test_a_defence_that_reaches_its_share_first_breaks(self, tmp_path: Path) -> None:
        """10 % and 30 %: the defence breaks after hour 19, and, with nowhere to go, leaves the war."""
        assert self.strengths_at(18)[1] > 42.5 > 42.0 > self.strengths_at(19)[1] + 0.1
        assert self.strengths_at(19)[0] > 90.2
        numbers = {"ground.rate": self.RATE, "ground.break.attack": 0.1, "ground.break.defence": 0.3}
        series = duel(tmp_path / "defence", numbers)
        assert (series["withdrawn.arm"][:, 17] == 0.0).all()
        meets(series["withdrawn.arm"][:, 18], self.strengths_at(19)[1])
        assert (series["present.arm"][:, 18] == 0.0).all()
        meets(series["present.az"][:, -1], self.strengths_at(19)[0])

    def test_an_attack_that_reaches_its_share_first_breaks(self, tmp_path: Path) -> None:
        """10 % and 35 %: the attack breaks after hour 20 and rests; nobody is lost any more."""
        assert self.strengths_at(19)[0] > 90.2 > 90.0 > self.strengths_at(20)[0] + 0.1
        assert self.strengths_at(20)[1] > 40.0
        numbers = {"ground.rate": self.RATE, "ground.break.attack": 0.1, "ground.break.defence": 0.35}
        series = duel(tmp_path / "attack", numbers)
        for side, at_end in zip(("az", "arm"), self.strengths_at(20), strict=True):
            assert (series[f"present.{side}"][:, 18] > series[f"present.{side}"][:, 19]).all()
            assert (series[f"present.{side}"][:, 19:] == series[f"present.{side}"][:, 19:20]).all()
            meets(series[f"present.{side}"][:, -1], at_end)


# --- Supply: a source, a front, and two ways between them ---

USE_T = 200.0
SUPPLIED = {
    "systems": SYSTEMS
    + "span:\n  name: Invented bridge\n  kind: bridge\n  assumed: Invented.\n  figures:\n"
    + '    staying_power: {value: 1, unit: "1", assumed: Invented.}\n'
    + '    signature: {value: 1, unit: "1", assumed: Invented.}\n',
    "places": PLACE_COLUMNS
    + "source,Source,town,Hills,hills,40.00,46.80,100,az,flat,,,Invented.\n"
    + "aside,Aside,town,Hills,hills,40.05,46.85,100,az,flat,,,Invented.\n"
    + "west,West,town,Hills,hills,40.00,46.90,100,az,flat,,,Invented.\n"
    + EAST,
    "ways": WAY_COLUMNS
    + "main,source,west,road,10,flat,100,az-bridge,Invented.\n"
    + "round,source,aside,road,10,flat,40,,Invented.\n"
    + "about,aside,west,road,10,flat,40,,Invented.\n"
    + "front,west,east,road,12,flat,100,,Invented.\n",
    "units": "id,side,system,place,strength,posture,emission,networked,reconnoitred,assumed\n"
    "az-bridge,az,span,source,strength.bridge,open,none,no,1,Invented.\n"
    "arm-watchers,arm,watcher,east,strength.watcher,open,none,yes,,Invented.\n",
    "formations": DUEL["formations"],
    "goals": f"{GOAL_COLUMNS}stay,arm,arm,1,hold,east,Invented.\n",
    "supplies": "id,side,place,delivery,assumed\n"
    "az-rear,az,source,delivery.az,Invented.\narm-rear,arm,east,delivery.arm,Invented.\n",
}
SUPPLY_NUMBERS = {
    "strength.first": 20_000.0, "strength.second": 1000.0, "strength.bridge": 1.0, "strength.watcher": 4.0,
    "tempo.az.watcher": 20.0, "supply.persons": 5.0, "supply.fighters": 5.0, "supply.most": 1000.0,
    "supply.az.start": 100.0, "delivery.az": 1000.0, "delivery.arm": 1000.0,
}  # fmt: skip


def strikes(start: int, end: int) -> str:
    """Return the orders of drones that strike bridges, and are overhead, from one hour to another."""
    times = [
        str(np.datetime64("2020-06-01T00:00") + np.timedelta64(hour, "h")) + "Z" for hour in (start, end)
    ]
    return (
        "id,side,unit,package,start,end,missions,targets,zones,arrival,assumed\n"
        f"arm-strike,arm,arm-watchers,,{times[0]},{times[1]},tempo.az.watcher,bridge,,spread,Invented.\n"
    )


def test_the_smallest_cut_says_what_arrives_and_how_the_stocks_fall(tmp_path: Path) -> None:
    """100 + 40 t a day for a use of 200; the larger way's bridge is cut on the third day: 40 t a day are left.

    What came since the last delivery is carried over the network as it stands when the change is seen.
    """
    tables = {**SUPPLIED, "orders": strikes(54, 90)}
    series, _ = run(*campaign(tmp_path / "cut", tables, SUPPLY_NUMBERS, 6, 12))
    cuts = (series["lost.bridge.az"] > 0.0).argmax(axis=1)
    assert series["lost.bridge.az"][:, 95].min() == 1.0
    assert (np.diff(np.sort(cuts)) > 0).any()
    for row, cut in enumerate(cuts):
        exact, last = 100.0, 0
        for hour in range(6 * 24):
            if hour % 24 == 0 or hour == cut + 1:
                exact += (hour - last) / 24.0 * (140.0 if hour <= cut else 40.0) / USE_T
                last = hour
            exact -= 1.0 / 24.0
            for name in ("supply_days.az", "ammunition_days.az"):
                assert series[name][row, hour] == pytest.approx(exact, abs=1e-4), (row, hour, cut)


def test_convoys_are_lost_one_by_one(tmp_path: Path) -> None:
    """Ten convoys a day, each lost with the chance 0.3 under drones that are always overhead: 7 arrive on average.

    8 or more with probability 0.382783. n = 10,000 days; within four standard errors.
    """
    days, wars = 101, 100
    systems = changed(
        SUPPLIED["systems"],
        {
            "sweep_width: {range: [1, 4]": "sweep_width: {value: 200",
            "night_ability: {value: 0.7": "night_ability: {value: 1",
        },
    )
    tables = {**SUPPLIED, "orders": strikes(0, days * 24), "systems": systems}
    numbers = {
        **SUPPLY_NUMBERS, "strength.bridge": 0.0, "delivery.az": 100.0, "supply.load": 10.0,
        "supply.hunted": -math.log(0.7) / 10.0, "strength.first": 7000.0,
    }  # fmt: skip
    series, _ = run(*campaign(tmp_path / "convoys", tables, numbers, days, wars))
    stock = series["supply_days.az"].astype(float)
    before, after = stock[:, 23:-1:24], stock[:, 24::24]
    arrived = (after - before + 1.0 / 24.0) * 7000 / 1000 * 10.0 / 10.0
    convoys = np.rint(arrived)
    np.testing.assert_allclose(arrived, convoys, atol=2e-3)
    assert convoys.shape == (wars, days - 1)
    assert convoys.min() >= 0
    assert convoys.max() == 10
    n = convoys.size
    assert abs(convoys.mean() - 7.0) <= 4.0 * math.sqrt(2.1 / n)
    assert abs((convoys >= 8).mean() - 0.382783) <= 4.0 * math.sqrt(0.382783 * 0.617217 / n)
