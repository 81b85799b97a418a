"""The ledger: every record is dated, sourced and consistent, and every defect is told with its line."""

from __future__ import annotations

import csv
import json
import math
import re
import shutil
from collections.abc import Callable
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from staffride.cli.main import app
from staffride.errors import InputError
from staffride.evidence import Fact, Stamp, attributions, ledger, load_ledger
from staffride.evidence.attribution import data_licences
from staffride.evidence.claim_tests import claim_tests
from staffride.evidence.passage import normalise
from staffride.evidence.verify import verify

DATA = Path(str(files("staffride").joinpath("data", "evidence")))
FACTS, CLAIMS, SOURCES = ledger().facts, ledger().claims, ledger().sources
STATEMENT = datetime.fromisoformat("2023-09-28T00:00+04:00")
DOCUMENTS = ("document_000", "document_001", "document_004")
PARTY_WORDS = re.compile(
    r"exodus|liberat|occup|terror|aggress|separatis|cleansing|blockade|enclave|regime|liber", re.I
)


def facts_of(subject: str) -> list[Fact]:
    return [fact for fact in FACTS.values() if fact.subject == subject]


# --- stamps ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2020", "2020-01-01T00:00:00+04:00", "2020-12-31T23:59:59+04:00"),
        ("2024-02", "2024-02-01T00:00:00+04:00", "2024-02-29T23:59:59+04:00"),
        ("2023-12", "2023-12-01T00:00:00+04:00", "2023-12-31T23:59:59+04:00"),
        ("2023-09-28", "2023-09-28T00:00:00+04:00", "2023-09-28T23:59:59+04:00"),
        ("2023-09-28T10:00+03:00", "2023-09-28T10:00:00+03:00", "2023-09-28T10:00:00+03:00"),
    ],
)
def test_a_stamp_runs_from_its_first_to_its_last_second(text: str, start: str, end: str) -> None:
    stamp = Stamp.parse(text)
    assert (stamp.start.isoformat(), stamp.end.isoformat(), str(stamp)) == (start, end, text)


@pytest.mark.parametrize(
    "text", ["", "23", "2023-13", "2023-02-30", "2023-09-28T10:00", "28.9.2023", "2023-9"]
)
def test_a_stamp_refuses_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|month|day|offset|form"):
        Stamp.parse(text)


# --- the project's own record ---------------------------------------------------------------------------


def test_every_fact_has_sources_confidence_and_both_dates() -> None:
    assert len(FACTS) > 500
    for fact in FACTS.values():
        assert fact.sources, fact.id
        assert fact.confidence in ("high", "medium", "low"), fact.id
        assert fact.as_of.utcoffset() is not None, fact.id
        assert fact.known_from.utcoffset() is not None, fact.id


def test_nothing_is_known_before_the_moment_it_describes() -> None:
    assert [fact.id for fact in FACTS.values() if fact.known_from < fact.as_of] == []
    late = [fact.id for fact in FACTS.values() if fact.known_from < fact.described.end]
    assert late == [], "published before the day, month or year it describes was over"


@pytest.mark.parametrize(
    "name", ["arrivals.A13", "arrivals.A18", "flow.F01", "flow.F02", "flow.F03", "flow.F04"]
)
def test_the_statement_of_28_september_is_not_known_earlier(name: str) -> None:
    assert FACTS[name].known_from >= STATEMENT
    assert "deputy_pm_20230928" in FACTS[name].sources


def test_the_shelter_count_of_the_27th_was_quoted_on_the_28th() -> None:
    assert FACTS["arrivals.A17"].known_from < STATEMENT <= FACTS["arrivals.A17.shelter"].known_from


