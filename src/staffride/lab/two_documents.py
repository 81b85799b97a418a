"""The two documents put to the test: which policies are run, and what is known of the record beforehand.

Document 001 holds that the latest air defence would only have drawn out the defeat (claim.Q032); document 004 advises
to invest in air defence in layers and in jamming (claim.Q132). Here stands the design alone: every policy that is run,
the measures, and the bounds that were fixed beforehand. `staffride.lab.two_documents_figures` makes numbers of it.

Raids are given in the scenario. So each policy runs twice: under the raids as given, and under raids that turn first to
what threatens them. The second kind is compared with such raids without the policy, so that a difference is always that
of the policy alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from staffride.lab.measures import BASELINE, Measure, measures_of

Plan: TypeAlias = Literal["fixed", "adapted"]
Cueing: TypeAlias = Literal["record", "joined", "none"]

SCENARIO = "karabakh-2020"
ATTACKER, DEFENDER = "az", "arm"
"""Whose raids, and whose air defence the two documents speak of."""

PLACE, PLACE_NAME = "shusha_shushi", "Shusha / Shushi"

ADAPT = "raids-adapt"
REFERENCE: dict[Plan, str] = {"fixed": BASELINE, "adapted": ADAPT}
"""What the policies of each plan are compared with."""

PLANS: tuple[Plan, ...] = ("fixed", "adapted")
LAYERS = ("portable", "gun", "short", "medium", "long")
FACTORS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
"""Launchers of every layer, as factors on the record: from none to three times."""

ENDS = (0.0, 3.0)
"""The factors that each layer has alone."""

JAMMED = (1.0, 2.0, 3.0)
"""The factors that go together with twice the jammers."""

MODERN = ((12.0, 0.0), (50.0, 12.0), (100.0, 25.0))
"""Launchers of the newest short and medium layer. The middle one is that by which claim.Q032
is tested; the last is the most that the lever takes."""

INSTEAD = MODERN[1]
"""What stands in the place of all launchers of the record: "none but the newest"."""

ALL, ADDED, REPLACED, JAMMING = "all layers", "newest added", "newest instead", "with own jamming"

DRONES_LOST = f"lost.armed_drone.{ATTACKER}"
FEW_LOST = 4.0
"""Bayraktar TB2 lost, up to which a future counts as one in which the drones fared as the record says. Two is what an
open-source estimate gives for the war (losses_2020.L157) and what document 001 gives for Shusha / Shushi alone
(losses_2020.L158); twice that allows for what neither saw. Fixed from these figures, before
any effect of a policy was looked at."""

FEW_LOST_EVIDENCE = ("losses_2020.L157", "losses_2020.L158")

DAY_H = 24.0
"""A change of control counts as later or earlier where it moves by a day or more."""


@dataclass(frozen=True)
class Arm:
    """One policy of the experiment.

    Attributes
    ----------
    policy
        Its id, in the canonical form in which a run keeps it.
    plan, family, cueing
        Raids fixed or adapted; what is dosed; batteries joined as the record has it, all, or none.
    dose
        Factor on the launchers, or launchers of the newest kind.
    """

    policy: str
    plan: Plan
    family: str
    cueing: Cueing
    dose: float

    @property
    def series(self) -> tuple[str, str, str]:
        """Return what the doses of one curve have in common."""
        return self.plan, self.family, self.cueing


def arms(plan: Plan) -> tuple[Arm, ...]:
    """Return the policies that run under a plan, its reference not among them."""
    head = () if plan == "fixed" else (ADAPT,)
    return tuple(
        Arm("+".join((*head, *levers)), plan, family, cueing, dose)
        for family, cueing, dose, levers in (*_all_layers(), *_one_layer(), *_newest(), *_jammed())
        if levers
    )


def policies(plan: Plan) -> tuple[str, ...]:
    """Return the ids of all policies of a plan's run, in its order."""
    own = tuple(arm.policy for arm in arms(plan))
    return own if plan == "fixed" else (ADAPT, *own)


