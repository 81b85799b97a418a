"""Policies beside a baseline under the same luck: what each changes of every measure, read from a finished run.

An effect depends on its own policy and the baseline alone: comparing more policies changes no number of any other. How
many intervals are shown is said, and those of the measures of people also come at a level at which all of one policy
hold together.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from staffride.errors import nearest
from staffride.lab.comparison_effect import Effect, effect_of, holm, simultaneous
from staffride.lab.comparison_tables import effect_row, sheet
from staffride.lab.measures import BASELINE, Floats, Measure, measures_of, sides_of
from staffride.results.paired import variant_column

if TYPE_CHECKING:
    from staffride.lab.comparison_drivers import Drivers
    from staffride.lab.comparison_ranking import Dominance, Ranked, Regret
    from staffride.lab.dose_curves import DoseCurve
    from staffride.results.manifest import VariantRecord
    from staffride.results.run import Run

NAMED_PLACES = ("city", "town")
"""Kinds of places whose change of control is a measure of its own."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """Policies beside a baseline, replication by replication.

    Attributes
    ----------
    scenario, kind, seed, replications
        Which run it was read from.
    end_h
        Length of the period in hours.
    measures
        People first.
    policies
        Id, label and question of each policy, in the order of the run.
    effects
        (policy, id of the measure) -> what the policy changes.
    columns
        (policy or ``baseline``, id of the measure) -> its values, (replications,).
    parameters
        Name -> values (replications,) of the drawn parameters that vary.
    run
        The run itself, for all else.
    """

    scenario: str
    kind: str
    seed: int
    replications: int
    end_h: float
    measures: tuple[Measure, ...]
    policies: tuple[VariantRecord, ...]
    effects: Mapping[tuple[str, str], Effect]
    columns: Mapping[tuple[str, str], Floats]
    parameters: Mapping[str, Floats]
    run: Run

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ids of the policies."""
        return tuple(policy.id for policy in self.policies)

    @property
    def arms(self) -> tuple[str, ...]:
        """Return the ids of the policies behind that of the baseline."""
        return (BASELINE, *self.ids)

    @property
    def people(self) -> tuple[Measure, ...]:
        """Return the measures of people: those of which it is neutral to say what is better."""
        return tuple(one for one in self.measures if one.counts_people)

    @cached_property
    def counted(self) -> tuple[Measure, ...]:
        """Return the measures that are other than zero or missing somewhere; the others tell nothing."""
        return tuple(one for one in self.measures if np.nan_to_num(self._found(one)).any())

    @property
    def intervals(self) -> int:
        """Return how many 95 % intervals tell something: about one in twenty of them misses by chance alone."""
        telling = {one.id for one in self.counted}
        return sum(measure in telling for _, measure in self.effects)

    def measure(self, name: str) -> Measure:
        """Return a measure by its id.

        Raises
        ------
        KeyError
            There is none.
        """
        known = {one.id: one for one in self.measures}
        if name not in known:
            suggestion = nearest(name, known) or f"it has {', '.join(known)}"
            raise KeyError(f"the comparison has no measure {name!r}; {suggestion}")
        return known[name]

    def effect(self, policy: str, measure: str) -> Effect:
        """Return what a policy changes of a measure, both by id.

        Raises
        ------
        KeyError
            There is no such policy or measure.
        """
        if policy not in self.ids:
            suggestion = nearest(policy, self.ids) or f"it has {', '.join(self.ids) or 'none'}"
            raise KeyError(f"the comparison has no policy {policy!r}; {suggestion}")
        return self.effects[policy, self.measure(measure).id]

    def effects_of(self, policy: str) -> tuple[Effect, ...]:
        """Return the effects of a policy in the order of the measures."""
        known = (self.effects.get((policy, one.id)) for one in self.measures)
        return tuple(effect for effect in known if effect is not None)

    def values(self, arm: str, measure: str) -> Floats:
        """Return the values (replications,) of a measure under a policy or the ``baseline``."""
        return self.columns[arm, measure]

    def changes_nothing(self, policy: str) -> bool:
        """Return whether a policy leaves every value of every measure as it is."""
        return all(
            np.array_equal(self.columns[BASELINE, one], self.columns[policy, one], equal_nan=True)
            for arm, one in self.effects
            if arm == policy
        )

    def ranking(self, measure: str) -> tuple[Ranked, ...]:
        """Return baseline and policies by their mean of a measure; see `staffride.lab.comparison_ranking`."""
        from staffride.lab.comparison_ranking import ranking

        return ranking(self, self.measure(measure))

    def dominance(self) -> Dominance:
        """Return which policy dominates which over the measures of people, and which none dominates."""
        from staffride.lab.comparison_ranking import dominance

        return dominance(self)

    def regret(self, measure: str) -> Regret:
        """Return the regret of baseline and policies over the futures of the run, in a measure that is judged."""
        from staffride.lab.comparison_ranking import regret

        return regret(self, self.measure(measure))

    def drivers(self, policy: str, measure: str) -> Drivers:
        """Return on which drawn parameters an effect rests."""
        from staffride.lab.comparison_drivers import drivers

        return drivers(self, self.effect(policy, measure))

    def dose_curves(self) -> tuple[DoseCurve, ...]:
        """Return outcome against dose, where policies differ in one dose of one lever alone."""
        from staffride.lab.dose_curves import dose_curves

        return dose_curves(self)

    def table(self) -> list[Row]:
        """Return one plain row for each policy and measure, in their order; a number that does not exist is None."""
        return [effect_row(effect) for policy in self.ids for effect in self.effects_of(policy)]

    def to_json(self) -> Row:
        """Return everything as plain values, each number finite or None."""
        from staffride.lab.comparison_tables import as_json

        return as_json(self)

    def __repr__(self) -> str:
        """Return the effects on people as a sheet to read."""
        return sheet(self)

    def _found(self, measure: Measure) -> Floats:
        """Return the values of a measure, (arms, replications)."""
        return np.stack(
            [self.columns[arm, measure.id] for arm in self.arms if (arm, measure.id) in self.columns]
        )