@pytest.mark.parametrize(
    ("name", "earliest", "latest"),
    [
        ("population.P01", "2016", "2016"),
        ("population.P02", "2020", "2020"),
        ("population.P03", "2022-12", "2022-12"),
        ("population.P04", "2023-01-23", "2023-01-23"),
        ("population.P05", "2023-01-23", "2023-01-23"),
        ("population.P06", "2023-01-23", "2023-01-23"),
        ("population.P07", "2023-10", "2023-10"),
        ("population.P10", "2006", "2006"),
        ("flow.F05", "2023-10", "2023-10"),
        ("flow.F12", "2023-10", "2023-10"),
        ("arrivals.A40", "2023-10", "2023-10"),
        ("arrivals.A03", "2023-09-24T22:00+04:00", "2023-09-24T22:00+04:00"),
        ("delay.L05", "2023-10-02", "2023-10-02"),
    ],
)
def test_when_figures_became_known(name: str, earliest: str, latest: str) -> None:
    assert Stamp.parse(earliest).start <= FACTS[name].known_from <= Stamp.parse(latest).end


def test_both_sides_figures_on_the_population_stand_side_by_side() -> None:
    contested = [fact for fact in facts_of("population") if fact.place == "area.nagorno_karabakh"]
    sides = {str(fact.details.get("said_by_side", "")).partition(".")[0] for fact in contested}
    assert {"az", "arm"} <= sides
    before = {str(f.details.get("said_by_side"))[:2] for f in contested if f.known_from < STATEMENT}
    assert {"az", "ar"} <= before, "a prior of September needs figures of both sides"
    numbers = [n for fact in contested for n in (fact.low, fact.value, fact.high) if n is not None]
    assert (min(numbers), max(numbers)) == (25_000, 150_932)
    assert all(fact.kind == "input" for fact in contested)


def test_what_happened_after_the_road_opened_is_never_an_input() -> None:
    for subject in ("arrivals", "flow", "registered", "shelter", "shelter_total", "delay_hours", "remaining"):
        assert {fact.kind for fact in facts_of(subject)} == {"outcome"}, subject


def test_bulletins_of_people_who_crossed_never_fall() -> None:
    bulletins = sorted(facts_of("arrivals"), key=lambda fact: fact.as_of)
    values = [fact.value for fact in bulletins]
    assert values == sorted(values, key=float)  # type: ignore[arg-type]
    assert len(bulletins) > 30


def test_shelter_by_province_sums_to_the_published_total() -> None:
    short = {}
    for total in (fact for fact in facts_of("shelter_total") if fact.id.startswith("shelter.")):
        parts = [f.value or 0 for f in facts_of("shelter") if f.as_of == total.as_of]
        if len(parts) >= 5:
            short[total.id] = (total.value or 0) - sum(parts)
    unlisted = short.pop("shelter.S078")
    assert short.pop("shelter.S026") == 300
    assert set(short.values()) == {0}
    assert unlisted > 0


def test_places_of_the_disputed_area_have_two_names_and_others_an_official_one() -> None:
    for fact in facts_of("place"):
        assert fact.id.isascii()
        if fact.details["disputed"]:
            assert fact.details.get("name_az"), fact.id
            assert fact.details.get("name_hy"), fact.id
        else:
            assert fact.details.get("official_name"), fact.id


def great_circle_km(one: Fact, other: Fact) -> float:
    """Haversine distance on a sphere of 6,371 km."""
    lat1, lon1, lat2, lon2 = (
        math.radians(float(fact.details[key])) for fact in (one, other) for key in ("latitude", "longitude")
    )
    square = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * 6371 * math.asin(math.sqrt(square))


def test_no_road_is_shorter_than_the_straight_line() -> None:
    """Positions may be 2 km wrong at either end."""
    for road in facts_of("road"):
        ends = [FACTS[str(road.details[key])] for key in ("from_place", "to_place")]
        error = sum(float(end.details.get("position_error_km", 0)) for end in ends)
        assert (road.value or 0) >= great_circle_km(*ends) - error - 0.5, road.id


