"""The page of verdicts states the stored figures, hides nothing that was not run, and its sentences follow numbers."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest

from staffride.errors import Problem
from staffride.evidence import ledger
from staffride.evidence.claim_tests import ClaimTest, claim_tests
from staffride.lab.claimed import Claimed
from staffride.lab.claims import ClaimFinding, Finding, not_run
from staffride.lab.verdicts import Band, Under
from staffride.present.verdict_record import asked, verdict_record, verdict_records

ROOT = Path(__file__).resolve().parents[1]
HOW = {"replications": 500, "seed": 1, "policies": 4, "version": "0.1.0", "command": "python x.py 500"}


@pytest.fixture(scope="module", autouse=True)
def extensions() -> None:
    for folder in ("docs/extensions", "benchmarks"):
        if str(ROOT / folder) not in sys.path:
            sys.path.insert(0, str(ROOT / folder))


@pytest.fixture
def page() -> Any:
    import verdicts_page

    return verdicts_page


@pytest.fixture
def words() -> Any:
    import verdicts_words

    return verdicts_words


def band(reading: str = "inside", ends: tuple[float | None, float | None] = (2.0, 4.0), **other: Any) -> Any:
    plain = {"words": f"3 (90 %: {ends[0]} to {ends[1]})", "reading": reading, "middle": 3.0, "n": 500}
    return plain | {"band_90": list(ends), "band_99": list(ends), "missing": 0} | other


def figures(**verdicts: Any) -> dict[str, Any]:
    """Figures of some tests, such as ``Q054="consistent"``, or with a record's own entries."""
    records = {}
    for name, told in verdicts.items():
        test = claim_tests().tests[f"claim.{name.replace('__', '/')}"]
        plain = {
            "scenario": test.scenario,
            "asked": asked(test),
            "verdict": "consistent",
            "because": "Because.",
        }
        plain |= {"claimed": "up to 7", "is_one_sided": False, "model": band(), "alternatives": {}}
        plain |= {"replications": 500, **({"verdict": told} if isinstance(told, str) else told)}
        if plain["verdict"] == "undecided":
            plain.setdefault("why", "the band holds both")
        records[test.id] = plain
    return {"scenarios": {record["scenario"]: HOW for record in records.values()}, "tests": records}


# --- the page ----------------------------------------------------------------------------------------------


def test_the_page_states_the_stored_figures(page: Any) -> None:
    data, text = json.loads(page.FIGURES.read_text(encoding="utf-8")), page.render()
    assert "{{" not in text
    for how in data["scenarios"].values():
        assert f"| {how['replications']:,} | {how['seed']} | {how['policies']} |" in text
        assert f"`{how['command']}`" in text
    for name, record in data["tests"].items():
        if page.record_of(data, claim_tests().tests[name]) and "model" in record:
            assert f"{record['model']['words']}<br>claimed: {record['claimed']}" in text


def test_every_claim_is_on_the_page_whether_it_was_run_or_not(page: Any) -> None:
    text = page.page({"scenarios": {}, "tests": {}})
    for claim in ledger().claims.values():
        short = claim.id.removeprefix("claim.")
        assert f"| **{short}** {claim.statement}" in text
        assert (f"`staffride claims {short}` |" in text) == (claim.test_class == "tested")
    tested = sum(claim.test_class == "tested" for claim in ledger().claims.values())
    assert text.count("| **not run yet**<br>") == tested
    assert f"**{len(claim_tests().tests)} of {len(claim_tests().tests)} tests have no figures yet**" in text


def test_a_row_tells_place_side_and_other_sources(page: Any) -> None:
    text, claim = page.page({"scenarios": {}, "tests": {}}), ledger().claims["claim.Q054"]
    assert f"<br>*document 001, paragraph 48; side az*<br>Others: contradicts. {claim.elsewhere} | " in text


def test_a_test_that_has_changed_since_has_not_been_run(page: Any) -> None:
    data = figures(Q054="contradicted")
    (told,) = (one for one in page.told_of(data) if one.claim.id == "claim.Q054")
    assert told.verdict == "contradicted"
    data["tests"]["claim.Q054"]["asked"] = "otherwise"
    (told,) = (one for one in page.told_of(data) if one.claim.id == "claim.Q054")
    assert told.verdict == "not run yet"


