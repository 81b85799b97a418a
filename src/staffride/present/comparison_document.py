"""A comparison as one JSON object: what ``--json`` prints, with the names of the Python interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from staffride.errors import InputError, Problem, nearest
from staffride.lab.comparison import compare_run
from staffride.lab.comparison_tables import as_json
from staffride.present.comparison_policies import policies_of
from staffride.results.document import about_run
from staffride.results.run import Run
from staffride.scenario.schema import Scenario

Json = dict[str, Any]


def as_document(run: Run, scenario: Scenario, measures: Sequence[str] = ()) -> Json:
    """Return a comparison as plain objects; every number is finite or ``None``.

    Parameters
    ----------
    measures
        Ids of those to tell of; by default all that count something.

    Raises
    ------
    InputError
        The comparison does not have one of them.
    """
    comparison = compare_run(run)
    counted = [one.id for one in comparison.counted]
    check_measures(run, measures, [one.id for one in comparison.measures])
    shown, found = frozenset(measures or counted), as_json(comparison)
    return {
        "run": {**about_run(run), "kind": comparison.kind, "mode": run.manifest.settings.mode},
        "intervals": comparison.intervals,
        "measures": [row for row in found["measures"] if row["id"] in shown],
        "policies": policies_of(scenario, found["policies"]),
        "effects": [row for row in found["effects"] if row["measure"] in shown],
        "ranking": {name: rows for name, rows in found["rankings"].items() if name in shown},
        "dominance": found["dominance"],
        "regret": {name: rows for name, rows in found["regrets"].items() if name in shown},
        "drivers": [row for row in found["drivers"] if row["measure"] in shown],
        "dose_curves": [row for row in found["dose_curves"] if row["measure"] in shown],
    }


def check_measures(run: Run, wanted: Sequence[str], known: Sequence[str]) -> None:
    """Refuse measures that a comparison does not have; what was run is kept.

    Raises
    ------
    InputError
        With every one of them.
    """
    problems = [
        Problem(
            f"the comparison has no measure {name!r}; its results are kept in {run.folder}",
            expected="one of " + ", ".join(known),
            suggestion=nearest(name, known),
        )
        for name in dict.fromkeys(wanted)
        if name not in known
    ]
    if problems:
        raise InputError(problems)