def test_one_way_out_was_open_to_civilians_in_september_2023() -> None:
    status = {fact.place: fact.value for fact in facts_of("road_status")}
    assert [status[f"road.E{n:02d}"] for n in (9, 10, 11, 12)] == [1, 1, 1, 1]
    assert {status[f"road.E{n:02d}"] for n in (3, 4, 5, 6, 24, 37, 72, 73)} == {0}


def test_labels_use_neutral_words() -> None:
    assert [fact.id for fact in FACTS.values() if PARTY_WORDS.search(fact.label)] == []


def test_ids_in_notes_exist() -> None:
    mention = re.compile(
        r"\b((?:arrivals|flow|delay|shelter|population|road|diplomacy|town_population|claim)\.[A-Z]\d+(?:\.\w+)?)"
    )
    texts = [fact.note for fact in FACTS.values()] + [(DATA / "README.md").read_text(encoding="utf-8")]
    named = {name for text in texts for name in mention.findall(text)}
    assert len(named) > 20
    assert sorted(name for name in named if name not in FACTS and name not in CLAIMS) == []


def test_distrusted_strengths_are_low_and_say_so() -> None:
    for name in ("forces_2023.F01", "forces_2023.F11"):
        assert FACTS[name].confidence == "low"
        assert FACTS[name].note.startswith("DISTRUST")


# --- claims ---------------------------------------------------------------------------------------------


def test_every_claim_has_its_authors_side_a_class_and_a_reason() -> None:
    assert {claim.document for claim in CLAIMS.values()} == set(DOCUMENTS)
    for claim in CLAIMS.values():
        assert claim.side == SOURCES[claim.document].side
        assert claim.reason
    assert (SOURCES["document_000"].side, SOURCES["document_004"].side) == ("az", "none")


def test_claims_concern_series_that_a_run_has() -> None:
    from staffride.results.vocabulary import CAMPAIGN, MEANINGS

    concerned = {series for claim in CLAIMS.values() for series in claim.series}
    assert concerned
    assert {series for series in concerned if series.partition(".")[0] not in CAMPAIGN} <= set(MEANINGS)


@pytest.mark.parametrize("number", range(1, 138))
def test_every_claim_of_the_first_reading_is_here(number: int) -> None:
    assert f"claim.Q{number:03d}" in CLAIMS


def words_of(text: str) -> list[str]:
    return re.findall(r"[\w']+", normalise(text).lower())