def test_a_claim_of_parts_needs_them_all_and_has_the_worst_verdict(page: Any) -> None:
    def verdict(data: Any) -> str:
        return next(one.verdict for one in page.told_of(data) if one.claim.id == "claim.Q036")

    assert verdict(figures(Q036__talish="consistent")) == "not run yet"
    both = figures(Q036__talish="consistent", Q036__sugovushan="in tension")
    assert verdict(both) == "in tension"


def test_a_row_shows_the_structures_that_part_and_names_those_that_agree(page: Any) -> None:
    apart = {"square-law": band("above", (9.0, 9.5)), "linear-law": band()}
    text = page.page(figures(Q054={"alternatives": apart}))
    assert "under `square-law`: 3 (90 %: 9.0 to 9.5)<br>the same under `linear-law`" in text


@pytest.mark.parametrize(
    ("how", "options"), [({}, ""), ({"replications": 40}, " -n 40"), ({"seed": 7}, " -s 7")]
)
def test_the_command_of_a_row_repeats_it(page: Any, how: dict[str, int], options: str) -> None:
    data = figures(Q054="consistent")
    data["scenarios"]["karabakh-2020"] = HOW | how
    assert f"`staffride claims Q054{options}` |" in page.page(data)


def test_no_count_is_by_side(page: Any, words: Any) -> None:
    from dataclasses import replace

    told = page.told_of(figures(Q054="contradicted", Q055="consistent", Q119="undecided"))
    other = tuple(replace(one, claim=one.claim.model_copy(update={"side": "ru"})) for one in told)
    for count in (page.verdicts, words.by_kind, words.by_topic, words.apart, words.weakest):
        assert count(told) == count(other)


# --- sentences follow numbers ------------------------------------------------------------------------------

DATES = ("Q037", "Q054", "Q055", "Q062")


def dates(page: Any, *verdicts: str) -> list[Any]:
    data = figures(**dict(zip(DATES, verdicts, strict=False)))
    return [one for one in page.told_of(data) if one.claim.id.removeprefix("claim.") in DATES]


@pytest.mark.parametrize(
    ("verdicts", "says"),
    [
        ((), "4 claims, not run yet."),
        (("consistent",), "1 consistent of 1 claim, too few for a rule. 3 claims not run yet."),
        (("consistent",) * 4, "all 4 consistent."),
        (("undecided",) * 3 + ("consistent",), "mostly undecided (1 consistent, 3 undecided of 4 claims)."),
        (
            ("undecided",) * 2 + ("contradicted",) * 2,
            "no verdict prevails (2 contradicted, 2 undecided of 4 claims).",
        ),
    ],
)
def test_how_a_group_fares(page: Any, words: Any, verdicts: tuple[str, ...], says: str) -> None:
    assert words.fares(dates(page, *verdicts)) == says


def test_where_runs_and_claims_part(page: Any, words: Any) -> None:
    def apart(**verdicts: Any) -> str:
        return str(words.apart(page.told_of(figures(**verdicts))))

    assert apart() == "No test has figures: not run yet."
    assert apart(Q062="consistent") == "No claim that was run is contradicted, and none is in tension."
    text = apart(Q062="contradicted", Q055="in tension")
    assert "- `Q062`, *contradicted*: claimed up to 7; the model 3 (90 %: 2.0 to 4.0)." in text
    assert "agree with `Q062`: where it does, this speaks against the model first" in text
    assert "dispute or contradict `Q055` as well" in text


def weakest(page: Any, words: Any, **verdicts: Any) -> str:
    return str(words.weakest(page.told_of(figures(**verdicts))))


def test_an_event_that_rarely_comes_about_is_a_weak_point(page: Any, words: Any) -> None:
    def rarely(missing: int) -> str:
        record = {"verdict": "undecided", "model": band("both", missing=missing)}
        return weakest(page, words, Q086=record, Q225="undecided", Q098=record)

    text = rarely(450)
    place = "Shushi changes control** in 10 % of the replications of `karabakh-2020`. 2 tests ask about it, and 2 of"
    assert place in text
    assert (
        "fighting ends within the run** in 10 % of the replications of `operation-2023`. 1 test asks" in text
    )
    assert "of the replications" not in rarely(100)


