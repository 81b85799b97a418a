"""UNHCR's population figures in both downloaded shapes: every figure and place here is invented."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from flee_cases import START, small_region
from staffride.errors import Problem
from staffride.interop.downloads import count, day, is_tag_row, plain
from staffride.interop.region_tables import Imported
from staffride.interop.unhcr import import_unhcr
from staffride.scenario.region import Region

TITLE = '"All figures by country"\n\nExtracted from the UNHCR database,,\n'
LONG = (
    "Year,Country of origin,Country of origin (ISO),Country of asylum,Country of asylum (ISO),"
    "Refugees under UNHCR's mandate,Asylum-seekers,Returned refugees,IDPs of concern to UNHCR,Returned IDPss,"
    "Stateless persons,Others of concern,Other people in need of international protection,Host Community\n"
)
SHORT = "year,coo_name,coo,coo_iso,coa_name,coa,coa_iso,refugees,asylum_seekers,idps,oip\n"


def read(
    folder: Path, text: str | bytes, region: Region | None = None, name: str = "given.csv", **options
) -> Imported:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return import_unhcr(path, region or small_region(), **options)


def counts(found: Imported, name: str) -> dict[str, float]:
    assert found.region is not None, found.problems
    (one,) = (one for one in found.region.reports if one.name == name)
    (days,), (persons,) = one.days, one.counts
    return {str(found.region.date_of(int(at))): float(value) for at, value in zip(days, persons, strict=True)}


def said(problems: tuple[Problem, ...]) -> list[str]:
    return [str(problem).split("/")[-1] for problem in problems]


def test_the_long_table_with_title_rows(tmp_path: Path) -> None:
    rows = 'Y,Homeland,HOM,Farhold,FAR,"1,234",66,0,0,0,0,0,-,0\n'
    text = TITLE + LONG + rows.replace("Y", "2029") + rows.replace("Y", "2030").replace('"1,234"', "0")
    found = read(tmp_path, text)
    assert found.problems == ()
    assert counts(found, "Farhold") == {"2029-12-31": 1300.0, "2030-12-31": 66.0}


def test_the_short_table_adds_the_chosen_groups(tmp_path: Path) -> None:
    text = SHORT + "2029,Homeland,HOM,HML,Gantry,GAN,GTY,100,20,7,3\n"
    assert counts(read(tmp_path, text), "Gantry") == {"2029-12-31": 123.0}
    assert counts(read(tmp_path, text, groups=("refugees",)), "Gantry") == {"2029-12-31": 100.0}


def test_only_people_from_home_are_counted(tmp_path: Path) -> None:
    text = (
        SHORT
        + "2029,Homeland,HOM,HML,Gantry,GAN,GTY,100,0,0,0\n2029,Elsewhere,E,E,Gantry,GAN,GTY,900,0,0,0\n"
    )
    found = read(tmp_path, text)
    assert counts(found, "Gantry") == {"2029-12-31": 100.0}
    assert "only people from Homeland are counted" in found.notes
    assert counts(read(tmp_path, text, origin="e"), "Gantry") == {"2029-12-31": 900.0}


def test_an_origin_that_the_file_does_not_have(tmp_path: Path) -> None:
    found = read(tmp_path, SHORT + "2029,Homeland Rep.,H,HML,Gantry,GAN,GTY,100,0,0,0\n", origin="Homeland")
    assert found.region is None
    assert (
        said(found.problems)[0]
        == "given.csv: no row for people from 'Homeland'; did you mean 'Homeland Rep.'?"
    )


def test_a_table_without_origins_counts_everyone_and_says_so(tmp_path: Path) -> None:
    found = read(tmp_path, "year,coa_name,refugees\n2029,Gantry,5\n")
    assert counts(found, "Gantry") == {"2029-12-31": 5.0}
    assert "the file does not tell origins apart: people of all origins are counted" in found.notes


def test_places_are_known_by_code_and_by_names_of_the_user(tmp_path: Path) -> None:
    region = small_region()
    at = region.index["Gantry"]
    coded = replace(region.places[at], attributes={"iso3": "GTY"})
    region = replace(region, places=(*region.places[:at], coded, *region.places[at + 1 :]))
    text = SHORT + "2029,Homeland,H,H,Gantrië,X,GTY,5,0,0,0\n2029,Homeland,H,H,Far Hold Rep.,X,X,7,0,0,0\n"
    found = read(tmp_path, text, region, names={"Far Hold Rep.": "Farhold"})
    assert counts(found, "Gantry") == {"2029-12-31": 5.0}
    assert counts(found, "Farhold") == {"2029-12-31": 7.0}


def test_a_name_for_no_place_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path, SHORT, names={"X": "Farholt"})
    assert said(found.problems) == ["no place 'Farholt'; did you mean 'Farhold'?"]


def test_unknown_places_are_named_once_with_line_and_column(tmp_path: Path) -> None:
    row = "2029,Homeland,H,H,Gantri,GAN,GTY,100,0,0,0\n"
    found = read(tmp_path, SHORT + row + row + row.replace("Gantri", "Farhold"))
    assert counts(found, "Farhold") == {"2029-12-31": 100.0}
    assert said(found.problems) == [
        "given.csv:2:5: coa_name: no place 'Gantri' in the region; left out; did you mean 'Gantry'?"
    ]
    assert not found.problems[0].fatal


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("1.234", "given.csv:2:8: refugees: '1.234' is not a number of persons; the row is left out"),
        ("-5", "given.csv:2:8: refugees: '-5' is not a number of persons; the row is left out"),
        ("*", "given.csv:2:8: refugees: one to four persons, withheld; counted as nobody"),
    ],
)
def test_figures_that_are_none_are_named(tmp_path: Path, cell: str, message: str) -> None:
    row = "2029,Homeland,H,H,Gantry,GAN,GTY,100,0,0,0\n"
    found = read(tmp_path, SHORT + row.replace("100", cell) + row.replace("2029", "2030"))
    assert said(found.problems) == [message]


def test_time_series_of_several_places(tmp_path: Path) -> None:
    text = (
        "geomaster_name,date,population_group,individuals\n"
        "Farhold,2030-01-10T00:00:00,Refugees,1000\nFarhold,2030-01-10T00:00:00,Others,20\n"
        "gantry,17 January 2030,Refugees,1 500\n"
    )
    found = read(tmp_path, text)
    assert found.problems == ()
    assert counts(found, "Farhold") == {"2030-01-10": 1020.0}
    assert counts(found, "Gantry") == {"2030-01-17": 1500.0}
    assert any(note.startswith("individuals are read as persons who are there") for note in found.notes)


def test_a_time_series_without_a_place_is_that_of_its_file_name(tmp_path: Path) -> None:
    text = "data_date,unix_timestamp,individuals\n2030-01-10,1893456000,1000\n"
    assert counts(read(tmp_path, text, name="farhold.csv"), "Farhold") == {"2030-01-10": 1000.0}
    found = read(tmp_path, text, name="farhol.csv")
    assert found.region is None
    assert said(found.problems)[0].endswith(
        "no column says which place is meant; expected a column geomaster_name, or a file named after a place; "
        "did you mean 'Farhold'?"
    )


def test_a_repeated_date_takes_the_later_row(tmp_path: Path) -> None:
    found = read(tmp_path, "geomaster_name,date,individuals\nGantry,2030-01-10,5\nGantry,2030-01-10,6\n")
    assert counts(found, "Gantry") == {"2030-01-10": 6.0}
    assert said(found.problems) == [
        "given.csv:3: Gantry has another figure for 2030-01-10 on line 2; this one is used, as it stands later"
    ]


def test_earlier_reports_give_way_and_the_rest_stays(tmp_path: Path) -> None:
    found = read(tmp_path, "geomaster_name,date,individuals\nFarhold,2030-01-10,5\n")
    assert found.region is not None
    assert found.region.destination_names == small_region().destination_names
    assert found.notes[:4] == (
        "Farhold: 1 report from 2030-01-10 to 2030-01-10, 1 of them in the scenario's period",
        "Farhold: its reports in farhold.csv give way to these",
        "Farhold: its registration dates are kept; see whether they hold for the new reports",
        "total: kept as it was; it may no longer fit the destinations",
    )
    np.testing.assert_array_equal(found.region.conflict, small_region().conflict)
    assert found.region.sources == {"reports": "Farhold: UNHCR, given.csv"}
    again = read(
        tmp_path, "geomaster_name,date,individuals\nGantry,2030-01-10,5\n", found.region, name="more.csv"
    )
    assert again.region is not None
    assert again.region.sources == {"reports": "Farhold: UNHCR, given.csv; Gantry: UNHCR, more.csv"}


def test_dates_are_days_from_the_start(tmp_path: Path) -> None:
    found = read(tmp_path, "geomaster_name,date,individuals\nGantry,2029-12-30,5\nGantry,2030-02-01,6\n")
    assert found.region is not None
    gantry = next(one for one in found.region.reports if one.name == "Gantry")
    np.testing.assert_array_equal(gantry.days[0], [-2, (date(2030, 2, 1) - START).days])
    assert gantry.files == ("given.csv",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(tmp_path: Path, encoding: str, separator: str) -> None:
    text = "year,coa_name,refugees\r\n2029,Gäntry,5\r\n".replace(",", separator)
    found = read(tmp_path, text.encode(encoding))
    assert counts(found, "Gantry") == {"2029-12-31": 5.0}
    assert found.problems == ()


def test_latin_1_is_read_with_a_warning(tmp_path: Path) -> None:
    found = read(tmp_path, "year,coa_name,refugees\n2029,Gäntry,5\n".encode("latin-1"))
    assert counts(found, "Gantry") == {"2029-12-31": 5.0}
    assert said(found.problems) == ["given.csv: not in UTF-8; read as Windows-1252; check names with accents"]


def test_a_file_without_the_columns_names_the_nearest(tmp_path: Path) -> None:
    found = read(tmp_path, "year,coa_nam,refugees\n2029,Gantry,5\n")
    assert said(found.problems) == [
        "given.csv:1: the yearly table has no column asylum; expected a header with coa_name; did you mean 'coa_nam'?"
    ]
    found = read(tmp_path, "a,b\n1,2\n")
    assert said(found.problems)[0].startswith("given.csv: no header of a known table; expected a header with")
    assert said(import_unhcr(tmp_path / "absent.csv", small_region()).problems) == [
        "absent.csv: cannot be read: No such file or directory"
    ]


def test_unknown_group(tmp_path: Path) -> None:
    found = read(tmp_path, SHORT + "2029,Homeland,H,H,Gantry,GAN,GTY,1,0,0,0\n", groups=("refugee",))
    assert found.region is None
    assert "no group 'refugee' in UNHCR's tables" in said(found.problems)[0]
    assert "did you mean 'refugees'?" in said(found.problems)[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234", 1234),
        ("1 234 567", 1234567),
        ("1'234", 1234),
        ("12.0", 12),
        ("1.234.567", 1234567),
        ("0", 0),
    ],
)
def test_counts(text: str, value: int) -> None:
    assert count(text) == value


@pytest.mark.parametrize("text", ["", "-", "–", "N/A", "null", ".."])
def test_no_count(text: str) -> None:
    assert count(text) is None


@pytest.mark.parametrize("text", ["1,23", "12,3456", "1.234", "1.5", "five", "1e5", "-3"])
def test_what_is_no_count(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number of persons"):
        count(text)


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-31",
        "2024/5/31",
        "2024-05-31 00:00:00.000",
        "31 May 2024",
        "31-May-2024",
        "31/05/2024",
        "5/31/2024",
    ],
)
def test_dates(text: str) -> None:
    assert day(text) == date(2024, 5, 31)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("05/06/2024", "could be two dates"),
        ("2024-02-30", "is not a date: day"),
        ("soon", "is not a date; write"),
    ],
)
def test_what_is_no_date(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        day(text)


def test_tag_rows_and_names() -> None:
    assert is_tag_row(["#adm1+name", "", "# date"]) is False
    assert is_tag_row(["#adm1 +name", "", "#date"])
    assert plain("#affected+ind +IDPs") == plain("#affected +idps+ind")
    assert plain("Côte d'Ivoire") == plain("COTE D IVOIRE")
