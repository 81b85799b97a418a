"""Reading Flee folders: spellings that occur, and every defect with its file, line and cell."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from flee_cases import DAYS, START, flee_files, replaced, small_region, write_flee
from staffride.errors import InputError
from staffride.interop.flee import FleeReading, is_flee, load_flee, read_flee
from staffride.scenario.region import Closure, Region

LOCATIONS, ROUTES, CONFLICTS = "input_csv/locations.csv", "input_csv/routes.csv", "input_csv/conflicts.csv"
PERIOD, CLOSURES = "input_csv/sim_period.csv", "input_csv/closures.csv"
CORRECTIONS = "input_csv/registration_corrections.csv"
LAYOUT, FARHOLD, SETTINGS = "source_data/data_layout.csv", "source_data/farhold.csv", "simsetting.yml"
FILES = flee_files()
Changes = dict[str, str | bytes | None]


def told(reading: FleeReading, case: Path) -> list[str]:
    """Return every problem as `error` or `warning` and its text, paths as they stand in the case."""
    texts = [("error " if one.fatal else "warning ") + str(one) for one in reading.problems]
    return [text.replace(f"{case}/", "") for text in texts]


def assert_same(region: Region | None, other: Region) -> None:
    assert region is not None
    assert region.places == other.places
    assert region.links == other.links
    assert region.closures == other.closures
    assert region.corrections == other.corrections
    assert (region.start, region.days, region.home) == (other.start, other.days, other.home)
    np.testing.assert_array_equal(region.conflict, other.conflict)
    for one, wanted in itertools.zip_longest((region.total, *region.reports), (other.total, *other.reports)):
        assert one is not None
        assert wanted is not None
        assert (one.name, one.files) == (wanted.name, wanted.files)
        for mine, theirs in zip(one.days + one.counts, wanted.days + wanted.counts, strict=True):
            np.testing.assert_array_equal(mine, theirs)


def every_table(change: str, to: str) -> Changes:
    return {path: text.replace(change, to) for path, text in FILES.items() if path.endswith(".csv")}


def days_as(spelling: str) -> Changes:
    """Return the table of conflict with its days as numbers with a point, or as dates."""
    header, *rows = FILES[CONFLICTS].splitlines()
    made = [header]
    for row in rows:
        day, _, rest = row.partition(",")
        moment = START.fromordinal(START.toordinal() + int(day))
        made.append(f"{moment if spelling == 'dates' else day + '.0'},{rest}")
    return {CONFLICTS: "\n".join(made)}


PLAIN: dict[str, Changes] = {
    "as it is": {},
    "byte order mark": {path: "\ufeff" + text for path, text in FILES.items()},
    "line ends of Windows": {path: text.replace("\n", "\r\n") for path, text in FILES.items()},
    "blanks after commas": every_table(",", ", "),
    "commas at the end": every_table("\n", ",\n"),
    "empty lines": every_table("\n", "\n\n"),
    "quotes": {
        path: "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines())
        for path, text in FILES.items()
        if path.endswith(".csv")
    },
    "no mark of a header": every_table("#", ""),
    "comments": {FARHOLD: "# by telephone\n" + FILES[FARHOLD].replace("08,2000", "08,2000 # estimate")},
    "other names of columns": {
        LOCATIONS: FILES[LOCATIONS]
        .replace("latitude,longitude", "gps_y,lon")
        .replace("population", "Population")
    },
    "short names of columns": {LOCATIONS: FILES[LOCATIONS].replace("latitude,longitude", "lat,long")},
    "capacity beside population": {LOCATIONS: FILES[LOCATIONS].replace("population", "population/capacity")},
    "kinds in capitals": {LOCATIONS: FILES[LOCATIONS].replace("camp,", "Camp,").replace("town", "TOWN")},
    "other order of columns": {
        ROUTES: "distance,name2,name1\n"
        + "\n".join(",".join(row.split(",")[2::-1]) for row in FILES[ROUTES].splitlines()[1:])
    },
    "no header of routes": {ROUTES: FILES[ROUTES].partition("\n")[2]},
    "days with a point": days_as("points"),
    "more days": {CONFLICTS: FILES[CONFLICTS] + "60,1,1,1,1,1,1,1,1\n"},
    "a source with a header": {FARHOLD: "Date,Refugees\n" + FILES[FARHOLD]},
    "a source with a foreign header": {FARHOLD: '"Datum","Personen"\n' + FILES[FARHOLD]},
    "counts with a point": replaced(FARHOLD, "6500", "6500.0"),
    "dates with a time": replaced(FARHOLD, "2030-01-29", "2030-01-29T00:00:00"),
    "a period with a point": {PERIOD: "StartDate,2030-01-01\nLength,60.0\n"},
    "a period without names": {PERIOD: "2030-01-01\n60\n"},
    "a period in columns": {PERIOD: "StartDate,Length\n2030-01-01,60\n"},
    "a period with its end": {PERIOD: "#StartDate,2030-01-01\nEndDate,2030-03-01\n"},
    "a closure without an end": replaced(CLOSURES, "40,-1", "40"),
}


@pytest.mark.parametrize("name", PLAIN)
def test_spellings_that_mean_the_same(tmp_path: Path, name: str) -> None:
    case = write_flee(tmp_path, PLAIN[name])
    reading = read_flee(case, strict=True)
    assert told(reading, case) == []
    assert reading.unmapped == ()
    assert_same(reading.region, small_region())


KINDS = "conflict_zone, town, camp, idpcamp, forwarding_hub, marker, flood_zone"
CLOSURE_KINDS = "country, location, link, camp, idpcamp, remove_forced_redirection"
EVERY_DAY = "the figures of the day before are kept; expected a row for every day from 0 to 59"

DEFECTS: dict[str, tuple[Changes, list[str]]] = {
    # reports
    "thousands": (
        replaced(FARHOLD, "6500", '"6,500"'),
        [
            f"warning {FARHOLD}:3:2: the count '6,500' is read as 6500: the separator of thousands is "
            "removed; expected a plain number of persons",
        ],
    ),
    "thousands without quotes": (
        replaced(FARHOLD, "08,2000", "08,2,000"),
        [
            f"warning {FARHOLD}:2:2: the count '2,000' is read as 2000: the separator of thousands is "
            "removed; expected a plain number of persons",
        ],
    ),
    "a point that may mean thousands": (
        replaced(FARHOLD, "12000", "12.016"),
        [
            f"warning {FARHOLD}:5:2: the count '12.016' is read as 12.016: write 12016 if the point "
            "separates thousands; expected a plain number of persons",
        ],
    ),
    "a negative count": (
        replaced(FARHOLD, "6500", "-6500"),
        [
            f"warning {FARHOLD}:3:2: the count '-6500' is negative; the report is left out; expected a "
            "number of persons",
        ],
    ),
    "a dash": (
        replaced(FARHOLD, "6500", "-"),
        [f"warning {FARHOLD}:3:2: there is no count; the report is left out; expected a number of persons"],
    ),
    "a word": (
        replaced(FARHOLD, "6500", "many"),
        [f"error {FARHOLD}:3:2: the count 'many' is not a number; expected a number of persons"],
    ),
    "a date that is none": (
        replaced(FARHOLD, "2030-01-29", "2030-02-31"),
        [f"error {FARHOLD}:3:1: '2030-02-31' is not a date; expected YYYY-MM-DD"],
    ),
    "dates in another spelling": (
        {FARHOLD: FILES[FARHOLD].replace("2030-01-29", "29/01/2030").replace("2030-02-12", "12/02/2030")},
        [
            f"warning {FARHOLD}:3:1: the date '29/01/2030' is not YYYY-MM-DD; such dates are read as "
            "DD/MM/YYYY; expected YYYY-MM-DD",
        ],
    ),
    "dates out of order": (
        {FARHOLD: FILES[FARHOLD] + "2030-02-01,7000\n"},
        [
            f"warning {FARHOLD}:6:1: the date 2030-02-01 stands after 2030-03-04; the reports are "
            "sorted, where Flee takes them as they stand; expected dates in order",
        ],
    ),
    "a date twice": (
        {FARHOLD: FILES[FARHOLD] + "2030-01-29,7000\n"},
        [
            f"warning {FARHOLD}:6:1: the date 2030-01-29 is given on line 3 with 6500, which is kept, "
            "and it stands after 2030-03-04; expected each date once, in order",
        ],
    ),
    "a fall to nothing": (
        replaced(FARHOLD, "6500", "0"),
        [
            f"warning {FARHOLD}:3:2: the count falls from 2000 to 0; leave the line out if it means "
            "that nothing was reported",
        ],
    ),
    "far over capacity": (
        replaced(FARHOLD, "9000", "40000"),
        [
            f"warning {FARHOLD}:4:2: 'Farhold' reports 40000 persons, 2.0 times its capacity of 20000; "
            "check the capacity of the place",
        ],
    ),
    "no report": (
        {FARHOLD: ""},
        [f"warning {FARHOLD}:1: the source holds no report; expected one date and one count a line"],
    ),
    "no source": (
        {FARHOLD: None, "source_data/farhold-2.csv": FILES[FARHOLD]},
        [
            f"error {LAYOUT}:2:2: there is no source 'farhold.csv'; expected a file in source_data/; "
            "did you mean 'farhold-2.csv'?",
        ],
    ),
    "a source outside": (
        replaced(LAYOUT, "farhold.csv", "../farhold.csv"),
        [
            f"error {LAYOUT}:2:2: there is no source '../farhold.csv': a path with '..' is refused; "
            "expected a file in source_data/; did you mean 'farhold.csv'?",
        ],
    ),
    "a destination that is no place": (
        replaced(LAYOUT, "Gantry,", "Gantri,"),
        [
            f"warning {LAYOUT}:3:1: there is no destination 'Gantri'; its reports are left out; did you mean 'Gantry'?"
        ],
    ),
    "a total by another name": (
        replaced(LAYOUT, "total,", "Refugees,"),
        [f"warning {LAYOUT}:1:1: 'Refugees' is no place; it is read as the total; expected total"],
    ),
    "a destination twice": (
        {LAYOUT: FILES[LAYOUT] + "Gantry,farhold.csv\n"},
        [
            f"warning {LAYOUT}:5:1: 'Gantry' is given twice; its first line is kept; expected one line, "
            "with all its files",
        ],
    ),
    "a destination without a file": (
        replaced(LAYOUT, "Gantry,gantry.csv", "Gantry"),
        [
            f"warning {LAYOUT}:3:1: 'Gantry' has no file of reports; it is not compared; expected a file with reports"
        ],
    ),
    # places
    "an unknown kind": (
        replaced(LOCATIONS, "town,,30000", "twon,,30000"),
        [
            f"warning {LOCATIONS}:5:6: 'Dorim' is of the unknown kind 'twon'; it is read as town; "
            f"expected one of {KINDS}",
        ],
    ),
    "a place twice": (
        {LOCATIONS: FILES[LOCATIONS] + "Elsa,East,Homeland,1,2,town,,\n"},
        [f"warning {LOCATIONS}:10:1: the place 'Elsa' is given twice; that of line 6 is kept"],
    ),
    "an impossible latitude": (
        replaced(LOCATIONS, "10.2,22.4", "102.2,22.4"),
        [
            f"warning {LOCATIONS}:7:1: 'Farhold' cannot be at 102.2, 22.4; its coordinates are left "
            "out; expected a latitude within 90 degrees, a longitude within 180",
        ],
    ),
    "no latitude": (
        replaced(LOCATIONS, "10.1,21.6", ",21.6"),
        [f"warning {LOCATIONS}:6:4: 'Elsa' has no latitude; expected degrees"],
    ),
    "no country": (
        replaced(LOCATIONS, "East,Homeland,10.1", "East,,10.1"),
        [f"warning {LOCATIONS}:6:3: the place 'Elsa' has no country; expected a country"],
    ),
    "a country in two spellings": (
        replaced(LOCATIONS, "West,Neighbour,9.3", "West,neighbour,9.3"),
        [
            f"warning {LOCATIONS}:8:1: 'Gantry' is in 'neighbour', others in 'Neighbour'; they are "
            "taken as two countries; expected one spelling",
        ],
    ),
    "a zone without people": (
        replaced(LOCATIONS, "5,40000", "5,"),
        [
            f"warning {LOCATIONS}:3:8: the conflict zone 'Borun' has no population; people start in "
            "proportion to it, so nobody does; expected the number of people who live there",
        ],
    ),
    "a population with commas": (
        replaced(LOCATIONS, "100000", '"100,000"'),
        [
            f"warning {LOCATIONS}:2:8: population of 'Ardel': '100,000' is read as 100000: the "
            "separator of thousands is removed",
        ],
    ),
    "a date for a day": (
        replaced(LOCATIONS, "conflict_zone,5", "conflict_zone,2030-01-06"),
        [
            f"warning {LOCATIONS}:3:7: conflict_date is the date '2030-01-06'; it is read as day 5; expected a day"
        ],
    ),
    "no header of places": (
        {LOCATIONS: FILES[LOCATIONS].partition("\n")[2]},
        [
            f"warning {LOCATIONS}:1: there is no header; the columns are read as name, region, country, "
            "latitude, longitude, location_type, conflict_date, population",
        ],
    ),
    "no places": (
        {LOCATIONS: None},
        ["error input_csv: there is no locations.csv; expected a table of the places"],
    ),
    "semicolons": (
        {LOCATIONS: FILES[LOCATIONS].replace(",", ";")},
        [
            f"warning {LOCATIONS}:1: the cells are separated by semicolons; Flee reads only commas; expected commas"
        ],
    ),
    "another encoding": (
        {LOCATIONS: FILES[LOCATIONS].replace("Elsa,East", "Elsa,Ést").encode("cp1252")},
        [f"warning {LOCATIONS}:6: the file is not UTF-8 text; it is read as Windows-1252; expected UTF-8"],
    ),
    "a file in other letters": (
        {LOCATIONS: None, "input_csv/Locations.csv": FILES[LOCATIONS]},
        [
            "warning input_csv/Locations.csv: the file is named 'Locations.csv'; it is read as "
            "'locations.csv', which Flee would not find",
        ],
    ),
    # links
    "a link to nowhere": (
        replaced(ROUTES, "Dorim,Elsa", "Dorim,Elza"),
        [f"warning {ROUTES}:8:2: there is no place 'Elza'; the link is left out; did you mean 'Elsa'?"],
    ),
    "a link to itself": (
        replaced(ROUTES, "Dorim,Elsa", "Dorim,Dorim"),
        [f"warning {ROUTES}:8:2: a link from 'Dorim' to itself is left out; expected two places"],
    ),
    "a link twice": (
        {ROUTES: FILES[ROUTES] + "Elsa,Dorim,99,0\n"},
        [
            f"warning {ROUTES}:13:3: the link between 'Elsa' and 'Dorim' is given twice; that of line 8 "
            "with 95 km is kept, where Flee would offer both",
        ],
    ),
    "no link of known places": (
        {ROUTES: "#name1,name2,distance\nElza,Dorin,95\n", CLOSURES: None},
        [
            f"error {ROUTES}:1: none of its links can be used; nobody can move; expected one link a line",
            f"warning {ROUTES}:2:1: there is no place 'Elza'; the link is left out; did you mean 'Elsa'?",
            f"warning {ROUTES}:2:2: there is no place 'Dorin'; the link is left out; did you mean 'Dorim'?",
        ],
    ),
    "more people than there are": (
        replaced(FARHOLD, "6500", "65000000000"),
        [
            f"error {FARHOLD}:3:2: the count '65000000000' is more than there are people; expected a number of persons"
        ],
    ),
    "links in both directions": (
        {ROUTES: FILES[ROUTES] + "Elsa,Dorim,95,0\nHovel,Dorim,100,0\nDorim,Gantry,150,0\n"},
        [
            f"warning {ROUTES}:13:3: the link between 'Elsa' and 'Dorim' is given twice and kept once; so are "
            "those of the lines 14, 15; Flee would offer both; expected each link once, for it leads both ways",
        ],
    ),
    "a length in words": (
        replaced(ROUTES, "Elsa,95", "Elsa,far"),
        [
            f"error {ROUTES}:8:3: the length of the link between 'Dorim' and 'Elsa': 'far' is not a "
            "number; expected a number",
        ],
    ),
    "a negative length": (
        replaced(ROUTES, "Elsa,95", "Elsa,-95"),
        [
            f"error {ROUTES}:8:3: the length of the link between 'Dorim' and 'Elsa' is negative: -95; "
            "expected kilometres",
        ],
    ),
    "no length": (
        replaced(ROUTES, "Elsa,95", "Elsa,"),
        [
            f"error {ROUTES}:8:3: the length of the link between 'Dorim' and 'Elsa' is missing; expected kilometres"
        ],
    ),
    "a length of 0": (
        replaced(ROUTES, "Elsa,95", "Elsa,0"),
        [
            f"warning {ROUTES}:8:3: the length of the link between 'Dorim' and 'Elsa' is 0; it is read "
            "as 86, the straight line; expected kilometres",
        ],
    ),
    "far shorter than the straight line": (
        replaced(ROUTES, "Elsa,95", "Elsa,20"),
        [
            f"warning {ROUTES}:8:3: the link between 'Dorim' and 'Elsa' is 20 km long, the straight "
            "line 86 km; it is kept; expected a length or coordinates that fit",
        ],
    ),
    "an unknown redirection": (
        replaced(ROUTES, "Elsa,95,0", "Elsa,95,7"),
        [f"warning {ROUTES}:8:4: forced_redirection is 7; it is read as 0; expected a number from 0 to 2"],
    ),
    "a place alone": (
        {ROUTES: "".join(line for line in FILES[ROUTES].splitlines(keepends=True) if "Hovel" not in line)},
        [f"warning {LOCATIONS}:9:1: 'Hovel' has no link; nobody comes or goes; expected a link to it"],
    ),
    "destinations that nobody reaches": (
        {
            ROUTES: "\n".join(
                line
                for line in FILES[ROUTES].splitlines()
                if line[:12] not in ("Elsa,Farhold", "Dorim,Gantry")
            ),
            CLOSURES: None,
        },
        [
            f"warning {LOCATIONS}:7:1: 'Farhold' cannot be reached from any conflict zone; expected a way to it",
            f"warning {LOCATIONS}:8:1: 'Gantry' cannot be reached from any conflict zone; expected a way to it",
        ],
    ),
    # conflict
    "no conflicts.csv": (
        {CONFLICTS: None},
        [
            "warning input_csv: there is no conflicts.csv; every conflict zone is in conflict from its "
            "conflict_date on; expected a row for every day, a column for every place",
        ],
    ),
    "days missing": (
        {
            CONFLICTS: "\n".join(
                line for at, line in enumerate(FILES[CONFLICTS].splitlines()) if at not in (6, 7, 11)
            )
        },
        [f"warning {CONFLICTS}:58: there is no row for days 5 to 6, 10; {EVERY_DAY}"],
    ),
    "fewer days": (
        {CONFLICTS: "\n".join(FILES[CONFLICTS].splitlines()[:40])},
        [f"warning {CONFLICTS}:40: there is no row for days 39 to 59; {EVERY_DAY}"],
    ),
    "a day twice": (
        {CONFLICTS: FILES[CONFLICTS] + "3,1,1,1,1,1,1,1,1\n"},
        [f"warning {CONFLICTS}:62:1: day 3 is given twice; the first is kept; expected each day once"],
    ),
    "dates for days": (
        days_as("dates"),
        [
            f"warning {CONFLICTS}:2:1: the days are dates; they are counted from the start of the "
            "period; expected days from 0",
        ],
    ),
    "an intensity above 1": (
        replaced(CONFLICTS, "\n9,1,1,", "\n9,1,1.5,"),
        [
            f"warning {CONFLICTS}:11:3: the intensity of conflict of 'Borun' on day 9 is 1.5; such "
            "figures are read as 1; expected a number from 0 to 1",
        ],
    ),
    "an intensity in words": (
        replaced(CONFLICTS, "\n9,1,1,", "\n9,1,x,"),
        [f"error {CONFLICTS}:11:3: intensity of conflict: 'x' is not a number; expected a number"],
    ),
    "no intensity": (
        replaced(CONFLICTS, "\n9,1,1,0,", "\n9,1,1,,"),
        [
            f"warning {CONFLICTS}:11:4: the intensity of conflict is missing; it is read as 0; expected a number"
        ],
    ),
    "conflict in no place": (
        {CONFLICTS: FILES[CONFLICTS].replace("Elsa", "Elza")},
        [f"warning {CONFLICTS}:1:6: there is no place 'Elza'; its column is left out; did you mean 'Elsa'?"],
    ),
    # closures and registrations
    "an unknown kind of closure": (
        replaced(CLOSURES, "link,", "street,"),
        [
            f"warning {CLOSURES}:3:1: a closure of the unknown kind 'street' is left out; expected one "
            f"of {CLOSURE_KINDS}",
        ],
    ),
    "a closure of no place": (
        replaced(CLOSURES, "link,Dorim", "link,Dorin"),
        [
            f"warning {CLOSURES}:3:2: there is no place 'Dorin'; the closure is left out; did you mean 'Dorim'?"
        ],
    ),
    "a closure of a place whose second name is none": (
        replaced(CLOSURES, "link,Dorim,Gantry", "location,Dorim,Gantrie"),
        [
            f"warning {CLOSURES}:3:3: there is no place 'Gantrie'; 'Dorim' is closed to all, as in Flee; did you "
            "mean 'Gantry'?"
        ],
    ),
    "a closure of no country": (
        replaced(CLOSURES, "Neighbour", "Neighbor"),
        [
            f"warning {CLOSURES}:2:3: there is no country 'Neighbor'; the closure is left out; did you "
            "mean 'Neighbour'?",
        ],
    ),
    "a closure of no link": (
        replaced(CLOSURES, "link,Dorim,Gantry", "link,Ardel,Gantry"),
        [
            f"warning {CLOSURES}:3:2: there is no link between 'Ardel' and 'Gantry' to close; the "
            "closure is left out; expected the two ends of a link",
        ],
    ),
    "a closure that ends before": (
        replaced(CLOSURES, "10,20", "20,10"),
        [
            f"warning {CLOSURES}:2:5: closure_end 10 is before closure_start 20; it is never opened "
            "again, as in Flee; expected a later day, or -1 for never",
        ],
    ),
    "a closure from a date": (
        replaced(CLOSURES, "10,20", "2030-01-11,20"),
        [
            f"warning {CLOSURES}:2:4: closure_start is the date '2030-01-11'; it is read as day 10; expected a day"
        ],
    ),
    "a registration on no date": (
        replaced(CORRECTIONS, "2030-02-12", "soon"),
        [f"error {CORRECTIONS}:1:2: 'soon' is not a date; expected YYYY-MM-DD"],
    ),
    "a registration in no place": (
        replaced(CORRECTIONS, "Farhold", "Farhald"),
        [
            f"warning {CORRECTIONS}:1:1: there is no place 'Farhald'; the registration is left out; did "
            "you mean 'Farhold'?",
        ],
    ),
    "a registration without reports": (
        replaced(CORRECTIONS, "Farhold", "Elsa"),
        [f"warning {CORRECTIONS}:1:1: 'Elsa' has no reports; its registration changes nothing"],
    ),
    "a registration before all reports": (
        replaced(CORRECTIONS, "2030-02-12", "2029-01-01"),
        [
            f"warning {CORRECTIONS}:1:2: 'Farhold' has no reports before and after 2029-01-01; nothing "
            "is scaled; expected a date between its first and its last report",
        ],
    ),
    # the period and the settings
    "no period": (
        {PERIOD: None},
        ["error input_csv: there is no sim_period.csv; expected StartDate and Length"],
    ),
    "a period of an old folder": (
        {PERIOD: None, "input_csv/conflict_period.csv": FILES[PERIOD]},
        [
            "warning input_csv/conflict_period.csv: the period is read from conflict_period.csv; Flee "
            "reads sim_period.csv",
        ],
    ),
    "a period in words": (
        {PERIOD: "StartDate,soon\nLength,long\n"},
        [
            f"error {PERIOD}:1:2: StartDate 'soon' is not a date; expected YYYY-MM-DD",
            f"error {PERIOD}:2:2: Length 'long' is no number of days; expected a whole number from 1 to 40000",
        ],
    ),
    "broken settings": (
        {SETTINGS: "a: [1,\nb: 2\n"},
        [
            f"error {SETTINGS}:3: the settings cannot be read: expected ',' or ']', but got '<stream "
            "end>'; expected YAML",
        ],
    ),
    "a setting twice": (
        {SETTINGS: "move_rules:\n  a: 1\n  a: 2\n"},
        [
            f"warning {SETTINGS}:3: move_rules.a is given twice, first on line 2; the last is read, as "
            "Flee does; expected each setting once",
        ],
    ),
    # other tables
    "demographics": (
        {"input_csv/demographics_age.csv": "age,Default,Ardol\n0,0.5,1\n30,0.5,1\n30,1,1\n"},
        [
            "warning input_csv/demographics_age.csv:1:3: there is no place 'Ardol'; its column is left "
            "out; did you mean 'Ardel'?",
            "warning input_csv/demographics_age.csv:4:1: the age '30' is given twice; the first is "
            "kept; expected each value once",
        ],
    ),
    "changes of kind": (
        {"location_changes.csv": "#name,type,day\nElza,camp,20\n"},
        [
            "warning location_changes.csv:2:1: there is no place 'Elza'; the change is left out; did you mean 'Elsa'?"
        ],
    ),
    "a region without people": (
        {
            "input_csv/region_attributes_IPC.csv": "#Day,North,Narnia\n"
            + "".join(f"{day},20,1\n" for day in range(60))
        },
        [
            "warning input_csv/region_attributes_IPC.csv:1:3: there is no region 'Narnia'; its column is left out"
        ],
    ),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_named_with_its_place(tmp_path: Path, name: str) -> None:
    changes, expected = DEFECTS[name]
    case = write_flee(tmp_path, changes)
    reading = read_flee(case)
    assert told(reading, case) == expected
    assert (reading.region is None) == any(text.startswith("error") for text in expected)


def test_all_defects_are_told_at_once_and_fatal_ones_first(tmp_path: Path) -> None:
    changes = {
        **replaced(FARHOLD, "6500", "many"),
        **replaced(ROUTES, "Elsa,95", "Elsa,-95"),
        **replaced(CLOSURES, "Neighbour", "Neighbor"),
        PERIOD: "StartDate,2030-01-01\nLength,60 days\n",
    }
    case = write_flee(tmp_path, changes)
    with pytest.raises(InputError) as raised:
        load_flee(case)
    assert [(one.line, one.column, one.fatal) for one in raised.value.problems] == [
        (8, 3, True),
        (2, 2, True),
    ]
    fixed = write_flee(tmp_path, {**changes, PERIOD: FILES[PERIOD]})
    assert [text.partition(" ")[0] for text in told(read_flee(fixed), fixed)] == ["error", "error", "warning"]


def test_strict_makes_every_warning_fatal(tmp_path: Path) -> None:
    case = write_flee(tmp_path, replaced(FARHOLD, "6500", '"6,500"'))
    plain, strict = read_flee(case), read_flee(case, strict=True)
    assert plain.region is not None
    assert strict.region is None
    assert [one.fatal for one in plain.problems] == [False]
    assert [one.fatal for one in strict.problems] == [True]
    with pytest.raises(InputError, match="separator of thousands"):
        load_flee(case, strict=True)


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("location,Gantry,Neighbour,40,-1", Closure("location", "Gantry", "", 40, None)),
        ("location,Gantry,,40,-1", Closure("location", "Gantry", "", 40, None)),
        ("location,Gantry,Dorim,40,-1", Closure("location", "Gantry", "Dorim", 40, None)),
        ("camp,Gantry,Neighbour,40,-1", Closure("camp", "Gantry", "", 40, None)),
    ],
)
def test_a_place_is_closed_whatever_country_stands_beside_it(
    tmp_path: Path, row: str, wanted: Closure
) -> None:
    reading = read_flee(write_flee(tmp_path, replaced(CLOSURES, "link,Dorim,Gantry,40,-1", row)))
    assert reading.problems == ()
    assert reading.region is not None
    assert reading.region.closures[-1] == wanted


def test_of_two_links_the_shorter_is_kept_in_any_order(tmp_path: Path) -> None:
    header, *rows = (FILES[ROUTES] + "Elsa,Dorim,93,0\nHovel,Dorim,100,0\n").splitlines()
    for at, ordered in enumerate((rows, rows[::-1])):
        folder = tmp_path / str(at)
        reading = read_flee(write_flee(folder, {ROUTES: "\n".join([header, *ordered]) + "\n"}))
        assert reading.region is not None
        kept = {(one.first, one.second): one.length_km for one in reading.region.links}
        assert kept["Elsa", "Dorim"] == 93.0
        assert ("Dorim", "Elsa") not in kept
        assert ("Hovel", "Dorim") in kept


@pytest.mark.parametrize("rows", [slice(None, None, -1), slice(5, 8)])
def test_home_does_not_depend_on_the_order_of_rows(tmp_path: Path, rows: slice) -> None:
    header, *places = FILES[LOCATIONS].splitlines()
    ordered = "\n".join([header, *places[rows], *(row for row in places if row not in places[rows])]) + "\n"
    reading = read_flee(write_flee(tmp_path, {LOCATIONS: ordered}))
    assert reading.region is not None
    assert reading.region.home == "Homeland"
    assert any("Flee takes Neighbour" in note for note in reading.notes) == (rows.start == 5)


def test_hubs_as_folders_call_them(tmp_path: Path) -> None:
    reading = read_flee(write_flee(tmp_path, replaced(LOCATIONS, "town,,30000", "forward,,30000")))
    assert reading.problems == ()
    assert reading.region is not None
    assert reading.region.places[reading.region.index["Dorim"]].kind == "forwarding_hub"


def test_notes_are_no_defects(tmp_path: Path) -> None:
    reading = read_flee(write_flee(tmp_path), strict=True)
    assert reading.region is not None
    assert reading.notes == ("Hovel: no capacity is given; it is taken as unlimited, as Flee does",)


def test_what_was_read_of_thousands(tmp_path: Path) -> None:
    region = load_flee(write_flee(tmp_path, replaced(FARHOLD, "12000", '"1,012,000"')))
    assert region.reports[2].name == "Farhold"
    assert region.reports[2].counts[0].tolist() == [500, 2000, 6500, 9000, 1012000]


def test_sorted_reports_and_first_of_two(tmp_path: Path) -> None:
    region = load_flee(write_flee(tmp_path, {FARHOLD: "2030-02-12,9000\n2030-01-08,2000\n2030-01-08,2100\n"}))
    assert region.reports[2].days[0].tolist() == [7, 42]
    assert region.reports[2].counts[0].tolist() == [2000, 9000]


def test_a_file_in_american_dates(tmp_path: Path) -> None:
    region = load_flee(write_flee(tmp_path, {FARHOLD: "01/29/2030,50\n02/03/2030,60\n"}))
    assert region.reports[2].days[0].tolist() == [28, 33]


def test_many_defects_of_one_file_are_cut_short(tmp_path: Path) -> None:
    rows = "".join(f"Nowhere{at},Elsa,10\n" for at in range(100))
    case = write_flee(tmp_path, {ROUTES: FILES[ROUTES] + rows})
    texts = told(read_flee(case), case)
    assert len(texts) == 61
    assert texts[-1] == f"warning {ROUTES}: 40 more problems of this file are not shown"


def test_what_cannot_be_mapped_is_listed(tmp_path: Path) -> None:
    changes: Changes = {
        LOCATIONS: FILES[LOCATIONS]
        .replace("population\n", "population,hdi\n")
        .replace("60000\n", "60000,0.4\n"),
        ROUTES: FILES[ROUTES]
        .replace("redirection", "redirection,max_move_speed,road_type")
        .replace("Elsa,95,0", "Elsa,95,0,100,gravel"),
        "input_csv/agents.csv": "#location,age\nArdel,3\n",
        "input_csv/major_routes.csv": "Ardel,Dorim,Gantry\n",
        "input_csv/old.csv": "a\n",
        "source_data/total.csv": FILES["source_data/total.csv"].replace("\n", ",1,2\n"),
        "notes/letter.txt": "a\n",
    }
    reading = read_flee(write_flee(tmp_path, changes))
    assert reading.problems == ()
    assert sorted(reading.unmapped) == [
        "input_csv/: not read: old.csv",
        "input_csv/agents.csv: 1 persons one by one are not read",
        "input_csv/locations.csv: kept only as attributes of the places: hdi",
        "input_csv/major_routes.csv: 1 major routes: Flee uses them only with fixed routes",
        "input_csv/routes.csv: not read: the columns road_type",
        "source_data/total.csv: the columns after the second, up to number 4, are not read",
        "the case folder: not read: notes/",
    ]
    region = reading.region
    assert region is not None
    assert region.places[region.index["Cevat"]].attributes == {"hdi": "0.4"}
    assert [
        link.speed_km_per_day for link in region.links if {link.first, link.second} == {"Dorim", "Elsa"}
    ] == [100]


def test_a_camp_has_a_capacity_of_its_own_and_a_population(tmp_path: Path) -> None:
    table = (
        FILES[LOCATIONS].replace("population\n", "population,capacity\n").replace(",20000\n", ",500,20000\n")
    )
    region = load_flee(write_flee(tmp_path, {LOCATIONS: table}))
    place = region.places[region.index["Farhold"]]
    assert (place.population, place.capacity) == (500, 20000)
    assert region.places[region.index["Gantry"]].capacity == 8000


def test_exchanged_coordinates_are_found(tmp_path: Path) -> None:
    impossible = FILES[LOCATIONS]
    for degree in (20, 21, 22):
        impossible = impossible.replace(f",{degree}.", f",{degree + 100}.")
    right = load_flee(write_flee(tmp_path / "right", {LOCATIONS: impossible}))
    rows = [line.split(",") for line in impossible.splitlines()]
    wrong = "\n".join(",".join([*row[:3], row[4], row[3], *row[5:]]) for row in rows[1:])
    case = write_flee(tmp_path / "wrong", {LOCATIONS: f"{FILES[LOCATIONS].partition(chr(10))[0]}\n{wrong}\n"})
    assert told(read_flee(case), case) == [
        f"warning {LOCATIONS}:2:1: 'Ardel' has the latitude 120; latitude and longitude are exchanged in the whole"
        " file; expected latitude, then longitude"
    ]
    assert load_flee(case).places == right.places


def test_coordinates_that_look_exchanged_are_kept_and_said(tmp_path: Path) -> None:
    """Far from the equator a degree of longitude is short, so links give it away."""
    places = ["#name,region,country,latitude,longitude,location_type,conflict_date,population"]
    places += [f"P{at},r,Homeland,{10 + 2 * at},{65 + 0.1 * at},town,," for at in range(5)]
    places[1] = "P0,r,Homeland,10,65,conflict_zone,0,100"
    links = "#name1,name2,distance\n" + "".join(f"P{at},P{at + 1},100\n" for at in range(4))
    changes: Changes = dict.fromkeys(FILES, None) | {
        PERIOD: FILES[PERIOD],
        LOCATIONS: "\n".join(places),
        ROUTES: links,
        CONFLICTS: "#Day,P0\n" + "".join(f"{day},1\n" for day in range(60)),
        LAYOUT: "P4,p.csv\n",
        "source_data/p.csv": "2030-01-01,5\n",
    }
    case = write_flee(tmp_path, changes)
    assert told(read_flee(case), case) == [
        f"warning {ROUTES}:2:3: latitude and longitude look exchanged: 4 of 4 links are far shorter than the straight"
        " line, and 0 would be if they were exchanged; they are kept as they stand"
    ]


def test_nobody_has_a_reason_to_leave(tmp_path: Path) -> None:
    calm = "#Day\n" + "".join(f"{day}\n" for day in range(DAYS))
    towns = FILES[LOCATIONS].replace("conflict_zone", "town")
    case = write_flee(tmp_path / "towns", {LOCATIONS: towns, CONFLICTS: calm})
    assert told(read_flee(case), case) == [
        "error input_csv: nobody has a reason to leave: no place is a conflict or flood zone; "
        "expected a conflict zone,"
        " or conflict in some place on some day"
    ]
    case = write_flee(tmp_path / "zones", {CONFLICTS: FILES[CONFLICTS].replace(",1", ",0")})
    assert told(read_flee(case), case)[0] == (
        "warning input_csv: nobody has a reason to leave: 'Ardel' is a conflict zone and never in conflict; expected"
        " conflict on some day"
    )


def test_flood_food_crisis_demographics_and_changes_are_read(tmp_path: Path) -> None:
    days = range(DAYS)
    changes: Changes = {
        "input_csv/flood_level.csv": "#Day,Elsa\n" + "".join(f"{day},{day % 3}\n" for day in days),
        "input_csv/region_attributes_IPC.csv": "#Day,North\n" + "".join(f"{day},{day}\n" for day in days),
        "input_csv/demographics_gender.csv": "gender,Default,Ardel\nfemale,0.5,0.6\nmale,0.5,0.4\n",
        "source_data/location_changes.csv": "Elsa,idpcamp,20\n",
    }
    region = load_flee(write_flee(tmp_path, changes), strict=True)
    assert region.flood is not None
    assert region.flood[:, region.index["Elsa"]].tolist() == [day % 3 for day in days]
    assert region.flood.sum() == sum(day % 3 for day in days)
    assert region.food_crisis is not None
    assert region.food_crisis[7, [region.index[name] for name in ("Ardel", "Borun", "Cevat")]].tolist() == [
        7,
        7,
        0,
    ]
    assert region.demographics == {
        "gender": {"female": {"Default": 0.5, "Ardel": 0.6}, "male": {"Default": 0.5, "Ardel": 0.4}}
    }
    assert region.kind_changes == (("Elsa", "idp_camp", 20),)


def test_without_a_table_of_conflict_each_zone_starts_on_its_day(tmp_path: Path) -> None:
    changes: Changes = {CONFLICTS: None, SETTINGS: "default_conflict_intensity: 0.5\n"}
    region = load_flee(write_flee(tmp_path, changes))
    np.testing.assert_array_equal(region.conflict, 0.5 * small_region().conflict)


def test_a_table_of_conflict_that_the_settings_name(tmp_path: Path) -> None:
    changes: Changes = {
        CONFLICTS: None,
        "input_csv/mild.csv": FILES[CONFLICTS].replace(",1", ",0.25"),
        SETTINGS: "conflict_input_file: input_csv/mild.csv\n",
    }
    region = load_flee(write_flee(tmp_path, changes), strict=True)
    np.testing.assert_array_equal(region.conflict, 0.25 * small_region().conflict)
    case = write_flee(tmp_path, {"input_csv/mild.csv": None, SETTINGS: "conflict_input_file: none.csv\n"})
    (case / "input_csv" / "mild.csv").unlink()
    texts = told(read_flee(case), case)
    assert (
        texts[0]
        == f"error {case}: conflict_input_file names 'none.csv', which does not exist; expected a file of the case"
    )


def test_settings_are_read_as_flee_reads_them_with_their_lines(tmp_path: Path) -> None:
    text = "# a remark\nmove_rules:\n\tstart_on_foot: yes\n\tawareness_level: 2\nspawn_rules: {insert_day0: off}\n"
    reading = read_flee(write_flee(tmp_path, {SETTINGS: text}))
    assert reading.region is not None
    assert reading.region.settings == {
        "move_rules": {"start_on_foot": True, "awareness_level": 2},
        "spawn_rules": {"insert_day0": False},
    }
    assert reading.setting_lines == {
        "move_rules": 2,
        "move_rules.start_on_foot": 3,
        "move_rules.awareness_level": 4,
        "spawn_rules": 5,
        "spawn_rules.insert_day0": 5,
    }


def test_a_folder_above_or_below(tmp_path: Path) -> None:
    case = write_flee(tmp_path)
    assert is_flee(case)
    assert is_flee(case / "input_csv")
    assert not is_flee(tmp_path)
    assert_same(read_flee(case / "input_csv").region, small_region())
    (problem,) = read_flee(tmp_path).problems
    assert str(problem) == (
        f"{tmp_path}: this is not a Flee folder; expected a folder with input_csv/ and source_data/;"
        f" give one of: {case}"
    )
    (problem,) = read_flee(tmp_path / "nowhere").problems
    assert problem.message == "there is no such folder"


def test_each_part_says_where_it_comes_from(tmp_path: Path) -> None:
    region = load_flee(write_flee(tmp_path))
    assert region.sources["places"] == "Flee folder small2030, input_csv/locations.csv"
    assert set(region.sources) == {
        "places",
        "links",
        "conflict",
        "closures",
        "reports",
        "corrections",
        "settings",
    }


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_folder_never_fails_but_by_a_problem(tmp_path: Path, seed: int) -> None:
    """Cells, lines and letters are lost or put elsewhere at random; the reader may refuse, never break."""
    draw = np.random.default_rng(seed)
    path = sorted(FILES)[seed % len(FILES)]
    text = list(FILES[path])
    for _ in range(int(draw.integers(1, 8))):
        at = int(draw.integers(0, len(text)))
        text[at] = str(
            draw.choice(["", ",", "\n", "#", '"', "-", "é", "9", "\x00", "x,", ";", "\t", ":", "1e999"])
        )
    reading = read_flee(write_flee(tmp_path, {path: "".join(text)}))
    assert (reading.region is None) == any(one.fatal for one in reading.problems)
