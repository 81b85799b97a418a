"""The ground war of 2020 in the record: sources, dates, sums, both sides, and nobody's name."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from pathlib import Path

import pytest

from staffride.evidence import Fact, Stamp, ledger

FACTS, SOURCES = ledger().facts, ledger().sources
PREFIXES = (
    "capture_2020",
    "control_2020",
    "deaths_daily_2020",
    "city_strike_2020",
    "civilians_2020",
    "way_2020",
)
OPENING, CEASEFIRE = Stamp.parse("2020-09-27").start, Stamp.parse("2020-11-10").end
TOWNS = {
    "jabrayil_jrakan": ("2020-10-04", "2020-10-09"),
    "hadrut": ("2020-10-09", "2020-10-15"),
    "fuzuli_varanda": ("2020-10-17", "2020-10-18"),
    "zangilan_kovsakan": ("2020-10-20", "2020-10-20"),
    "qubadli_vorotan": ("2020-10-25", "2020-10-26"),
    "shusha_shushi": ("2020-11-07", "2020-11-10"),
}


def of(prefix: str) -> list[Fact]:
    return [fact for fact in FACTS.values() if fact.id.partition(".")[0] == prefix]


def told(subject: str, side: str | None = None) -> list[Fact]:
    facts = [fact for fact in FACTS.values() if fact.subject == subject]
    return [fact for fact in facts if side is None or fact.details.get("side") == side]


def whole(fact: Fact) -> int:
    assert fact.value is not None, fact.id
    assert fact.value == int(fact.value), fact.id
    return int(fact.value)


# --- every row ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_row_has_a_source_a_confidence_and_is_published_after_what_it_tells(prefix: str) -> None:
    facts = of(prefix)
    assert len(facts) >= 15
    for fact in facts:
        assert fact.sources, fact.id
        assert fact.confidence in ("high", "medium", "low"), fact.id
        assert fact.known_from >= fact.as_of, fact.id


@pytest.mark.parametrize("prefix", ["capture_2020", "deaths_daily_2020", "city_strike_2020"])
def test_what_happened_in_the_war_is_an_outcome(prefix: str) -> None:
    assert {fact.kind for fact in of(prefix)} == {"outcome"}


def test_nothing_that_an_input_tells_of_happened_after_the_war_began() -> None:
    inputs = [fact for prefix in PREFIXES for fact in of(prefix) if fact.kind == "input"]
    assert len(inputs) > 100
    later = [fact.id for fact in inputs if fact.as_of >= OPENING and fact.id != "way_2020.lachin_supply"]
    assert later == []


def test_ids_in_notes_of_the_ground_war_exist() -> None:
    mention = re.compile(
        r"\b((?:capture_2020|deaths_daily_2020|city_strike_2020|civilians_2020|outcome_2020)\.[\w.]*\w)"
    )
    named = {name for fact in FACTS.values() for name in mention.findall(fact.note)}
    assert named
    assert sorted(named - set(FACTS)) == []


# --- towns ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("town", "days"), TOWNS.items())
def test_a_town_has_an_interval_from_first_claim_to_confirmation(town: str, days: tuple[str, str]) -> None:
    (interval,) = [fact for fact in told("change_of_control") if fact.place == f"place.{town}"]
    first, last = Stamp.parse(days[0]).start, Stamp.parse(days[1]).start + timedelta(days=1)
    half = timedelta(hours=interval.uncertainty_h or 0)
    assert (interval.as_of - half, interval.as_of + half) == (first, last)
    assert (interval.details["first_day"], interval.details["last_day"]) == days


@pytest.mark.parametrize("town", TOWNS)
def test_what_a_party_announced_of_a_town_stands_beside_the_interval(town: str) -> None:
    facts = [fact for fact in of("capture_2020") if fact.place == f"place.{town}"]
    assert {"interval", "announced"} <= {str(fact.details["status"]) for fact in facts}
    for fact in facts:
        side = str(fact.details["side"])
        assert (side == "none") == (fact.details["status"] == "interval"), fact.id
        if side != "none":
            assert any(SOURCES[source].side.startswith(side) for source in fact.sources), fact.id


def test_denials_and_concessions_of_the_other_side_are_kept() -> None:
    words = {str(fact.details["status"]) for fact in of("capture_2020") if fact.details["side"] == "arm"}
    assert words == {"denied", "conceded"}


def test_villages_by_week_are_fewer_than_were_announced_in_all() -> None:
    listed = sum(whole(fact) for fact in told("villages_announced"))
    totals = sorted(whole(fact) for fact in told("villages_total"))
    assert 0 < listed < totals[0] < totals[1] == 286


# --- control --------------------------------------------------------------------------------------------


def test_each_place_has_its_holder_before_the_war_and_at_the_ceasefire() -> None:
    before = {fact.place for fact in told("control") if fact.id.endswith(".before")}
    after = {fact.place for fact in told("control") if fact.id.endswith(".after")}
    assert before == after
    assert len(before) > 100
    for fact in told("control"):
        assert fact.details["held_by"] in ("az", "arm", "line", "unsure"), fact.id
        assert fact.kind == ("input" if fact.id.endswith(".before") else "outcome"), fact.id


@pytest.mark.parametrize("town", TOWNS)
def test_control_agrees_with_the_towns_that_changed_hands(town: str) -> None:
    held = [FACTS[f"control_2020.{town}.{when}"].details["held_by"] for when in ("before", "after")]
    assert held == ["arm", "az"]


# --- deaths by day --------------------------------------------------------------------------------------


def test_46_rows_sum_to_the_total_of_the_registry() -> None:
    days, after, total = told("deaths_daily"), told("deaths_after"), FACTS["deaths_daily_2020.total"]
    assert (len(days), len(after)) == (45, 1)
    assert sum(map(whole, [*days, *after])) == whole(total) == 3594
    missing = [float(fact.details["missing"]) for fact in [*days, *after]]
    assert sum(missing) == total.details["missing"] == 44


def test_each_day_of_the_war_is_there_once() -> None:
    days = [fact.as_of for fact in told("deaths_daily")]
    assert days == [OPENING + timedelta(days=n) for n in range(45)]


def test_weeks_are_the_sums_of_their_days() -> None:
    days, weeks = [whole(fact) for fact in told("deaths_daily")], told("deaths_weekly")
    assert [whole(fact) for fact in weeks] == [593, 614, 771, 531, 411, 362, 205]
    assert [whole(fact) for fact in weeks] == [sum(days[n : n + 7]) for n in range(0, 45, 7)]


def test_the_days_of_the_quarters_are_those_on_which_the_sum_passes_them() -> None:
    days = [whole(fact) for fact in told("deaths_daily")]
    for fact in told("deaths_share"):
        number = (fact.as_of - OPENING).days
        wanted = float(fact.value or 0) * sum(days)
        assert sum(days[:number]) < wanted <= sum(days[: number + 1]), fact.id


def test_those_counted_by_kind_of_service_are_all_killed_and_missing() -> None:
    kinds = ("conscripts", "contract", "officers", "reservists")
    for fact in [*told("deaths_daily"), *told("deaths_after")]:
        served = sum(float(fact.details[kind]) for kind in kinds)
        assert served <= whole(fact) + float(fact.details["missing"]), fact.id


# --- both sides -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["az", "arm"])
def test_both_sides_have_dated_strikes_on_towns(side: str) -> None:
    strikes = told("city_strike", side)
    assert len(strikes) >= 15
    assert len({fact.place for fact in strikes}) >= 5
    assert all(OPENING <= fact.as_of <= CEASEFIRE for fact in strikes)
    assert all(fact.uncertainty_h is not None for fact in strikes)


@pytest.mark.parametrize(
    ("side", "towns"),
    [
        (
            "az",
            {"khankendi_stepanakert", "khojavend_martuni", "shusha_shushi", "hadrut", "aghdere_martakert"},
        ),
        ("arm", {"ganja", "barda", "terter", "mingachevir", "beylagan"}),
    ],
)
def test_the_towns_that_reports_name_are_there(side: str, towns: set[str]) -> None:
    assert {f"place.{town}" for town in towns} <= {fact.place for fact in told("city_strike", side)}


def test_no_strike_is_on_a_place_that_the_side_that_fires_held() -> None:
    for fact in told("city_strike"):
        holder = FACTS.get(f"control_2020.{str(fact.place).removeprefix('place.')}.before")
        if holder is not None:
            assert holder.details["held_by"] != fact.details["side"], fact.id


def test_denials_are_kept_and_are_the_word_of_the_side_that_is_said_to_have_fired() -> None:
    denied = [fact for fact in told("city_strike") if fact.details.get("denied_by")]
    assert {fact.details["side"] for fact in denied} == {"az", "arm"}
    assert all(fact.details["denied_by"] == fact.details["side"] for fact in denied)


@pytest.mark.parametrize("subject", ["front_population", "displaced_2020", "civilians_killed"])
def test_civilians_of_both_sides_are_counted(subject: str) -> None:
    assert {fact.details["side"] for fact in told(subject)} == {"az", "arm"}


def test_deaths_of_both_sides_stand_beside_estimates_of_others() -> None:
    assert {fact.details["side"] for fact in told("losses_excess")} == {"az", "arm", "none"}
    (battle,) = told("losses_battle")
    assert (battle.low, battle.value, battle.high) == (7539, 7636, 9067)


def test_parts_of_counts_from_pictures_sum() -> None:
    counted = {n: whole(FACTS[f"losses_2020.{n}"]) for n in ("L073", "L074", "L076", "L077", "L217", "L220")}
    assert whole(FACTS["losses_2020.L228"]) == counted["L073"] + counted["L074"]
    assert whole(FACTS["losses_2020.L229"]) == counted["L217"] + counted["L220"] == 155
    assert whole(FACTS["losses_2020.L230"]) == counted["L076"] + counted["L077"]


def test_filmed_strikes_sum_and_the_share_of_drones_is_a_range() -> None:
    by_drone, other, unknown = (whole(FACTS[f"losses_2020.{n}"]) for n in ("L223", "L224", "L225"))
    assert by_drone + other + unknown == whole(FACTS["losses_2020.L222"]) == 743
    share = FACTS["losses_2020.L226"]
    assert share.low == pytest.approx(by_drone / 743, abs=1e-3)
    assert share.high == pytest.approx(by_drone / (by_drone + other), abs=1e-3)


# --- forces and terms -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("under_arms", "zone", "contact"), [("F01", "F101", "F103"), ("F02", "F102", "F104")]
)
def test_three_quantities_of_strength_are_apart_and_shrink(under_arms: str, zone: str, contact: str) -> None:
    arms, zoned, met = (FACTS[f"forces_2020.{name}"] for name in (under_arms, zone, contact))
    assert (arms.high or 0) > (zoned.high or 0) > (met.high or 0)
    assert {zoned.confidence, met.confidence} == {"low"}
    assert all("assumed" in fact.note for fact in (zoned, met))


def test_the_terms_known_before_the_war_were_known_before_it() -> None:
    known = [fact for fact in of("diplomacy") if fact.id.startswith("diplomacy.M")]
    assert len(known) >= 8
    assert all(fact.known_from < OPENING and fact.kind == "input" for fact in known)


@pytest.mark.parametrize(
    ("term", "handover"), [("aghdam", "C14"), ("kalbajar_moved", "C15"), ("lachin", "C16")]
)
def test_days_of_handover_follow_from_the_statement(term: str, handover: str) -> None:
    agreed, done = FACTS[f"diplomacy.D12.{term}"], FACTS[f"capture_2020.{handover}"]
    assert done.as_of == Stamp.parse("2020-11-10").start + timedelta(days=whole(agreed))


# --- nobody's name, nobody's sentence -------------------------------------------------------------------


def test_people_are_counted_and_not_named() -> None:
    """Office and body are named, and authors of studies; no one killed, injured or fighting is."""
    born = re.compile(r"\b(born|aged|years old|named|Mr|Mrs|commander [A-Z])\b")
    for prefix in PREFIXES:
        for fact in of(prefix):
            assert not born.search(f"{fact.label} {fact.note} {fact.said_by}"), fact.id
    speakers = {fact.said_by for prefix in PREFIXES for fact in of(prefix)}
    assert [name for name in speakers if re.search(r"\b[A-Z]\. ", name)] == []


def test_no_note_takes_six_words_of_a_document(shared_dir: Path) -> None:
    folder = shared_dir / "sources"
    if not folder.is_dir():
        pytest.skip(f"no documents at {folder}: give the folder above it with --shared FOLDER")
    taken = set()
    for path in folder.glob("*.txt"):
        words = re.findall(r"[\w']+", path.read_text(encoding="utf-8").lower())
        taken |= {tuple(words[n : n + 6]) for n in range(len(words) - 5)}
    copied = []
    for prefix in (*PREFIXES, "diplomacy", "forces_2020", "outcome_2020"):
        for fact in of(prefix):
            words = re.findall(r"[\w']+", f"{fact.label}. {fact.note}".lower())
            copied += [fact.id for n in range(len(words) - 5) if tuple(words[n : n + 6]) in taken]
    assert copied == []


# --- against the tables that the facts were entered from --------------------------------------------------


def test_deaths_are_those_of_the_table(shared_dir: Path) -> None:
    path = shared_dir / "evidence" / "losses_daily_arm_2020.csv"
    if not path.is_file():
        pytest.skip(f"no table at {path}: give the folder above it with --shared FOLDER")
    with path.open(encoding="utf-8", newline="") as lines:
        given = [int(row["killed"]) for row in csv.DictReader(lines)]
    assert given == [whole(fact) for fact in [*told("deaths_daily"), *told("deaths_after")]]


def test_no_town_of_the_table_was_left_out(shared_dir: Path) -> None:
    path = shared_dir / "evidence" / "captures_2020.csv"
    if not path.is_file():
        pytest.skip(f"no table at {path}: give the folder above it with --shared FOLDER")
    with path.open(encoding="utf-8", newline="") as lines:
        towns = [row for row in csv.DictReader(lines) if row["kind"] in ("town", "city")]
    war = [row for row in towns if row["date_announced_az"] < "2020-12"]
    announced = {str(fact.as_of.date()) for fact in told("change_of_control_announced")}
    assert {row["date_announced_az"] for row in war} <= announced
    assert len(war) >= 8
