"""A deterministic bundle with plausible curves, so that the report is tested without running the model."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import numpy as np

ZONE = timezone(timedelta(hours=4))
START = datetime(2023, 9, 24, tzinfo=ZONE)
HOURS = 264
LEVELS = {"q05": 5, "q25": 25, "q50": 50, "q75": 75, "q95": 95}

# hours since the start and persons, from the government's bulletins of 24 September to 4 October 2023
BULLETINS = (
    (20, 377, "calibration"),
    (22, 1050, "calibration"),
    (24, 1510, "calibration"),
    (30, 2906, "calibration"),
    (36, 4850, "calibration"),
    (56, 13550, "calibration"),
    (62, 19000, "calibration"),
    (64, 20270, "calibration"),
    (80, 42500, "calibration"),
    (84, 47115, "calibration"),
    (91, 53629, "calibration"),
    (106, 66500, "held_out"),
    (108, 68386, "held_out"),
    (116, 76407, "held_out"),
    (118, 78354, "held_out"),
    (128, 86560, "held_out"),
    (130, 88780, "held_out"),
    (140, 98625, "held_out"),
    (142, 98929, "held_out"),
    (154, 100417, "held_out"),
    (164, 100480, "held_out"),
    (183, 100490, "held_out"),
    (210, 100520, "held_out"),
    (258, 100632, "held_out"),
)

PLACES = (
    ("khankendi_stepanakert", "Xankəndi", "Stepanakert", None, "city", 39.8177, 46.7528, 0.48),
    ("aghdere_martakert", "Ağdərə", "Martakert", None, "town", 40.2153, 46.8186, 0.18),
    ("askeran", "Əsgəran", "Askeran", None, "town", 39.9391, 46.8316, 0.16),
    ("khojavend_martuni", "Xocavənd", "Martuni", None, "town", 39.795, 47.1117, 0.18),
    ("shusha_shushi", "Şuşa", "Shushi", None, "city", 39.7601, 46.7499, None),
    ("turshsu_lisagor", "Turşsu", "Lisagor", None, "village", 39.6875, 46.6431, None),
    ("hakari_bridge", "Həkəri körpüsü", "Hakari bridge", None, "bridge", 39.553, 46.583, None),
    ("kornidzor", "Qornidzor", "Kornidzor", "Kornidzor", "village", 39.5476, 46.5305, None),
    ("tegh", "Teğ", "Tegh", "Tegh", "village", 39.5583, 46.4805, None),
    ("goris", "Gorus", "Goris", "Goris", "town", 39.5111, 46.3417, None),
    ("sisian", "Sisyan", "Sisian", "Sisian", "town", 39.5219, 46.027, None),
    ("vayk", "Vayk", "Vayk", "Vayk", "town", 39.6903, 45.4692, None),
    ("yeghegnadzor", "Yeğeqnadzor", "Yeghegnadzor", "Yeghegnadzor", "town", 39.7644, 45.3327, None),
    ("artashat", "Artashat", "Artashat", "Artashat", "town", 39.9614, 44.5447, None),
    ("yerevan", "Yerevan", "Yerevan", "Yerevan", "city", 40.1811, 44.5136, None),
    ("abovyan", "Abovyan", "Abovyan", "Abovyan", "town", 40.2737, 44.6338, None),
    ("armavir", "Armavir", "Armavir", "Armavir", "town", 40.1545, 44.0372, None),
    ("gavar", "Gavar", "Gavar", "Gavar", "town", 40.3589, 45.1266, None),
    ("ijevan", "Ijevan", "Ijevan", "Ijevan", "town", 40.8789, 45.1485, None),
    ("vanadzor", "Vanadzor", "Vanadzor", "Vanadzor", "town", 40.8046, 44.4939, None),
    ("gyumri", "Gyumri", "Gyumri", "Gyumri", "town", 40.7894, 43.8475, None),
    ("ashtarak", "Ashtarak", "Ashtarak", "Ashtarak", "town", 40.2997, 44.362, None),
)

LINKS = (
    ("aghdere_martakert", "khankendi_stepanakert", 75, 1.9, True),
    ("askeran", "khankendi_stepanakert", 21, 0.35, True),
    ("khojavend_martuni", "khankendi_stepanakert", 46.1, 0.9, True),
    ("khankendi_stepanakert", "shusha_shushi", 12, 0.34, True),
    ("shusha_shushi", "turshsu_lisagor", 24, 0.69, True),
    ("turshsu_lisagor", "hakari_bridge", 21, 0.6, True),
    ("hakari_bridge", "kornidzor", 11.8, 0.34, True),
    ("kornidzor", "tegh", 6.7, 0.15, True),
    ("tegh", "goris", 16, 0.46, True),
    ("goris", "sisian", 37, 0.62, False),
    ("sisian", "vayk", 66, 1.1, False),
    ("vayk", "yeghegnadzor", 18, 0.3, False),
    ("yeghegnadzor", "artashat", 92, 1.53, False),
    ("artashat", "yerevan", 29, 0.48, False),
)

PROVINCES = (
    ("kotayk", "Kotayk", "abovyan", 253_000, 0.24),
    ("ararat", "Ararat", "artashat", 257_000, 0.25),
    ("syunik", "Syunik", "goris", 137_000, 0.09),
    ("armavir", "Armavir", "armavir", 265_000, 0.1),
    ("gegharkunik", "Gegharkunik", "gavar", 229_000, 0.09),
    ("aragatsotn", "Aragatsotn", "ashtarak", 125_000, 0.07),
    ("tavush", "Tavush", "ijevan", 120_000, 0.05),
    ("lori", "Lori", "vanadzor", 212_000, 0.05),
    ("vayots_dzor", "Vayots Dzor", "yeghegnadzor", 49_000, 0.04),
    ("shirak", "Shirak", "gyumri", 231_000, 0.015),
    ("yerevan", "Yerevan", "yerevan", 1_092_000, 0.005),
)


def iso(hour: float) -> str:
    """Return the moment ``hour`` hours after the start."""
    return (START + timedelta(hours=float(hour))).isoformat()


def _quantiles(sample: np.ndarray) -> dict[str, list[float]]:
    levels = {name: np.percentile(sample, level, axis=0) for name, level in LEVELS.items()}
    levels["mean"] = sample.mean(axis=0)
    return {name: [round(float(v), 2) for v in values] for name, values in levels.items()}


def _arrivals(rng: np.random.Generator, replications: int) -> np.ndarray:
    hours = np.array([0, 15, *(b[0] for b in BULLETINS), HOURS], dtype=float)
    persons = np.array([0, 0, *(b[1] for b in BULLETINS), 100_632], dtype=float)
    grid = np.arange(1, HOURS + 1)
    sample = np.empty((replications, HOURS))
    for r in range(replications):
        slope = np.exp(rng.normal(0, 0.15))
        late = np.clip(hours - 96, 0, None)
        total = 58_000 + 42_632 * np.exp(rng.normal(0, 0.25))
        scaled = np.where(hours <= 96, persons, 58_400 + (persons - 58_400) * (total - 58_400) / 42_232)
        sample[r] = np.interp(grid, np.where(hours > 96, 96 + late * slope, hours), np.maximum(scaled, 0))
    return np.maximum.accumulate(np.maximum(sample, 0), axis=1)


def _series(replications: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(20230924)
    arrivals = _arrivals(rng, replications)
    hour = np.arange(1, HOURS + 1)
    ready = np.clip((hour - 14) / 70.0, 0, 1) ** 1.5
    left = np.maximum(arrivals, arrivals[:, -1:] * ready)
    on_road = left - arrivals
    flow = np.diff(arrivals, axis=1, prepend=0)
    queue = on_road / 4.9 * 0.85
    rate = np.maximum(flow / 4.9, 40)
    delay = np.where(flow > 5, np.clip(queue / rate, 0, 40), np.nan)
    sheltered = arrivals * np.clip((hour - 24) / 240, 0.02, 0.5)
    series = {
        "arrivals": arrivals,
        "flow": flow,
        "on_road": on_road,
        "queue_vehicles": queue,
        "delay_hours": delay,
        "departed": left,
        "at_home": arrivals[:, -1:] - left,
        "vehicles_crossed": arrivals / 4.9,
        "registered": arrivals * 0.8,
        "shelter.total": sheltered,
        "shelter.unmet": sheltered * 0.1,
        "waiting_for_fuel": (arrivals[:, -1:] - left) * 0.2,
        "waiting_for_bus": (arrivals[:, -1:] - left) * 0.1,
        "own_address": arrivals * 0.4,
    }
    for slug, *_rest, share in PROVINCES:
        series[f"shelter.{slug}"] = sheltered * share * np.exp(rng.normal(0, 0.2, (replications, 1)))
    return series


def _observations() -> list[dict[str, object]]:
    rows = [("arrivals", hour, value, role, 0.0) for hour, value, role in BULLETINS]
    rows += [("delay_hours", 62, 20, "calibration", 6.0), ("delay_hours", 86, 24, "held_out", 6.0)]
    rows += [("delay_hours", 84, None, "held_out", 6.0)]
    for hour, total, role in ((68, 3253, "calibration"), (116, 17153, "held_out"), (164, 37749, "held_out")):
        rows += [(f"shelter.{slug}", hour, total * share, role, 0.0) for slug, *_r, share in PROVINCES]
    return [
        {
            "id": f"{series}.{n}",
            "series": series,
            "time": iso(hour),
            "hour": float(hour),
            "time_uncertainty_h": spread,
            "value": None if value is None else float(value),
            "low": 10.0 if value is None else None,
            "high": 38.0 if value is None else None,
            "role": role,
            "known_from": iso(hour),
            "fact": f"fact.{n}",
            "source": "Government of Armenia, press service",
            "note": "",
        }
        for n, (series, hour, value, role, spread) in enumerate(rows)
    ]


def _links() -> list[dict[str, object]]:
    return [
        {
            "id": f"{a}-{b}",
            "from": a,
            "to": b,
            "length_km": km,
            "free_flow_h": h,
            "jam_density_vehicles_per_km": 130.0,
            "road_class": "primary",
            "way_out": out,
            "open": True,
        }
        for a, b, km, h, out in LINKS
    ]


def _link_series(queue: np.ndarray, road: np.ndarray) -> dict[str, dict[str, list[float]]]:
    """Fill the road from the bridge backwards, each link up to its jam density."""
    out: dict[str, dict[str, list[float]]] = {}
    left = queue.copy()
    for a, b, km, _h, way_out in reversed(LINKS):
        name = f"{a}-{b}"
        after = b in {"kornidzor", "tegh", "goris"} or not way_out
        held = np.zeros(HOURS) if after else np.minimum(left, km * 130.0)
        left = left - held
        moving = road * 0.02 * km / 20 if way_out else np.zeros(HOURS)
        out[name] = {"queue": np.round(held, 1).tolist(), "vehicles": np.round(held + moving, 1).tolist()}
    return out


def _scores() -> list[dict[str, object]]:
    row = {"n": 12, "covered_50": 0.5, "covered_90": 0.92, "crps": 1234.0, "unit": "persons"}
    rival = {"baselines": {"logistic": 4321.0}, "best_baseline": "logistic", "ratio_best": 0.29}
    none = {"baselines": {}, "best_baseline": None, "ratio_best": None}
    return [
        {"name": "arrivals", "role": "held_out", **row, **rival},
        {"name": "arrivals.calibration", "role": "calibration", **row, **none},
    ]


def _parameters() -> list[dict[str, object]]:
    common = {"role": "input", "note": ""}
    return [
        {
            **common,
            "name": "people.population",
            "meaning": "people in the area when the road opened",
            "unit": "persons",
            "prior": [48e3, 70e3, 95e3, 110e3, 128e3],
            "posterior": [78e3, 88e3, 97e3, 108e3, 124e3],
            "evidence": ["population.P03", "population.P06"],
            "assumed": None,
        },
        {
            **common,
            "name": "people.per_vehicle",
            "meaning": "people in each private vehicle",
            "unit": "persons",
            "prior": [4.4, 4.7, 4.9, 5.1, 5.4],
            "posterior": [4.6, 4.8, 4.9, 5.0, 5.2],
            "evidence": [],
            "assumed": "bulletins give vehicles and people of the same hour only four times",
        },
        {
            **common,
            "name": "traffic.spacing",
            "meaning": "road that a standing vehicle takes",
            "unit": "m",
            "prior": [7.7] * 5,
            "posterior": None,
            "evidence": [],
            "assumed": "usual value for cars and light lorries",
        },
    ]


def _origins() -> dict[str, object]:
    centre, width = 100_632, (0.95, 0.83, 0.68, 0.44, 0.30, 0.06)

    def bands(shift: float) -> list[list[float]]:
        return [
            [round(centre * (1 + shift * w + w * f)) for f in (-0.5, -0.2, 0.02, 0.22, 0.5)] for w in width
        ]

    labels = {
        "pooled": (0.0, "All figures pooled"),
        "armenian": (0.1, "Armenian officials' figures"),
        "azerbaijani": (-0.2, "Azerbaijani officials' figures"),
        "wide": (0.05, "Nothing but 25,000 to 150,000"),
    }
    return {
        "origins": [iso(24 * n) for n in range(2, 8)],
        "priors": {name: {"label": label, "bands": bands(shift)} for name, (shift, label) in labels.items()},
        "prior_bands": {name: [48e3, 70e3, 95e3, 110e3, 128e3] for name in labels},
        "record": 100_632,
    }


def fake_bundle(replications: int = 60) -> dict[str, object]:
    """Return a bundle as :func:`staffride.present.bundle.build_bundle` would, equal on every call."""
    sample = _series(replications)
    series = {}
    for name, values in sample.items():
        with np.errstate(all="ignore"):
            filled = np.where(
                np.isfinite(values), values, np.nanmean(np.where(np.isfinite(values), values, np.nan))
            )
        series[name] = _quantiles(filled)
    middle = series["queue_vehicles"]["q50"], series["on_road"]["q50"]
    links = _link_series(*(np.asarray(v) for v in middle))
    return {
        "run": {
            "folder": "runs/karabakh-2023-1",
            "scenario": "karabakh-2023",
            "title": "Displacement of September 2023",
            "description": "People leave over one mountain road.",
            "seed": 1,
            "replications": replications,
            "version": "0.1.0",
            "cutoff": iso(96),
            "conditioned_until": iso(96),
            "prior": False,
            "wall_seconds": 3.2,
            "complete": True,
            "command": "staffride run karabakh-2023 --seed 1",
            "finished": iso(300),
            "digests": {"scenario": "ab" * 32, "fit": "cd" * 32, "tables": "ef" * 32},
        },
        "period": {"start": iso(0), "end": iso(HOURS), "hours": HOURS, "time_zone": "Asia/Yerevan"},
        "times": [iso(k) for k in range(1, HOURS + 1)],
        "series": series,
        "totals": {
            "arrivals": {k: v[-1] for k, v in series["arrivals"].items()},
            "queue_vehicles.longest": {k: max(v) for k, v in series["queue_vehicles"].items()},
        },
        "observations": _observations(),
        "scores": _scores(),
        "places": [
            {
                "id": i,
                "name_az": az,
                "name_hy": hy,
                "official_name": official,
                "kind": kind,
                "latitude": lat,
                "longitude": lon,
                "share": share,
            }
            for i, az, hy, official, kind, lat, lon, share in PLACES
        ],
        "provinces": [{"slug": s, "name": n, "place": p, "population": pop} for s, n, p, pop, _ in PROVINCES],
        "links": _links(),
        "paths": {
            "median": {
                "label": "Median of the ensemble",
                "links": links,
                "series": {name: values["q50"] for name, values in series.items()},
            },
            "one": {
                "label": "One run (number 17)",
                "links": links,
                "series": {
                    name: [round(float(v), 2) if np.isfinite(v) else None for v in values[17]]
                    for name, values in sample.items()
                },
            },
        },
        "origins": _origins(),
        "parameters": _parameters(),
        "rests_on": {"all": 3, "record": 1, "both": 0, "assumed": 2, "weak": 1},
        "apart": {
            "together": [["people in the area when the road opened", "people in each private vehicle", 0.61]],
            "uninformed": ["road that a standing vehicle takes"],
        },
        "facts": {
            "population.P03": "population: 120,000 persons (press; medium confidence)",
            "population.P06": "population: 25,000 persons (press; low confidence)",
        },
        "claims": [
            {
                "id": "claim.Q118",
                "text": "Most of the people of the area left for Armenia.",
                "document": "document_004",
                "title": "An outside view",
                "side": "neither side",
                "paragraph": 12,
                "start": 40,
                "length": 51,
                "sha256": "0f" * 32,
                "class": "a figure of the record",
                "reason": "the share depends on a contested population",
                "elsewhere": "between 80 and 99 per cent",
                "agreement": "agrees",
                "series": ["arrivals"],
            },
        ],
        "sources": [
            {"id": "gov_armenia", "text": "Bulletins; Government of Armenia", "terms": "quoted facts"},
            {"id": "noaa_globe", "text": "GLOBE elevation grid; NOAA", "terms": "public domain"},
        ],
        "name_order": "az_hy",
        "checkpoint": "hakari_bridge",
        "score_sentences": ["Of 12 flows between successive bulletins, the 90 % band holds 11."],
    }