def runs(words: list[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


@pytest.fixture(scope="module")
def documents(shared_dir: Path) -> dict[str, str]:
    folder = shared_dir / "sources"
    if not folder.is_dir():
        pytest.skip(f"no documents at {folder}: give the folder above it with --shared FOLDER")
    return {
        name: next(folder.glob(f"{SOURCES[name].file}*")).read_text(encoding="utf-8") for name in DOCUMENTS
    }


def test_every_passage_is_found_in_the_documents(shared_dir: Path, documents: dict[str, str]) -> None:
    checks = verify(ledger(), shared_dir / "sources")
    assert {check.document for check in checks} == set(documents)
    assert [check for check in checks if check.status != "found"] == []


def test_no_claim_takes_more_than_five_words_in_a_row(documents: dict[str, str]) -> None:
    copied = []
    for claim in CLAIMS.values():
        own = runs(words_of(documents[claim.document]), 6)
        reasons = (test.reason for test in claim_tests().of(claim.id))
        texts = (claim.statement, claim.elsewhere, claim.reason, *reasons)
        copied += [claim.id for text in texts if runs(words_of(text), 6) & own]
    assert copied == []


# --- against the tables that the facts were entered from --------------------------------------------------


@pytest.mark.parametrize(
    ("table", "prefix", "column"),
    [
        ("arrivals_2023", "arrivals", "cumulative_persons"),
        ("flows_2023", "flow", "persons"),
        ("roads", "road", "distance_km"),
        ("diplomacy_2020_2023", "diplomacy", ""),
        ("population", "population", "persons_low"),
        ("delays_2023", "delay", "low"),
        ("outcomes_2023", "outcome_2023", "low"),
        ("shelter_2023", "shelter", "persons"),
        ("forces_2023", "forces_2023", "low"),
        ("forces_2020", "forces_2020", "low"),
        ("outcomes_2020", "outcome_2020", "low"),
    ],
)
def test_nothing_was_lost_on_the_way(shared_dir: Path, table: str, prefix: str, column: str) -> None:
    with (shared_dir / "evidence" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        if prefix == "diplomacy" and int(row["id"][1:]) > 34:
            continue
        fact = FACTS[f"{prefix}.{row['id']}"]
        if column and row[column]:
            factor = 100 if fact.subject == "residence_share" else 1
            shown = fact.value if fact.value is not None else fact.low
            assert shown == pytest.approx(float(row[column]) / factor), fact.id


def test_every_place_was_entered(shared_dir: Path) -> None:
    with (shared_dir / "evidence" / "places.csv").open(encoding="utf-8", newline="") as lines:
        given = {(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(lines)}
    assert given <= {(f.details["latitude"], f.details["longitude"]) for f in facts_of("place")}


# --- attribution ----------------------------------------------------------------------------------------


def test_attributions_name_each_source_once_and_the_grid_always() -> None:
    named = attributions(["arrivals.A40", "arrivals.A40", "claim.Q119", "unhcr"])
    ids = [attribution.source for attribution in named]
    assert set(ids) == set(FACTS["arrivals.A40"].sources) | {
        "document_004", "unhcr", "geonames", "noaa_globe",
    }  # fmt: skip
    assert len(ids) == len(set(ids))
    assert all(attribution.text and attribution.terms for attribution in named)


def test_attributions_refuse_an_unknown_id() -> None:
    with pytest.raises(InputError, match=r"did you mean 'arrivals\.A40'"):
        attributions(["arrivals.A400"])


def test_data_licences_page_is_current(root: Path) -> None:
    page = (root / "DATA-LICENSES.md").read_text(encoding="utf-8")
    assert page == data_licences(), "make it again: the command stands at the foot of the page"
    assert "CC BY 4.0" in page
    assert "Public domain" in page
    assert all(f"`{name}`" in page for name in SOURCES)


# --- damaged files --------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "evidence"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_ledger(folder)
    assert all(problem.file for problem in caught.value.problems)
    return [f"{Path(str(p.file)).name}:{p.line}: {p}" for p in caught.value.problems]


KNOWN = "2023-09-27T00:00+04:00,0,2023-09-28,"
FLOWS, SHELTER = "facts/flows_2023.csv", "facts/shelter_2023.csv"
F02 = "flow.F02,flow,people who crossed into Armenia on 26 September"


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "message"),
    [
        (FLOWS, "id,subject", "id,subjekt", 1, "did you mean 'subject'"),
        (FLOWS, ",known_from,", ",", 1, "missing known_from"),
        (FLOWS, KNOWN, "27.9.2023,0,2023-09-28,", 3, "column as_of"),
        (FLOWS, KNOWN, "2023-09-27T00:00,0,2023-09-28,", 3, "no offset"),
        (FLOWS, KNOWN, "2023-09-27T00:00+04:00,0,2023-09-25,", 3, "before the"),
        (FLOWS, KNOWN, "2023-09-27T00:00+04:00,-1,2023-09-28,", 3, "uncertainty_h"),
        (FLOWS, f"{F02},22800,,,persons", f"{F02},many,,,persons", 3, "column value"),
        (FLOWS, f"{F02},22800,,,persons", f"{F02},nan,,,persons", 3, "column value"),
        (FLOWS, f"{F02},22800,,,persons", f"{F02},22800,,,", 3, "a number needs a unit"),
        (FLOWS, f"{F02},22800,,,persons", f"{F02},22800,,,people per day", 3, "unknown unit"),
        (FLOWS, f"{F02},22800,,,persons", f"{F02},22800,30000,,persons", 3, "ascending"),
        (FLOWS, "22800,,,persons,area.armenia", "22800,,,persons,area.no", 3, "unknown place"),
        (FLOWS, "flow.F02,flow,", "flow.F01,flow,", 3, "used twice"),
        (FLOWS, "flow.F02,flow,", "F02,flow,", 3, "column id"),
        (FLOWS, ",outcome,Rounded.", ",prior,Rounded.", 2, "input or outcome"),
        (FLOWS, ",outcome,Rounded.", ",outcome", 2, "16 cells, the header 17"),
        (FLOWS, "deputy_pm_20230928;armenpress", "deputy_pm_2023092;armenpress", 2, "deputy_pm_20230928"),
        (FLOWS, "deputy_pm_20230928;armenpress;sarabic", "", 2, "column sources"),
        ("facts/places.csv", ",39.8177,", ",north,", 2, "column latitude"),
        ("facts/places.csv", ",39.8177,", ",inf,", 2, "column latitude"),
        ("facts/places.csv", ",yes,39.8177", ",perhaps,39.8177", 2, "neither yes nor no"),
        ("facts/roads.csv", "place.shusha_shushi", "place.shusha", 2, "did you mean 'place.shusha_shushi'"),
        ("sources.yaml", "side: az", "side: north", 8, "side: Input should be"),
        ("sources.yaml", "  kind: document", "  kynd: document", 7, "kynd"),
        ("sources.yaml", "- id: document_000", "- id: [", 6, "not YAML"),
        ("claims/document_000.yaml", "document: document_000", "document: document_00", 3, "document_000"),
        ("claims/document_000.yaml", "claims:\n", "claim:\n", 1, "the two keys"),
        ("claims/document_000.yaml", "paragraph: 2", "paragraph: 0", 7, "paragraph"),
        ("claims/document_000.yaml", "diplomacy.D23", "diplomacy.D230", 6, "fact 'diplomacy.D230'; did"),
    ],
)  # fmt: skip
def test_each_defect_is_told_with_file_and_line(
    folder: Path, file: str, old: str, new: str, line: int, message: str
) -> None:
    change(folder / file, old, new)
    told = problems_of(folder)
    wanted = f"{Path(file).name}:{line}: "
    assert any(text.startswith(wanted) and message in text for text in told), told


def test_all_problems_are_told_at_once(folder: Path) -> None:
    change(folder / FLOWS, ",outcome,Rounded.", ",prior,Rounded.")
    change(folder / SHELTER, ",high,", ",certain,")
    change(folder / "sources.yaml", "side: az", "side: north")
    told = "\n".join(problems_of(folder))
    assert all(file in told for file in ("flows_2023.csv", "shelter_2023.csv", "sources.yaml"))


def test_a_damaged_file_is_not_told_again_by_all_that_refer_to_it(folder: Path) -> None:
    change(folder / "sources.yaml", "side: none", "side: nobody")
    change(folder / FLOWS, ",outcome,Rounded.", ",prior,Rounded.")
    assert [text.partition(":")[0] for text in problems_of(folder)] == [
        "sources.yaml",
        "flows_2023.csv",
    ]


def write_latin1(folder: Path) -> None:
    (folder / FLOWS).write_bytes("id,\xe9".encode("latin-1"))


def write_tag(folder: Path) -> None:
    (folder / "sources.yaml").write_text('- !!python/object/apply:os.system ["false"]\n', encoding="utf-8")


def write_huge(folder: Path) -> None:
    with (folder / FLOWS).open("r+b") as file:
        file.truncate(200_000_000)


def write_quote(folder: Path) -> None:
    change(folder / FLOWS, "flow.F02,flow,", 'flow.F02,flow,"an "odd" quote')


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (write_latin1, "not UTF-8"),
        (write_tag, "not a record"),
        (write_huge, "too large"),
        (write_quote, "not a CSV row"),
        (lambda folder: (folder / "sources.yaml").unlink(), "cannot be read"),
        (lambda folder: (folder / FLOWS).write_text("", encoding="utf-8"), "wrong header"),
    ],
)
def test_unreadable_files_are_refused_in_one_sentence(
    folder: Path, damage: Callable[[Path], object], message: str
) -> None:
    damage(folder)
    assert message in "\n".join(problems_of(folder))