def compare_run(run: Run, measures: Sequence[Measure] | None = None) -> Comparison:
    """Return what the policies of a finished run change.

    Parameters
    ----------
    run
        With policies or variants beside its baseline.
    measures
        What is compared; by default all that the run has the totals for, with the change of control of its towns.
    """
    names = run.total_names
    if measures is None:
        sides, places = sides_of(names), named_places(run.scenario_folder)
        measures = measures_of(run.manifest.kind, sides, names, places)
    columns = _columns(run, measures)
    parameters = run.totals.read(*run.parameter_names) if run.parameter_names else {}
    effects = {
        (policy.id, effect.measure.id): effect
        for policy in run.variants
        for effect in _effects(policy.id, measures, columns)
    }
    return Comparison(
        scenario=run.scenario,
        kind=run.manifest.kind,
        seed=run.seed,
        replications=run.replications,
        end_h=float(run.manifest.settings.hours),
        measures=tuple(one for one in measures if (BASELINE, one.id) in columns),
        policies=tuple(run.variants),
        effects=effects,
        columns=columns,
        parameters={name: column for name, column in parameters.items() if np.unique(column).size > 1},
        run=run,
    )


def named_places(folder: Path) -> dict[str, str] | None:
    """Return the towns in the tables of a scenario's folder and its stages, id -> name; ``None`` without a table."""
    tables = sorted(folder.rglob("places.csv"))
    found: dict[str, str] = {}
    for table in tables:
        lines = table.read_text(encoding="utf-8").splitlines()
        for row in csv.DictReader(line for line in lines if not line.startswith("#")):
            if row["kind"] in NAMED_PLACES:
                both = dict.fromkeys(filter(None, (row.get("name_az"), row.get("name_hy"))))
                found[row["id"]] = row.get("official_name") or " / ".join(both)
    return found if tables else None


def _columns(run: Run, measures: Sequence[Measure]) -> dict[tuple[str, str], Floats]:
    """Return the values of every measure in every arm that has all its totals, from one reading of the table."""
    known, end_h = frozenset(run.total_names), float(run.manifest.settings.hours)
    wanted: dict[tuple[str, str], tuple[Measure, list[str]]] = {}
    for arm in (BASELINE, *(policy.id for policy in run.variants)):
        for one in measures:
            names = [name if arm == BASELINE else variant_column(name, arm) for name in one.totals]
            if known.issuperset(names):
                wanted[arm, one.id] = one, names
    read = (
        run.totals.read(*dict.fromkeys(name for _, names in wanted.values() for name in names))
        if wanted
        else {}
    )
    return {key: one.read([read[name] for name in names], end_h) for key, (one, names) in wanted.items()}


def _effects(
    policy: str, measures: Sequence[Measure], columns: Mapping[tuple[str, str], Floats]
) -> list[Effect]:
    """Return the effects of one policy, those on people with the intervals that hold together."""
    found = [
        effect_of(one, policy, columns[BASELINE, one.id], columns[policy, one.id])
        for one in measures
        if (policy, one.id) in columns and (BASELINE, one.id) in columns
    ]
    people = [at for at, effect in enumerate(found) if effect.measure.counts_people]
    corrected = holm(np.array([found[at].p for at in people]))
    for at, p in zip(people, corrected, strict=True):
        together = simultaneous(found[at], len(people))
        found[at] = replace(found[at], simultaneous=together, holm_p=float(p), family=len(people))
    return found
