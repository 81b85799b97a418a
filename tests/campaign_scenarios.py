"""Small invented campaigns for tests: two sides, own systems; one in the air alone, one on the ground too."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from staffride.errors import Problem
from staffride.model.kinds import parameters_of
from staffride.scenario import ParameterSpec, Scenario, load, read
from staffride.scenario.specs import ANY, for_sides, spec_of
from staffride.scenario.tables import GROUND_TABLES

SIDES = ("az", "arm")

SETTINGS = """\
name: hills
title: An invented day in the hills
description: Two sides, one day; every figure is made up.
kind: campaign
catalogue: false
period: {start: 2020-06-01T00:00+00:00, end: 2020-06-02T00:00+00:00, time_zone: UTC}
cutoff: 2020-06-01T00:00+00:00
sides: [az, arm]
off: [reserve]
baseline_label: the day as given
variants:
  - {id: no-decoys, label: without decoys, off: [decoys], question: What did the decoys draw off?}
  - {id: no-jamming, label: without jamming, off: [jamming]}
  - {id: reserve, label: with a second short-range battery, on: [reserve]}
  - {id: low-flight, label: drones at 1500 m, set: {system.watcher.altitude: 1.5}}
  - {id: known-systems, label: figures of systems at their medians, median: [system.*]}
"""

PLACES = """\
id,official_name,kind,region,zone,latitude,longitude,elevation_m,evidence,assumed
airfield,Airfield,airfield,Plain,plain,40.00,47.20,100,,Invented.
crossroads,Crossroads,town,Hills,hills,40.00,46.95,600,,Invented.
ridge,Ridge,ridge,Hills,hills,40.05,46.85,1100,,Invented.
"""

ZONES = """\
id,name,latitude,longitude,elevation_m,area_km2,assumed
plain,Plain,40.00,47.20,100,900,Invented.
hills,Hills,40.02,46.90,900,1200,Invented.
"""

SYSTEMS = """\
watcher:
  name: Invented armed drone
  kind: armed_drone
  threat: drone
  guidance: laser
  assumed: Invented.
  figures:
    speed: {value: 130, unit: km/h, assumed: Invented.}
    altitude: {range: [4, 6], unit: km, assumed: Invented.}
    ceiling: {value: 8000, unit: m, assumed: Invented.}
    radar_cross_section: {range: [0.1, 0.5], unit: m2, assumed: Invented.}
    reach: {value: 150, unit: km, assumed: Invented.}
    endurance: {value: 20, unit: h, assumed: Invented.}
    munitions: {value: 4, unit: "1", assumed: Invented.}
    hit_probability: {range: [0.5, 0.9], unit: "1", assumed: Invented.}
    accuracy: {value: 2, unit: m, assumed: Invented.}
    link_dependence: {value: 0.8, unit: "1", assumed: Invented.}
    sweep_width: {range: [1, 4], unit: km, assumed: Invented.}
    weather_limit: {value: 2, unit: "1", assumed: Invented.}
    night_ability: {value: 0.7, unit: "1", assumed: Invented.}
    staying_power: {value: 1, unit: "1", assumed: Invented.}
seeker:
  name: Invented loitering munition
  kind: loitering_munition
  threat: munition
  guidance: home_on_emission
  assumed: Invented.
  figures:
    speed: {value: 185, unit: km/h, assumed: Invented.}
    altitude: {value: 1500, unit: m, assumed: Invented.}
    radar_cross_section: {range: [0.02, 0.2], unit: m2, assumed: Invented.}
    reach: {value: 200, unit: km, assumed: Invented.}
    endurance: {value: 6, unit: h, assumed: Invented.}
    hit_probability: {range: [0.4, 0.8], unit: "1", assumed: Invented.}
    accuracy: {value: 3, unit: m, assumed: Invented.}
    navigation_dependence: {value: 0.3, unit: "1", assumed: Invented.}
    sweep_width: {value: 1, unit: km, assumed: Invented.}
    weather_limit: {value: 1, unit: "1", assumed: Invented.}
    night_ability: {value: 1, unit: "1", assumed: Invented.}
    emitter_search_rate: {range: [0.2, 1], unit: 1/h, assumed: Invented.}