# --- the command ----------------------------------------------------------------------------------------


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["evidence", *map(str, arguments)])


def test_list_filters_by_kind_subject_and_source() -> None:
    result = run("list", "--kind", "input", "--source", "turan", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)["facts"]
    assert {fact["id"] for fact in found} == {f"population.P0{n}" for n in (4, 5, 6, 7)}
    assert found[0]["published"] == "2023-01-23"


def test_list_shows_claims_with_their_authors_side() -> None:
    result = run("list", "--claims", "--source", "document_004", "--json")
    found = json.loads(result.stdout)["claims"]
    assert {claim["side"] for claim in found} == {"none"}
    assert len(found) > 20
    assert "passage" not in found[0]


@pytest.mark.parametrize("name", ["arrivals.A23", "claim.Q119", "unhcr", "place.khankendi_stepanakert"])
def test_show_tells_everything(name: str) -> None:
    result = run("show", name)
    assert result.exit_code == 0
    assert name in result.stdout
    shown = json.loads(run("show", name, "--json").stdout)
    assert shown == json.loads(json.dumps(ledger().find(name).as_json()))


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("show", "arival.A23"), "did you mean 'arrivals.A23'?"),
        (("list", "--subject", "arivals"), "did you mean 'arrivals'?"),
        (("list", "--source", "turun"), "did you mean 'turan'?"),
        (("list", "--claims", "--kind", "input"), "leave out --kind or --claims"),
        (("verify", "--sources", "no-such-folder"), "no such folder"),
    ],
)
def test_a_wrong_name_gets_a_suggestion_and_exit_code_2(arguments: tuple[str, ...], hint: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert hint in result.stderr
    assert "Traceback" not in result.output


def test_verify_finds_all_in_a_true_copy(shared_dir: Path, documents: dict[str, str]) -> None:
    result = run("verify", "--sources", shared_dir / "sources")
    assert result.exit_code == 0
    assert f"{len(CLAIMS)} of {len(CLAIMS)} passages found." in result.stdout


def test_verify_names_what_is_changed_and_what_is_missing(tmp_path: Path, documents: dict[str, str]) -> None:
    changed = documents["document_000"].replace("13:00, September 20", "noon, September 20")
    (tmp_path / "000_mine.txt").write_text(changed, encoding="utf-8")
    result = run("verify", "--sources", tmp_path, "--json")
    assert result.exit_code == 1
    status = {check["claim"]: check["status"] for check in json.loads(result.stdout)["checks"]}
    assert status["claim.Q097"] == "changed"
    assert status["claim.Q119"] == "missing"
    assert status["claim.Q113"] == "found"
    said = run("verify", "--sources", tmp_path).stdout
    assert "claim.Q097: paragraph 2 of document_000 is not in this copy" in said
    assert "claim.Q119: paragraph 5 of document_004: no copy" in said


def test_locate_prints_what_a_claim_needs(tmp_path: Path) -> None:
    copy = tmp_path / "copy.txt"
    copy.write_text("One.\n\nTwo words here.\n", encoding="utf-8")
    result = run("locate", copy, "words here.")
    assert result.exit_code == 0
    assert result.stdout.startswith("paragraph: 2\nstart: 4\nlength: 11\nsha256: ")
    assert run("locate", copy, "other words").exit_code == 1


@pytest.mark.parametrize("command", ["list", "show", "verify", "locate"])
def test_every_help_has_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"staffride evidence {command}" in result.stdout
