"""The written form of policies: grammar, canonical ids, every problem at once, and when a policy begins."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from staffride.errors import InputError
from staffride.model.kinds import parameters_of
from staffride.scenario import Scenario, load
from staffride.scenario.levers.catalogue import LEVERS
from staffride.scenario.levers.lever import Dose, Lever
from staffride.scenario.levers.parse import MOST_POLICIES, parse_policies
from staffride.scenario.levers.setting import is_day, is_number, text_of
from staffride.scenario.policy import Policy, Stages

WAR = {"campaign": load("karabakh-2020", parameters_of)}
PERIOD = WAR["campaign"].period
CAMPAIGN_LEVERS = [one for one in LEVERS.values() if "campaign" in one.kinds]


def one(text: str, stages: Stages = WAR) -> Policy:
    (policy,) = parse_policies([text], stages)
    return policy


def ids(*texts: str) -> list[str]:
    return [policy.id for policy in parse_policies(texts, WAR)]


def problems(*texts: str, stages: Stages = WAR) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_policies(texts, stages)
    return [str(problem) for problem in caught.value.problems]


class TestForm:
    def test_a_lever_alone_takes_its_defaults(self) -> None:
        policy = one("layered-air-defence")
        assert policy.id == "layered-air-defence"
        assert policy.levers[0][1]["factor"] == 3.0

    def test_the_first_dose_stands_with_or_without_its_name(self) -> None:
        assert ids(
            "layered-air-defence:2", "layered-air-defence,factor=2", "layered-air-defence:factor=2"
        ) == ["layered-air-defence:2"]

    def test_defaults_are_left_out_and_numbers_are_short(self) -> None:
        written = " layered-air-defence : 2.50 , side=arm, networked=yes ,short=0.0"
        assert ids(written) == ["layered-air-defence:2.5,short=0,networked=yes"]

    def test_several_values_are_several_policies(self) -> None:
        assert ids("layered-air-defence:0|1|2|3") == [
            "layered-air-defence:0", "layered-air-defence:1", "layered-air-defence:2", "layered-air-defence",
        ]  # fmt: skip

    def test_values_of_all_levers_and_doses_are_combined(self) -> None:
        assert ids("own-jamming:1|3,side=az|arm+fog:0.5|0.9")[:3] == [
            "own-jamming:1,side=az+fog:0.5", "own-jamming:1,side=az+fog:0.9", "own-jamming:1+fog:0.5",
        ]  # fmt: skip
        assert len(ids("own-jamming:1|3,side=az|arm+fog:0.5|0.9")) == 8

    def test_the_same_policy_twice_is_one(self) -> None:
        assert ids("fog:0.9|0.90", "fog:0.9") == ["fog:0.9"]

    def test_both_sides_may_hold_the_same_lever(self) -> None:
        assert ids("own-jamming,side=az+own-jamming") == ["own-jamming,side=az+own-jamming"]

    def test_a_policy_names_what_it_is_for_people(self) -> None:
        policy = one("hardened-links:0.9,radars=6,from=2020-10-05+city-warning,from=2020-10-05")
        assert policy.label == (
            "Hardened links (0.9, radars 6 dB, from 2020-10-05) + Warning of towns (0.9, from 2020-10-05)"
        )
        assert policy.question.count(".") == 2
        assert len(policy.notes) == 2


def _value(dose: Dose) -> st.SearchStrategy[Any]:
    if is_number(dose):
        assert dose.low is not None
        return st.floats(dose.low, dose.high, allow_subnormal=False).filter(
            lambda value: "e" not in repr(value)
        )
    if is_day(dose):
        return st.integers(0, 43).map(lambda days: (PERIOD.start + timedelta(days=days)).date())
    return st.sampled_from(dose.choices)


@st.composite
def written(draw: st.DrawFn, lever: Lever) -> str:
    """A lever with some of its doses, in any order, with or without the name of the first."""
    given_doses = [dose for dose in lever.doses if is_day(dose) or draw(st.booleans())]
    values = {dose.name: text_of(draw(_value(dose))) for dose in given_doses}
    head = lever.id
    if lever.doses and lever.doses[0].name in values and draw(st.booleans()):
        head = f"{head}:{values.pop(lever.doses[0].name)}"
    named = draw(st.permutations([f"{name}={value}" for name, value in values.items()]))
    return ",".join([head, *named])


def read(text: str) -> Policy:
    """The policy of a text; one that asks for what the scenario lacks is no case."""
    try:
        return one(text)
    except InputError as error:
        assume("has no" not in str(error))
        raise


class TestCanonicalForm:
    @pytest.mark.parametrize("lever", CAMPAIGN_LEVERS, ids=lambda lever: lever.id)
    @given(data=st.data())
    @settings(max_examples=15, deadline=None)
    def test_a_policy_read_from_its_own_id_is_the_same(self, lever: Lever, data: st.DataObject) -> None:
        policy = read(data.draw(written(lever)))
        again = one(policy.id)
        assert (again.id, again.levers, again.starts) == (policy.id, policy.levers, policy.starts)
        assert again.patch.changes == policy.patch.changes

    @given(data=st.data(), pair=st.permutations([one for one in CAMPAIGN_LEVERS if one.id != "early-truce"]))
    @settings(max_examples=30, deadline=None)
    def test_so_is_one_of_two_levers(self, data: st.DataObject, pair: list[Lever]) -> None:
        policy = read("+".join(data.draw(written(lever)) for lever in pair[:2]))
        assert one(policy.id).levers == policy.levers
        assert policy.id.count("+") == 1

    def test_numbers_far_from_one_are_written_so_that_they_can_be_read(self) -> None:
        assert ids("fog:0.00001") == ["fog:1e-05"]
        assert ids(*ids("fog:0.00001")) == ["fog:1e-05"]


class TestProblems:
    def test_all_of_all_texts_are_told_at_once(self) -> None:
        found = problems("layred-air-defence", "fog:2+own-jamming:-1,side=am", "dummies,of=tank")
        assert len(found) == 5
        assert [text.split("'")[1] for text in found] == [
            "layred-air-defence", *["fog:2+own-jamming:-1,side=am"] * 3, "dummies,of=tank",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("layred-air-defence", "did you mean 'layered-air-defence'?"),
            ("", "a lever is missing"),
            ("fog+", "a lever is missing"),
            ("fog:", "gives no value"),
            ("layered-air-defence,netwrked=yes", "did you mean 'networked'?"),
            ("layered-air-defence:4", "factor is 4; expected factor from 0 to 3"),
            ("hardened-links,radars=41", "expected radars from 0 to 40 dB"),
            ("layered-air-defence:nan", "factor is nan"),
            ("layered-air-defence:inf", "factor is inf"),
            ("layered-air-defence:two", "factor is two"),
            ("layered-air-defence:1,factor=2", "factor is given twice"),
            ("layered-air-defence:1|4|5", "factor is 4"),
            ("emission-discipline,radars=off", "expected one of blinking, silent"),
            ("dispersal,side=both", "expected one of az, arm"),
            ("dispersal,side=arn", "did you mean 'arm'?"),
            ("early-truce", "early-truce needs a date; expected for example early-truce:2020-10-10"),
            ("early-truce:2020-13-40", "expected a date from 2020-09-27 to 2020-11-09, such as 2020-09-27"),
            (
                "early-truce:2020-11-10",
                "is outside of the scenario; expected a date from 2020-09-27 to 2020-11-09",
            ),
            ("fog,from=2020-09-26", "from=2020-09-26 is outside of the scenario"),
            ("fog,from=2020-10-01|2020-10-02", "from has 2 values; expected one date"),
            ("dispersal,from=2020-10-01", "dispersal is set before the start and cannot begin at a date"),
            ("square-law:2", "square-law has no dose '2'"),
            ("fog+fog:0.5", "fog is there twice"),
            ("buses", "buses does not act on a campaign"),
            ("embargo,side=nobody", "expected one of az, arm"),
        ],
    )
    def test_each_says_what_was_expected(self, text: str, message: str) -> None:
        assert any(message in found for found in problems(text)), problems(text)

    def test_a_text_that_stands_for_too_many_is_refused(self) -> None:
        many = "|".join(str(number / 200) for number in range(MOST_POLICIES + 1))
        assert f"stands for {MOST_POLICIES + 1} policies" in problems(f"fog:{many}")[0]

    def test_a_scenario_with_other_sides_has_them_as_choices(self) -> None:
        swapped = WAR["campaign"].model_copy(update={"sides": ("north", "south")})
        found = problems("shared-information,side=az", "dispersal", stages={"campaign": swapped})
        assert "expected one of both, north, south" in found[0]
        assert "side is 'arm'; expected one of north, south" in found[1]
        assert (
            one("shared-information", {"campaign": swapped}).patch.changes[0].name
            == "information.north.quality"
        )


class TestBeginning:
    def test_a_policy_begins_at_midnight_of_the_scenario_s_own_zone(self) -> None:
        moment = datetime(2020, 10, 10, tzinfo=ZoneInfo("Asia/Baku"))
        assert one("early-truce:2020-10-10").starts == moment
        assert one("hardened-links:0.9,from=2020-10-10").starts == moment

    def test_without_a_date_it_begins_with_the_scenario(self) -> None:
        assert one("hardened-links").starts is None
        assert one("hardened-links,from=2020-09-27").starts is None

    def test_levers_of_one_policy_begin_together(self) -> None:
        assert one("early-truce:2020-10-10+fog,from=2020-10-10").starts is not None
        (apart,) = problems("early-truce:2020-10-10+fog,from=2020-10-12")
        assert "fog acts from 2020-10-12, and early-truce from 2020-10-10" in apart
        (late,) = problems("early-truce:2020-10-10+fog")
        assert "fog acts from the start" in late
        assert "add from=2020-10-10 to it" in late
        (never,) = problems("early-truce:2020-10-10+dispersal")
        assert "run them as two policies" in never

    def test_the_date_of_a_lever_and_from_cannot_differ(self) -> None:
        (found,) = problems("early-truce:2020-10-10,from=2020-10-12")
        assert "early-truce has a date of its own; expected no `from`; leave from=2020-10-12 out" in found

    def test_one_date_serves_levers_of_other_stages(self) -> None:
        chain = WAR | {"displacement": load("karabakh-2023", parameters_of)}
        policy = one("hardened-links:0.9,from=2020-10-05+buses:500", chain)
        assert policy.starts == datetime(2020, 10, 5, tzinfo=ZoneInfo("Asia/Baku"))
        assert policy.id == "hardened-links:0.9,from=2020-10-05+buses:500"


def test_days_are_those_of_the_period() -> None:
    (found,) = problems("early-truce:2019-01-01")
    first, last = date(2020, 9, 27), date(2020, 11, 9)
    assert f"{first} to {last}" in found


def test_it_is_read_without_the_model() -> None:
    code = (
        "import sys, staffride.scenario.levers.parse; "
        "print([name for name in ('numba', 'staffride.model') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_policy_does_not_change_the_scenario_that_it_is_read_for() -> None:
    before: Scenario = WAR["campaign"].model_copy()
    parse_policies(["dispersal", "early-truce:2020-10-10", "modern-air-defence"], WAR)
    assert WAR["campaign"] == before