decoy:
  name: Invented decoy aircraft
  kind: decoy_aircraft
  threat: aircraft
  assumed: Invented.
  figures:
    speed: {value: 180, unit: km/h, assumed: Invented.}
    altitude: {value: 800, unit: m, assumed: Invented.}
    radar_cross_section: {value: 8, unit: m2, assumed: Invented.}
    reach: {value: 300, unit: km, assumed: Invented.}
    weather_limit: {value: 2, unit: "1", assumed: Invented.}
gun:
  name: Invented gun
  kind: tube_artillery
  guidance: none
  assumed: Invented.
  figures:
    reach: {value: 24, unit: km, assumed: Invented.}
    hit_probability: {value: 0.02, unit: "1", assumed: Invented.}
    accuracy: {value: 120, unit: m, assumed: Invented.}
    displacement_time: {value: 0.5, unit: h, assumed: Invented.}
    staying_power: {value: 1, unit: "1", assumed: Invented.}
short_battery:
  name: Invented short-range launcher
  kind: air_defence
  layer: short
  guidance: command
  assumed: Invented.
  figures:
    range_min: {value: 1.5, unit: km, assumed: Invented.}
    range_max: {range: [9, 11], unit: km, assumed: Invented.}
    altitude_min: {value: 25, unit: m, assumed: Invented.}
    altitude_max: {value: 5000, unit: m, assumed: Invented.}
    channels: {value: 1, unit: "1", assumed: Invented.}
    engagement_time: {range: [20, 40], unit: s, assumed: Invented.}
    reaction_time: {value: 25, unit: s, assumed: Invented.}
    magazine: {value: 6, unit: "1", assumed: Invented.}
    reload_time: {value: 0.5, unit: h, assumed: Invented.}
    salvo: {value: 1, unit: "1", assumed: Invented.}
    detection_range: {range: [15, 30], unit: km, assumed: Invented.}
    antenna_height: {value: 4, unit: m, assumed: Invented.}
    kill_probability_aircraft: {range: [0.4, 0.8], unit: "1", assumed: Invented.}
    kill_probability_drone: {range: [0.1, 0.5], unit: "1", assumed: Invented.}
    kill_probability_munition: {range: [0.05, 0.3], unit: "1", assumed: Invented.}
    kill_probability_missile: {value: 0.05, unit: "1", assumed: Invented.}
long_battery:
  name: Invented long-range battery
  kind: air_defence
  layer: long
  guidance: seeker
  assumed: Invented.
  figures:
    range_min: {value: 5, unit: km, assumed: Invented.}
    range_max: {value: 75, unit: km, assumed: Invented.}
    altitude_min: {value: 25, unit: m, assumed: Invented.}
    altitude_max: {value: 27, unit: km, assumed: Invented.}
    channels: {value: 3, unit: "1", assumed: Invented.}
    engagement_time: {range: [30, 60], unit: s, assumed: Invented.}
    reaction_time: {value: 30, unit: s, assumed: Invented.}
    magazine: {value: 12, unit: "1", assumed: Invented.}
    reload_time: {value: 1, unit: h, assumed: Invented.}
    salvo: {value: 2, unit: "1", assumed: Invented.}
    detection_range: {value: 150, unit: km, assumed: Invented.}
    antenna_height: {value: 15, unit: m, assumed: Invented.}
    kill_probability_aircraft: {range: [0.5, 0.9], unit: "1", assumed: Invented.}
    kill_probability_drone: {range: [0.2, 0.6], unit: "1", assumed: Invented.}
    kill_probability_munition: {range: [0.05, 0.3], unit: "1", assumed: Invented.}
    kill_probability_missile: {value: 0.2, unit: "1", assumed: Invented.}