Choice: TypeAlias = tuple[str, Cueing, float, tuple[str, ...]]
"""Family, cueing, dose, and the levers in canonical form."""


def _all_layers() -> Iterator[Choice]:
    for cueing in ("record", "joined", "none"):
        for factor in FACTORS:
            if factor > 0.0 or cueing == "record":  # without launchers there is nothing to join
                yield ALL, cueing, factor, _levers(factor, cueing)


def _one_layer() -> Iterator[Choice]:
    for layer in LAYERS:
        for factor in ENDS:
            lever = f"layered-air-defence:1,{layer}={factor:g}"
            yield layer, "record", factor, (lever,)
            yield layer, "joined", factor, (lever, "networked-cueing")


def _newest() -> Iterator[Choice]:
    for cueing in ("record", "joined"):
        joined = ("networked-cueing",) if cueing == "joined" else ()
        for short, medium in MODERN:
            yield ADDED, cueing, short + medium, (_modern(short, medium), *joined)
        yield REPLACED, cueing, sum(INSTEAD), ("layered-air-defence:0", _modern(*INSTEAD), *joined)


def _jammed() -> Iterator[Choice]:
    for cueing in ("record", "joined"):
        for factor in JAMMED:
            yield JAMMING, cueing, factor, (*_levers(factor, cueing), "own-jamming")


def _levers(factor: float, cueing: Cueing) -> tuple[str, ...]:
    """Return the levers for a factor on every layer; none for the record itself.

    >>> _levers(2.0, "joined"), _levers(1.0, "record"), _levers(3.0, "none")
    (('layered-air-defence:2', 'networked-cueing'), (), ('layered-air-defence,networked=no',))
    """
    head = "layered-air-defence" if factor == ENDS[1] else f"layered-air-defence:{factor:g}"
    if cueing == "none":
        return (f"{head},networked=no",)
    own = () if factor == 1.0 else (head,)
    return (*own, "networked-cueing") if cueing == "joined" else own


def _modern(short: float, medium: float) -> str:
    """Return the lever that adds launchers of the newest kind; 12 of the short layer are its default."""
    head = "modern-air-defence" if short == MODERN[0][0] else f"modern-air-defence:{short:g}"
    return f"{head},medium={medium:g}" if medium else head


HELD = f"changed.{PLACE}.until"
CHANGES, DATE = f"changed.{PLACE}.probability", f"changed.{PLACE}.date"
GROUND, END = f"held_share.{DEFENDER}", "end_h"
COURSE = (CHANGES, HELD, DATE, GROUND, END)
PEOPLE = tuple(
    f"{what}.{side}"
    for what in ("deaths", "displaced", "civilian_deaths")
    for side in ("both", ATTACKER, DEFENDER)
)
MUNITIONS_LOST, BATTERIES_LOST = f"lost.loitering_munition.{ATTACKER}", f"lost.air_defence.{DEFENDER}"
MATERIEL = (DRONES_LOST, MUNITIONS_LOST, BATTERIES_LOST)
LEAKED = f"leakage.{DEFENDER}"
OUTCOMES = (CHANGES, HELD, GROUND, "deaths.both", "displaced.both", "civilian_deaths.both")
"""What sentences are made of."""


def measures(total_names: Sequence[str]) -> tuple[Measure, ...]:
    """Return the measures of the experiment that a run has the totals for, in their order."""
    known = measures_of("campaign", (ATTACKER, DEFENDER), total_names, {PLACE: PLACE_NAME})
    held = f"time to the change of control of {PLACE_NAME}, at most the period"
    through = f"share of the threats to side {DEFENDER} that got through"
    own = (
        Measure(HELD, held, "", "h", f"changed.{PLACE}", "none", "course", "until", PLACE),
        Measure(LEAKED, through, DEFENDER, "1", LEAKED, "none", "military"),
    )
    found = {one.id: one for one in (*known, *own) if set(one.totals) <= set(total_names)}
    return tuple(found[name] for name in (*COURSE, *PEOPLE, *MATERIEL, LEAKED) if name in found)
