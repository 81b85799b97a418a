"""A small invented Flee folder, and the same region made in Python: what tests of regional displacement start from.

Three conflict zones, two towns and three camps in two countries over 60 days, with reports, a border that is closed
for ten days and one registration. Nothing in it is taken from a real place.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np

from staffride.scenario.region import Closure, Correction, Link, Place, Region, Reports, make_region

DAYS = 60
START = date(2030, 1, 1)
ZONES = {"Ardel": 0, "Borun": 5, "Cevat": 20}
NAMES = ("Ardel", "Borun", "Cevat", "Dorim", "Elsa", "Farhold", "Gantry", "Hovel")

LOCATIONS = """\
#name,region,country,latitude,longitude,location_type,conflict_date,population
Ardel,North,Homeland,10.0,20.0,conflict_zone,0,100000
Borun,North,Homeland,10.5,20.8,conflict_zone,5,40000
Cevat,South,Homeland,9.2,20.3,conflict_zone,20,60000
Dorim,South,Homeland,9.6,21.0,town,,30000
Elsa,East,Homeland,10.1,21.6,town,,
Farhold,West,Neighbour,10.2,22.4,camp,,20000
Gantry,West,Neighbour,9.3,22.1,camp,,8000
Hovel,East,Homeland,8.8,21.2,idpcamp,,
"""
ROUTES = """\
#name1,name2,distance,forced_redirection
Ardel,Borun,120,
Ardel,Cevat,110,
Ardel,Dorim,150,0
Borun,Elsa,115,0
Cevat,Dorim,105,0
Cevat,Hovel,125,0
Dorim,Elsa,95,0
Dorim,Gantry,150,0
Dorim,Hovel,100,0
Elsa,Farhold,105,0
Farhold,Gantry,130,0
"""
CLOSURES = """\
#closure_type,name1,name2,closure_start,closure_end
country,Homeland,Neighbour,10,20
link,Dorim,Gantry,40,-1
"""
REPORTS = {
    "farhold.csv": "2029-12-25,500\n2030-01-08,2000\n2030-01-29,6500\n2030-02-12,9000\n2030-03-04,12000\n",
    "gantry.csv": "2030-01-01,100\n2030-01-15,900\n2030-02-05,2600\n2030-03-01,4100\n",
    "hovel-north.csv": "2030-01-01,0\n2030-01-20,400\n2030-02-20,1500\n",
    "hovel-south.csv": "2030-01-03,50\n2030-02-10,700\n2030-03-01,800\n",
    "total.csv": "2030-01-01,700\n2030-01-15,4300\n2030-02-05,11000\n2030-03-01,19000\n",
}
LAYOUT = """\
total,total.csv
Farhold,farhold.csv
Gantry,gantry.csv
Hovel,hovel-north.csv,hovel-south.csv
"""
SETTINGS = """\
spawn_rules:
  sum_from_camps: True
  insert_day0: True
move_rules:
  max_move_speed: 360.0
  awareness_level: 1
optimisations:
  hasten: 1
"""


def conflict_rows() -> str:
    """Return the table of conflict: a zone fights from its first day on."""
    rows = ["#Day," + ",".join(NAMES)]
    rows += [
        ",".join([str(day), *(str(int(name in ZONES and day >= ZONES[name])) for name in NAMES)])
        for day in range(DAYS)
    ]
    return "\n".join(rows) + "\n"


def flee_files() -> dict[str, str]:
    """Return every file of the small case by its path in the folder."""
    return {
        "input_csv/locations.csv": LOCATIONS,
        "input_csv/routes.csv": ROUTES,
        "input_csv/conflicts.csv": conflict_rows(),
        "input_csv/closures.csv": CLOSURES,
        "input_csv/registration_corrections.csv": "Farhold,2030-02-12,normalize\n",
        "input_csv/sim_period.csv": f"StartDate,{START}\nLength,{DAYS}\n",
        "source_data/data_layout.csv": LAYOUT,
        "simsetting.yml": SETTINGS,
        **{f"source_data/{name}": text for name, text in REPORTS.items()},
    }


def write_flee(folder: Path, changes: Mapping[str, str | bytes | None] | None = None) -> Path:
    """Write the small case below ``folder`` and return its folder.

    Parameters
    ----------
    folder
        Where the folder of the case is made.
    changes
        Files that differ, by their path in the case; ``None`` leaves a file out.
    """
    case = folder / "small2030"
    for path, content in {**flee_files(), **(changes or {})}.items():
        if content is not None:
            target = case / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return case


def replaced(path: str, old: str, new: str) -> dict[str, str]:
    """Return the change to one file that puts ``new`` for the one place where ``old`` stands."""
    text = flee_files()[path]
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    return {path: text.replace(old, new)}


def _source(text: str) -> tuple[np.ndarray, np.ndarray]:
    rows = [line.split(",") for line in text.splitlines()]
    days = np.array([(date.fromisoformat(moment) - START).days for moment, _ in rows], np.int64)
    return days, np.array([float(count) for _, count in rows])


def _reports(name: str, *files: str) -> Reports:
    sources = [_source(REPORTS[file]) for file in files]
    return Reports(name, tuple(days for days, _ in sources), tuple(counts for _, counts in sources), files)


def small_region() -> Region:
    """Return the small case made in Python, without a file."""
    places = [
        Place("Ardel", "North", "Homeland", 10.0, 20.0, "conflict_zone", 100_000, conflict_from=0),
        Place("Borun", "North", "Homeland", 10.5, 20.8, "conflict_zone", 40_000, conflict_from=5),
        Place("Cevat", "South", "Homeland", 9.2, 20.3, "conflict_zone", 60_000, conflict_from=20),
        Place("Dorim", "South", "Homeland", 9.6, 21.0, "town", 30_000),
        Place("Elsa", "East", "Homeland", 10.1, 21.6, "town"),
        Place("Farhold", "West", "Neighbour", 10.2, 22.4, "camp", capacity=20_000),
        Place("Gantry", "West", "Neighbour", 9.3, 22.1, "camp", capacity=8_000),
        Place("Hovel", "East", "Homeland", 8.8, 21.2, "idp_camp"),
    ]
    links = [line.split(",") for line in ROUTES.splitlines()[1:]]
    return make_region(
        name="small2030",
        start=START,
        days=DAYS,
        places=places,
        links=[Link(first, second, float(length)) for first, second, length, _ in links],
        conflict={name: (np.arange(DAYS) >= first).astype(float) for name, first in ZONES.items()},
        reports=[
            _reports("Farhold", "farhold.csv"),
            _reports("Gantry", "gantry.csv"),
            _reports("Hovel", "hovel-north.csv", "hovel-south.csv"),
        ],
        total=_reports("total", "total.csv"),
        closures=(
            Closure("country", "Homeland", "Neighbour", 10, 20),
            Closure("link", "Dorim", "Gantry", 40, None),
        ),
        corrections=(Correction("Farhold", 42),),
        settings={
            "spawn_rules": {"sum_from_camps": True, "insert_day0": True},
            "move_rules": {"max_move_speed": 360.0, "awareness_level": 1},
            "optimisations": {"hasten": 1},
        },
    )