noise_jammer:
  name: Invented jammer
  kind: jammer
  assumed: Invented.
  figures:
    jamming_range: {value: 60, unit: km, assumed: Invented.}
    noise_rise: {range: [3, 12], unit: dB, assumed: Invented.}
    link_loss: {value: 0.2, unit: "1", assumed: Invented.}
    false_targets: {value: 1, unit: "1", assumed: Invented.}
"""

UNITS = """\
id,side,system,place,strength,weight,posture,emission,networked,dummies_per_element,reconnoitred,groups,assumed
az-watchers,az,watcher,airfield,strength.az.watcher,,open,none,yes,,,,Invented.
az-seekers,az,seeker,airfield,strength.az.seeker,,hidden,none,yes,,,loitering,Invented.
az-decoys,az,decoy,airfield,strength.az.decoy,,open,none,no,,,decoys,Invented.
az-guns,az,gun,airfield,strength.az.gun,,dug_in,none,yes,,0.3,,Invented.
az-jammer,az,noise_jammer,airfield,strength.az.jammer,,open,always,yes,,,jamming,Invented.
arm-short-ridge,arm,short_battery,ridge,strength.arm.short,2,hidden,blinking,yes,0.5,0.6,,Invented.
arm-short-crossroads,arm,short_battery,crossroads,strength.arm.short,1,open,always,yes,,0.6,reserve,Invented.
arm-long,arm,long_battery,crossroads,strength.arm.long,,open,silent,yes,,0.8,,Invented.
arm-guns,arm,gun,crossroads,strength.arm.gun,,dug_in,none,no,1,0.5,,Invented.
"""

ORDERS = """\
id,side,unit,package,start,end,missions,targets,zones,arrival,groups,assumed
az-hunt,az,az-watchers,,2020-06-01T04:00Z,2020-06-01T20:00Z,tempo.az.watcher,air_defence artillery,,spread,,Invented.
az-strike,az,az-seekers,first,2020-06-01T04:00Z,2020-06-01T06:00Z,tempo.az.seeker,air_defence,hills,salvo,loitering,Invented.
az-lure,az,az-decoys,first,2020-06-01T04:00Z,2020-06-01T06:00Z,tempo.az.decoy,air_defence,hills,salvo,decoys,Invented.
az-fire,az,az-guns,,2020-06-01T05:00Z,2020-06-01T15:00Z,tempo.az.gun,artillery air_defence,,spread,,Invented.
arm-fire,arm,arm-guns,,2020-06-01T06:00Z,2020-06-01T18:00Z,tempo.arm.gun,artillery,,spread,,Invented.
"""

NUMBERS: Mapping[str, str] = {
    "strength.az.watcher": "value: 6",
    "strength.az.seeker": "value: 20",
    "strength.az.decoy": "value: 4",
    "strength.az.gun": "range: [10, 16]",
    "strength.az.jammer": "value: 1",
    "strength.arm.short": "range: [6, 12]",
    "strength.arm.long": "value: 2",
    "strength.arm.gun": "range: [12, 20]",
    "tempo.az.watcher": "range: [1, 3]",
    "tempo.az.seeker": "value: 0.8",
    "tempo.az.decoy": "value: 1",
    "tempo.az.gun": "value: 40",
    "tempo.arm.gun": "value: 40",
    "weather.low_cloud_share": "value: 0.2",
    "weather.fog_share": "value: 0.05",
    "weather.persistence": "value: 6",
    "weather.elevation_effect": "value: 0.5",
    "weather.november_effect": "value: 0.3",
    "information.az.quality": "range: [0.6, 0.95]",
    "information.arm.quality": "range: [0.2, 0.7]",
    "information.az.fast_delay": "value: 0.1",
    "information.arm.fast_delay": "value: 0.1",
    "information.az.slow_delay": "value: 3",
    "information.arm.slow_delay": "value: 3",
    "detection.posture.hidden": "value: 0.1",
    "detection.posture.dug_in": "value: 0.3",
    "detection.posture.sheltered": "value: 0.3",
    "detection.posture.open": "value: 1",
    "detection.posture.moving": "value: 1.5",
    "detection.dwell.emplaced": "value: 48",
    "detection.dwell.mobile": "value: 4",
    "detection.firing_rate": "value: 0.1",
    "air_defence.blinking_period": "value: 60",
    "air_defence.looks": "value: 100",
    "air_defence.reloads": "value: 1",
    "fires.spacing": "value: 5",
}
"""Parameters for which the middle of the limits would make no sense."""

FILES = {
    "settings": "scenario.yaml",
    "parameters": "parameters.yaml",
    "systems": "systems.yaml",
    "places": "places.csv",
    "zones": "zones.csv",
    "units": "units.csv",
    "orders": "orders.csv",
    "links": "links.csv",
    "observations": "observations.csv",
    "events": "events.csv",
    **{table: f"{table}.csv" for table in GROUND_TABLES},
}

Change = str | Mapping[str, str] | None
"""A whole new file; or what to replace by what, each once; or None for no such file."""


GROUND_SETTINGS = {
    "name: hills\n": "name: front\n",
    "title: An invented day in the hills": "title: An invented day at a front",
    "cutoff: 2020-06-01T00:00": "cutoff: 2020-06-01T12:00",
    "off: [reserve]\n": "off: [reserve]\narea: [Plain, Hills]\n",
    "  - {id: no-jamming": "  - {id: no-groups, label: without mobile groups, off: [mobile]}\n  - {id: no-jamming",
}

GROUND_SYSTEMS = """\
span:
  name: Invented bridge
  kind: bridge
  assumed: Invented.
  figures:
    staying_power: {value: 2, unit: "1", assumed: Invented.}
    signature: {value: 2, unit: "1", assumed: Invented.}
