"""The record of 2020: nothing known too early, parties' figures told apart, outcomes never priors."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from staffride.evidence import Fact, Stamp, ledger

FACTS, CLAIMS, SOURCES = ledger().facts, ledger().claims, ledger().sources
OPENING = Stamp.parse("2020-09-27").start
NAMED = ("system", "forces_2020", "losses_2020", "losses_2023", "weather_2020", "outcome_2020")


def of(prefix: str) -> list[Fact]:
    return [fact for fact in FACTS.values() if fact.id.partition(".")[0] == prefix]


@pytest.mark.parametrize("prefix", NAMED)
def test_there_are_facts_of_every_kind(prefix: str) -> None:
    assert len(of(prefix)) >= 6


def test_losses_and_outcomes_are_never_priors() -> None:
    facts = [fact for prefix in ("losses_2020", "losses_2023", "outcome_2020") for fact in of(prefix)]
    assert {fact.kind for fact in facts} == {"outcome"}
    assert {fact.kind for prefix in ("system", "forces_2020", "weather_2020") for fact in of(prefix)} == {
        "input"
    }


def test_shares_of_the_first_day_became_known_long_after_it() -> None:
    for number in ("L081", "L082", "L085"):
        assert FACTS[f"losses_2020.{number}"].known_from >= Stamp.parse("2020-12-15").end, number
    for number in ("L083", "L084"):
        assert FACTS[f"losses_2020.{number}"].known_from >= Stamp.parse("2021-12-31").end, number


@pytest.mark.parametrize(
    ("number", "share"), [("L081", 0.5), ("L082", 0.5), ("L083", 0.6), ("L084", 0.3), ("L085", 0.4)]
)
def test_shares_of_the_first_day_stand_side_by_side(number: str, share: float) -> None:
    fact = FACTS[f"losses_2020.{number}"]
    assert (fact.value, fact.unit) == (share, "1")
    assert "denominator" in fact.note


def test_what_a_party_said_of_that_day_is_there_and_told_as_such() -> None:
    claimed = {"L095": 15, "L097": 8, "L096": 18, "L123": 27}
    for number, count in claimed.items():
        fact = FACTS[f"losses_2020.{number}"]
        assert (fact.value, fact.details["status"]) == (count, "claimed by opponent")
        assert fact.confidence == "low"
        assert fact.said_by


def test_both_sides_figures_on_losses_stand_side_by_side() -> None:
    early = [fact for fact in of("losses_2020") if fact.as_of < Stamp.parse("2020-10-15").start]
    assert {fact.details["side"] for fact in early} == {"arm", "az"}
    sides = {SOURCES[source].side.partition(".")[0] for fact in early for source in fact.sources}
    assert {"az", "arm", "none"} <= sides


def test_shares_lie_between_nothing_and_all() -> None:
    shares = [fact for fact in FACTS.values() if fact.subject.startswith("share_lost")]
    assert len(shares) == 6
    assert all(0 <= (fact.value or 0) <= 1 for fact in shares)


def test_inventories_of_the_handbook_were_known_before_the_war_and_late_ones_say_so() -> None:
    handbook = [fact for fact in of("forces_2020") if "iiss_2020" in fact.sources]
    assert len(handbook) > 10
    assert all(fact.known_from < OPENING for fact in handbook)
    late = {fact.id for fact in of("forces_2020") if fact.known_from > OPENING}
    assert {f"forces_2020.{number}" for number in ("F29", "F30", "F31", "F32")} <= late


def test_handbook_figures_of_systems_say_that_they_are_remembered() -> None:
    assert SOURCES["system_handbooks"].kind == "estimate"
    assert SOURCES["iiss_2020"].kind == "estimate"
    alone = [fact for fact in of("system") if fact.sources == ("system_handbooks",)]
    assert len(alone) > 50


def test_the_fog_of_november_is_no_weather_of_september() -> None:
    for number in ("W02", "W03"):
        assert FACTS[f"weather_2020.{number}"].known_from > Stamp.parse("2020-11-10").end


def test_document_001_is_read_in_full_and_shows_its_authors_side() -> None:
    claims = [claim for claim in CLAIMS.values() if claim.document == "document_001"]
    assert {claim.side for claim in claims} == {"az"}
    numbers = {int(claim.id.partition("Q")[2]) for claim in claims}
    assert set(range(1, 97)) <= numbers
    assert set(range(301, 316)) <= numbers


@pytest.mark.parametrize(
    "subject",
    [
        "jammers_found",
        "sheltered_guns",
        "auxiliary_axes",
        "reinforcements_on_roads",
        "supply_ambushes",
        "spare_soldiers",
        "weapons_and_deterrence",
        "closure_and_bridge",
    ],
)
def test_statements_that_the_first_reading_left_out_are_here(subject: str) -> None:
    found = [claim for claim in CLAIMS.values() if claim.subject == subject]
    assert [claim.document for claim in found] == ["document_001"]


def test_a_share_that_a_claim_tells_is_also_a_fact_beside_its_rivals() -> None:
    for name in ("claim.Q021", "claim.Q022"):
        sources = {source for fact in CLAIMS[name].facts for source in FACTS[fact].sources}
        assert {"document_001", "babayan_2020", "az_mod_2020"} <= sources
        assert CLAIMS[name].test_class == "tested"


def test_ids_in_notes_of_2020_exist() -> None:
    mention = re.compile(r"\b((?:system|forces_2020|losses_2020|weather_2020)\.[A-Z]\d+(?:\.\w+)?)")
    named = {name for fact in FACTS.values() for name in mention.findall(fact.note)}
    assert len(named) > 10
    assert sorted(named - set(FACTS)) == []


# --- against the tables that the facts were entered from --------------------------------------------------


@pytest.mark.parametrize(
    ("table", "prefixes"),
    [
        ("systems", ("system",)),
        ("forces_2020", ("forces_2020",)),
        ("losses_2020", ("losses_2020", "losses_2023")),
        ("weather_2020", ("weather_2020",)),
        ("outcomes_2020", ("outcome_2020",)),
    ],
)
def test_every_row_was_entered(shared_dir: Path, table: str, prefixes: tuple[str, ...]) -> None:
    entered = {name.split(".")[1] for name in FACTS if name.split(".")[0] in prefixes}
    with (shared_dir / "evidence" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        rows = {row["id"] for row in csv.DictReader(lines)}
    assert rows - entered <= {"W08"}, "W08 is of 2023"


def test_counts_of_losses_are_those_of_the_tables(shared_dir: Path) -> None:
    with (shared_dir / "evidence" / "losses_2020.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["count_low"]]
    for row in rows:
        prefix = "losses_2023" if row["date"] > "2023" else "losses_2020"
        fact = FACTS[f"{prefix}.{row['id']}"]
        factor = 100 if "percent" in row["item"] else 1
        numbers = [number for number in (fact.low, fact.value, fact.high) if number is not None]
        given = [float(row["count_low"]) / factor, float(row["count_high"]) / factor]
        assert [numbers[0], numbers[-1]] == pytest.approx(given), fact.id