def test_undecided_tests_are_told_by_their_reason(page: Any, words: Any) -> None:
    disagree = {"verdict": "undecided", "why": "structures disagree"}
    disagree["alternatives"] = {"square-law": band("above"), "linear-law": band()}
    text = weakest(page, words, Q054=disagree, Q055="undecided", Q062="undecided", Q065="consistent")
    assert "3 of 4 tests: the band holds both (2), structures disagree (1)." in text
    assert "where that leaves a test undecided: `square-law` (1)." in text
    assert "Undecided" not in weakest(page, words, Q065="consistent")


def test_a_wide_band_few_values_and_a_single_structure_are_weak_points(page: Any, words: Any) -> None:
    wide = {"model": band(ends=(1.0, 15.5))}
    assert "of 2 consistent tests of an interval 1 met a band so wide" in weakest(
        page, words, Q054=wide, Q055="consistent"
    )
    assert "Easily met" not in weakest(page, words, Q054=wide | {"is_one_sided": True}, Q055="consistent")
    assert "Easily met" in weakest(page, words, Q055={"model": band(ends=(4.0, None))})
    assert "have one): Q087 (60)." in weakest(page, words, Q087={"model": band(n=60, missing=440)})
    assert "1 of 2 tests were run under no other structure" in weakest(
        page, words, Q054="consistent", Q055={"alternatives": {"square-law": band()}}
    )
    assert "`goals.csv` (2)" in weakest(page, words, Q054="consistent", Q055="consistent")


# --- the figures -------------------------------------------------------------------------------------------


def finding(observable: str, low_99: float = 1.0, high_99: float = 5.0) -> Finding:
    test = ClaimTest(
        id="claim.Q054", scenario="karabakh-2020", observable=observable, quantity="persons", reason="r"
    )
    under = Under("", Band(low_99, 2.0, 3.123456, 4.0, high_99, 80, 20, 0.5), "inside")
    other = Under("square-law", under.band, "inside")
    return Finding(test, "consistent", "Because.", Claimed(3.0, 3.0), under, (other,))


def test_a_record_holds_the_bands_in_figures_and_words() -> None:
    record = verdict_record(finding("deaths.arm", high_99=math.inf))
    assert record["model"]["band_90"] == [2.0, 4.0]
    assert record["model"]["band_99"] == [1.0, None]
    assert record["model"]["middle"] == 3.123
    assert record["replications"] == 100
    assert verdict_record(finding("date(changed.hadrut)"))["replications"] == 80
    assert list(record["alternatives"]) == ["square-law"]
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_what_a_test_asks_has_its_own_digest() -> None:
    test = claim_tests().tests["claim.Q054"]
    assert asked(test.model_copy(update={"reason": "another"})) == asked(test)
    assert asked(test.model_copy(update={"observable": "date(changed.hadrut)"})) != asked(test)


def test_a_test_that_was_not_run_leaves_no_record() -> None:
    claim, good = ledger().claims["claim.Q054"], finding("deaths.arm")
    bad = not_run(good.test.model_copy(update={"id": "claim.Q054/other"}), [Problem("no")])
    assert set(verdict_records([ClaimFinding(claim, (good, bad))], "karabakh-2020")) == {"claim.Q054"}
    assert verdict_records([ClaimFinding(claim, (good,))], "opening-day") == {}


def test_one_scenario_is_written_beside_the_others_and_what_is_gone_is_left_out() -> None:
    from verdicts import merged, text_of

    known = figures(Q054="consistent", Q119="undecided")
    known["tests"]["claim.Q999"] = {"scenario": "karabakh-2020"}
    new = figures(Q119="consistent")["tests"]
    found = merged(known, "karabakh-2023", HOW, new)
    assert {name: one["verdict"] for name, one in found["tests"].items()} == {
        "claim.Q054": "consistent",
        "claim.Q119": "consistent",
    }
    assert set(found["scenarios"]) == {"karabakh-2020", "karabakh-2023"}
    assert json.loads(text_of(found)) == found
    assert merged(found, "karabakh-2020", HOW, {})["tests"].keys() == {"claim.Q119"}