"""

GROUND_PLACES = """\
id,official_name,kind,region,zone,latitude,longitude,elevation_m,held_by,ground,fortification,line,value,assumed
airfield,Airfield,airfield,Plain,plain,40.00,47.20,100,az,flat,,,,Invented.
ford,Ford,village,Plain,plain,40.00,47.08,200,az,flat,,,,Invented.
crossroads,Crossroads,town,Hills,hills,40.00,46.95,600,arm,rolling,0.4,1,1,Invented.
ridge,Ridge,ridge,Hills,hills,40.05,46.85,1100,arm,rugged,0.6,2,2,Invented.
depot,Depot,town,Beyond,hills,40.08,46.75,900,arm,rolling,,,,Invented.
"""

GROUND_UNITS = """\
id,side,system,place,formation,strength,weight,posture,emission,networked,dummies_per_element,reconnoitred,groups,assumed
az-watchers,az,watcher,airfield,,strength.az.watcher,,open,none,yes,,,,Invented.
az-seekers,az,seeker,airfield,,strength.az.seeker,,hidden,none,yes,,,loitering,Invented.
az-decoys,az,decoy,airfield,,strength.az.decoy,,open,none,no,,,decoys,Invented.
az-guns,az,gun,airfield,az-brigade,strength.az.gun,,dug_in,none,yes,,0.3,,Invented.
az-jammer,az,noise_jammer,airfield,,strength.az.jammer,,open,always,yes,,,jamming,Invented.
arm-short-ridge,arm,short_battery,ridge,,strength.arm.short,2,hidden,blinking,yes,0.5,0.6,,Invented.
arm-short-crossroads,arm,short_battery,crossroads,,strength.arm.short,1,open,always,yes,,0.6,reserve,Invented.
arm-long,arm,long_battery,crossroads,,strength.arm.long,,open,silent,yes,,0.8,,Invented.
arm-guns,arm,gun,crossroads,arm-regiment,strength.arm.gun,,dug_in,none,no,1,0.5,,Invented.
arm-bridge,arm,span,ridge,,strength.arm.bridge,,open,none,no,,1,,Invented.
"""

WAYS = """\
id,from_place,to_place,kind,length_km,climb_m,ground,mines,ditch,line,supply_t_per_day,bridge,link,groups,assumed
airfield-ford,airfield,ford,road,11,,flat,,,,900,,,,Invented.
ford-crossroads,ford,crossroads,road,12,,rolling,0.5,yes,1,600,,,,Invented.
crossroads-ridge,crossroads,ridge,track,13,500,rugged,,,2,200,,,,Invented.
ford-ridge,ford,ridge,foot_path,22,,rugged,,,,0,,,,Invented.
ridge-depot,ridge,depot,road,10,,rugged,,,,400,arm-bridge,,,Invented.
"""

FORMATIONS = """\
id,side,name,kind,place,axis,stance,strength,weight,contact,quality,turnout,arrival,groups,assumed
az-brigade,az,Brigade,mechanised,ford,main,attack,strength.az.brigade,,contact.line,quality.az,,,,Invented.
az-reserve,az,Reserve,rifle,airfield,main,hasty,strength.az.reserve,,contact.line,quality.az,,arrival.az,,Invented.
az-groups,az,Mobile groups,special,ford,groups,attack,strength.az.groups,,contact.groups,quality.az,,,mobile,Invented.
arm-regiment,arm,Regiment,rifle,crossroads,,prepared,strength.arm.men,2,contact.line,quality.arm,,,,Invented.
arm-battalion,arm,Battalion,garrison,ridge,counter,fortified,strength.arm.men,1,contact.line,quality.arm,,,,Invented.
arm-militia,arm,Militia,militia,depot,,hasty,strength.arm.militia,,contact.line,quality.arm,turnout.arm,arrival.arm,,Invented.
"""

GOALS = """\
id,side,axis,rank,task,place,when_held,when_ratio,after_h,caution,groups,assumed
az-crossroads,az,main,1,take,crossroads,,1.5,,0.3,,Invented.
az-ridge,az,main,2,take,ridge,crossroads,1.5,,0.3,,Invented.
az-behind,az,groups,1,infiltrate,ridge,,,6,,,Invented.
arm-retake,arm,counter,1,counter_attack,crossroads,ridge,1,,,,Invented.
"""

SUPPLIES = """\
id,side,place,delivery,groups,assumed
az-rear,az,airfield,delivery.az,,Invented.
arm-rear,arm,depot,delivery.arm,,Invented.
"""

CIVILIANS = """\
place,side,civilians,weight,assumed
crossroads,arm,civilians.hills,2,Invented.
ridge,arm,civilians.hills,1,Invented.
ford,az,civilians.ford,,Invented.
"""

CITY_STRIKES = """\
id,side,place,time,munitions,munitions_low,munitions_high,system,known_from,given,groups,assumed
morning,az,crossroads,2020-06-01T02:00Z,12,,,gun,2020-06-01T03:00Z,yes,,Invented.
noon,arm,ford,2020-06-01T11:00Z,,2,10,,2020-06-01T13:00Z,yes,,Invented.
evening,arm,ford,2020-06-01T19:00Z,4,,,,2020-06-01T20:00Z,yes,,Invented.
shown,arm,airfield,2020-06-01T01:00Z,4,,,,2020-06-01T02:00Z,no,,Invented.
"""

TRUCES = """\
id,time,known_from,given,assumed
pause,2020-06-01T18:00Z,2020-06-01T18:00Z,yes,Invented.
"""

TERMS = """\
place,days,side,assumed
crossroads,5,az,Invented.
ridge,10,,Invented.
"""

GROUND_NUMBERS: Mapping[str, str] = {
    "strength.arm.bridge": "value: 1",
    "strength.az.brigade": "range: [2000, 3000]",
    "strength.az.reserve": "range: [500, 1500]",
    "strength.az.groups": "range: [100, 300]",
    "strength.arm.men": "range: [1500, 2500]",
    "strength.arm.militia": "range: [200, 800]",
    "contact.line": "range: [0.2, 0.5]",
    "contact.groups": "value: 1",
    "quality.az": "value: 1",
    "quality.arm": "value: 1",
    "turnout.arm": "range: [0.3, 0.8]",
    "arrival.az": "value: 10",
    "arrival.arm": "value: 12",
    "delivery.az": "range: [100, 300]",
    "delivery.arm": "range: [50, 150]",
    "civilians.hills": "range: [5000, 8000]",
    "civilians.ford": "value: 900",
}
"""Parameters that only rows of the ground half name."""


def parameters_text(ground: bool = False) -> str:
    """Return a value for every parameter that the model asks of a campaign, with or without a ground half."""
    specs = for_sides(parameters_of("campaign"), SIDES)
    named = {
        name: spec
        for name, spec in specs.items()
        if not name.endswith(ANY) and (ground or not spec.needed_by)
    }
    numbers = {**NUMBERS, **GROUND_NUMBERS} if ground else NUMBERS
    units = {name: spec_of(specs, name).unit for name in {**numbers, **named}}  # type: ignore[union-attr]
    return "".join(
        f'{name}: {{{numbers.get(name) or _middle(named[name])}, unit: "{unit}", assumed: Invented.}}\n'
        for name, unit in units.items()
    )


def _middle(spec: ParameterSpec) -> str:
    low, high = spec.low, spec.high
    if low is not None and high is not None:
        return f"value: {(low + high) / 2}"
    return f"value: {max(low or 0.0, 1.0)}"


def campaign_files() -> dict[str, str]:
    """Return the files of the campaign, by the key under which `write_campaign` changes them."""
    return {
        "settings": SETTINGS,
        "parameters": parameters_text(),
        "systems": SYSTEMS,
        "places": PLACES,
        "zones": ZONES,
        "units": UNITS,
        "orders": ORDERS,
    }


def ground_files() -> dict[str, str]:
    """Return the files of the campaign with a ground half, by the same keys."""
    return {
        "settings": changed(SETTINGS, GROUND_SETTINGS),
        "parameters": parameters_text(ground=True),
        "systems": SYSTEMS + GROUND_SYSTEMS,
        "places": GROUND_PLACES,
        "zones": ZONES,
        "units": GROUND_UNITS,
        "orders": ORDERS,
        "ways": WAYS,
        "formations": FORMATIONS,
        "goals": GOALS,
        "supplies": SUPPLIES,
        "civilians": CIVILIANS,
        "city_strikes": CITY_STRIKES,
        "truces": TRUCES,
        "terms": TERMS,
    }


def write_campaign(folder: Path, **changes: Change) -> Path:
    """Write the invented campaign, with changes to its files, and return its folder.

    Each change is called by the key of a file in ``FILES``: ``write_campaign(folder, units={"hidden": "open"})``.
    """
    return write_files(folder, campaign_files(), changes)


def write_ground(folder: Path, **changes: Change) -> Path:
    """Write the invented campaign with a ground half, with changes to its files, and return its folder."""
    return write_files(folder, ground_files(), changes)


def write_files(folder: Path, whole: Mapping[str, str], changes: Mapping[str, Change]) -> Path:
    """Write some files with changes, and return their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, str | None] = dict(whole)
    for key, change in changes.items():
        files[key] = changed(files.get(key) or "", change) if isinstance(change, Mapping) else change
    for key, text in files.items():
        if text is not None:
            (folder / FILES[key]).write_text(text, encoding="utf-8")
    return folder


def changed(text: str, replacements: Mapping[str, str]) -> str:
    """Return a text in which each of some words, which stands there once, is replaced."""
    for old, new in replacements.items():
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def load_campaign(folder: Path, **changes: Change) -> Scenario:
    """Write the invented campaign with changes, and load it."""
    return load(write_campaign(folder, **changes), parameters_of)


def load_ground(folder: Path, **changes: Change) -> Scenario:
    """Write the invented campaign with a ground half with changes, and load it."""
    return load(write_ground(folder, **changes), parameters_of)


def campaign_problems(folder: Path) -> tuple[Problem, ...]:
    """Return everything that is wrong with a campaign."""
    return read(folder, parameters_of).problems
