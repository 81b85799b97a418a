"""Rounds of the Displacement Tracking Matrix: every figure and place here is invented."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flee_cases import small_region
from staffride.errors import Problem
from staffride.interop.dtm import import_dtm
from staffride.interop.region_tables import Imported
from staffride.scenario.region import Region
from staffride.scenario.region_reports import daily_counts

V3 = (
    "operation,admin0Name,admin0Pcode,admin1Name,admin1Pcode,admin2Name,admin2Pcode,numPresentIdpInd,reportingDate,"
    "yearReportingDate,monthReportingDate,roundNumber,displacementReason,numberMales,numberFemales,"
    "idpOriginAdmin1Name,idpOriginAdmin1Pcode,assessmentType\n"
)
ONE = "Crisis,Homeland,HML,East,HML01,Hovel,HML0101,700,2030-01-10T00:00:00,2030,1,4,Conflict,,,North,HML02,BA\n"


def read(folder: Path, text: str, region: Region | None = None, **options) -> Imported:
    path = folder / "rounds.csv"
    path.write_text(text, encoding="utf-8")
    return import_dtm(path, region or small_region(), **options)


def sources(found: Imported, name: str) -> list[dict[str, float]]:
    assert found.region is not None, found.problems
    (one,) = (one for one in found.region.reports if one.name == name)
    dates = [[str(found.region.date_of(int(at))) for at in days] for days in one.days]
    return [
        dict(zip(own, counts.tolist(), strict=True)) for own, counts in zip(dates, one.counts, strict=True)
    ]


def said(problems: tuple[Problem, ...]) -> list[str]:
    return [re.sub(r"^.*/(?=rounds.csv)", "", str(problem)) for problem in problems]


def test_version_3_adds_origins_and_reasons(tmp_path: Path) -> None:
    text = (
        V3
        + ONE
        + ONE.replace("North,HML02", "South,HML03").replace("700", "30")
        + ONE.replace("Conflict", "Flood")
    )
    found = read(tmp_path, text)
    assert found.problems == ()
    assert sources(found, "Hovel") == [{"2030-01-10": 1430.0}]
    assert "1 round of the survey" in found.notes


def test_version_2_without_them(tmp_path: Path) -> None:
    text = "Operation,Admin0Name,Admin1Name,Admin2Name,NumPresentIdpInd,ReportingDate,RoundNumber\n"
    found = read(
        tmp_path,
        text + "Crisis,Homeland,East,Hovel,700,2030-01-10,4\nCrisis,Homeland,East,hovel,900,2030-02-10,5\n",
    )
    assert sources(found, "Hovel") == [{"2030-01-10": 700.0, "2030-02-10": 900.0}]


def test_the_tag_row_is_skipped_and_can_be_the_header(tmp_path: Path) -> None:
    header, tags = "State,LGA,IDPs,Date\n", "#adm1+name,#adm2 +name,#affected+idps+ind,#date+reported\n"
    found = read(tmp_path, header + tags + 'East,Hovel,"1,700",10 January 2030\n')
    assert sources(found, "Hovel") == [{"2030-01-10": 1700.0}]
    both = "admin2Name,numPresentIdpInd,reportingDate\n" + "#adm2+name,affected+idps,#date+reported\n"
    assert sources(read(tmp_path, both + "Hovel,5,2030-01-10\n"), "Hovel") == [{"2030-01-10": 5.0}]


def test_the_idps_table_of_the_humanitarian_data_exchange(tmp_path: Path) -> None:
    text = (
        "location_code,admin1_code,admin1_name,admin2_code,admin2_name,provider_admin1_name,operation,assessment_type,"
        "reporting_round,population,reference_period_start,reference_period_end\n"
        "HML,HML01,East,HML0101,Hovel,East,Crisis,BA,4,650,2030-01-01,2030-01-10\n"
    )
    assert sources(read(tmp_path, text), "Hovel") == [{"2030-01-10": 650.0}]


def test_the_smallest_area_that_is_a_place_takes_the_row(tmp_path: Path) -> None:
    """A province that is a place holds its districts, but for those that are places themselves."""
    region = small_region()
    at = region.index["Gantry"]
    west = replace(region.places[at], attributes={"pcode": "NB07"})
    region = replace(region, places=(*region.places[:at], west, *region.places[at + 1 :]))
    rows = [
        "NB07,Old Town,300,2030-01-10",
        "NB07,New Town,400,2030-01-10",
        "NB07,Farhold,50,2030-01-10",
    ]
    found = read(
        tmp_path, "admin1Pcode,admin2Name,numPresentIdpInd,reportingDate\n" + "\n".join(rows), region
    )
    assert sources(found, "Gantry") == [{"2030-01-10": 700.0}]
    assert sources(found, "Farhold") == [{"2030-01-10": 50.0}]


def test_areas_reported_on_other_dates_are_sources_of_their_own(tmp_path: Path) -> None:
    """A sum by date would halve the place on a day on which only one of two areas reports."""
    rows = ["Old,300,2030-01-01", "New,400,2030-01-03", "Old,500,2030-01-11", "New,400,2030-01-13"]
    text = "admin1Name,admin2Name,numPresentIdpInd,reportingDate\n" + "\n".join(
        f"Hovel,{row}" for row in rows
    )
    found = read(tmp_path, text)
    assert found.region is not None
    column = found.region.destination_names.index("Hovel")
    assert daily_counts(found.region)[[0, 5, 10, 30], column].tolist() == [700.0, 800.0, 900.0, 900.0]
    assert "Hovel: not every area is in every round; one that is missing keeps its last count" in found.notes


@pytest.mark.parametrize(
    ("old", "new", "column", "asked"),
    [
        ("Crisis", "Floods", "operation", "an operation"),
        (",BA", ",SA", "assessmentType", "an assessment type"),
    ],
)
def test_surveys_of_the_same_people_are_never_added(
    tmp_path: Path, old: str, new: str, column: str, asked: str
) -> None:
    text = V3 + ONE + ONE.replace(old, new).replace("700", "640")
    found = read(tmp_path, text)
    assert found.region is None
    position = V3.strip().split(",").index(column) + 1
    values = ", ".join(sorted(map(repr, (old.strip(","), new.strip(",")))))
    assert said(found.problems) == [
        f"rounds.csv:3:{position}: {column}: Hovel is counted by several: {values}; choose {asked}; "
        "they must not be added up"
    ]
    chosen = {"operation" if old == "Crisis" else "assessment": new.strip(",").lower()}
    assert sources(read(tmp_path, text, **chosen), "Hovel") == [{"2030-01-10": 640.0}]


def test_a_choice_that_the_file_does_not_have(tmp_path: Path) -> None:
    found = read(tmp_path, V3 + ONE, operation="Crisi")
    assert found.region is None
    assert said(found.problems)[0] == (
        "rounds.csv: no row of the operation 'Crisi'; expected Crisis; did you mean 'Crisis'?"
    )
    text = "admin2Name,numPresentIdpInd,reportingDate\nHovel,5,2030-01-10\n"
    assert said(read(tmp_path, text, assessment="BA").problems) == [
        "rounds.csv: the file has no column of the assessment, but one was asked for"
    ]


def test_a_row_that_stands_twice_counts_once(tmp_path: Path) -> None:
    found = read(tmp_path, V3 + ONE + ONE.replace("700", "710"))
    assert sources(found, "Hovel") == [{"2030-01-10": 710.0}]
    assert said(found.problems) == [
        "rounds.csv:3:8: numPresentIdpInd: the same area, date, origin and reason stand on line 2; this row is used"
    ]


def test_unknown_areas_bad_cells_and_lines(tmp_path: Path) -> None:
    text = "admin1Name,admin2Name,numPresentIdpInd,reportingDate\n"
    rows = [
        "East,Hovl,5,2030-01-10",
        "East,Hovl,6,2030-01-11",
        "East,Hovel,many,2030-01-10",
        "East,Hovel,7,10/01/2030",
    ]
    found = read(tmp_path, text + "\n".join(rows) + "\nEast,Hovel,8,2030-01-12\n")
    assert sources(found, "Hovel") == [{"2030-01-12": 8.0}]
    assert said(found.problems) == [
        "rounds.csv:2:2: admin2Name: no place of the region is 'Hovl' or 'East'; left out; did you mean 'Hovel'?",
        "rounds.csv:4:3: numPresentIdpInd: 'many' is not a number of persons; the row is left out",
        "rounds.csv:5:4: reportingDate: '10/01/2030' could be two dates; write year-month-day; the row is left out",
    ]
    assert not any(problem.fatal for problem in found.problems)


def test_nothing_usable_is_fatal(tmp_path: Path) -> None:
    found = read(tmp_path, "admin2Name,numPresentIdpInd,reportingDate\nNowhere,5,2030-01-10\n")
    assert found.region is None
    assert said(found.problems)[-1] == "rounds.csv: no row of the file could be used"


def test_other_destinations_keep_their_reports(tmp_path: Path) -> None:
    found = read(tmp_path, V3 + ONE)
    assert found.region is not None
    before = {one.name: one for one in small_region().reports}
    for one in found.region.reports:
        if one.name != "Hovel":
            np.testing.assert_array_equal(one.counts[0], before[one.name].counts[0])
    assert "Hovel: its reports in hovel-north.csv and hovel-south.csv give way to these" in found.notes
