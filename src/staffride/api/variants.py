"""Which variants of a campaign run beside its baseline: all, none, or those that the user names."""

from __future__ import annotations

from collections.abc import Iterable

from staffride.errors import InputError, Problem, nearest
from staffride.results.manifest import Settings
from staffride.scenario.schema import Scenario

ALL, NONE = "all", "none"


def choice_of(asked: str | Iterable[str] | None) -> str | None:
    """Return a choice of variants in one form: ``all``, ``none``, or ids with commas between them.

    >>> choice_of(" no-drones, no-decoys"), choice_of(["no-drones"]), choice_of([]), choice_of(None)
    ('no-drones,no-decoys', 'no-drones', 'none', None)
    """
    if asked is None:
        return None
    names = asked.split(",") if isinstance(asked, str) else asked
    return ",".join(name.strip() for name in names if name.strip()) or NONE


def with_variants(scenario: Scenario, asked: str | None) -> tuple[Scenario, str]:
    """Return the scenario with the chosen variants alone, in its own order, and the choice in that order.

    The baseline does not change by it: every number is keyed by names, none by how many variants there are.

    Raises
    ------
    InputError
        The scenario lacks a variant that is named; every one at once.
    """
    choice = choice_of(asked) or ALL
    if choice == ALL:
        return scenario, ALL
    wanted = [] if choice == NONE else choice.split(",")
    known = [variant.id for variant in scenario.variants]
    missing = [_unknown(scenario, name, known) for name in dict.fromkeys(wanted) if name not in known]
    if missing:
        raise InputError(missing)
    kept = tuple(variant for variant in scenario.variants if variant.id in wanted)
    return scenario.model_copy(update={"variants": kept}), ",".join(one.id for one in kept) or NONE


def variants_option(settings: Settings) -> str:
    """Return the choice of variants as an option of `staffride run`; a comparison of policies has no such option."""
    return "" if settings.policies or settings.variants == ALL else f"--variants {settings.variants}"


def _unknown(scenario: Scenario, name: str, known: list[str]) -> Problem:
    """Return what to say of a variant that is not there."""
    if not known:
        text = f"{scenario.name} has no variants, and so no {name!r}"
        return Problem(text, expected="--variants all or none", suggestion="leave --variants out")
    expected = f"all, none, or some of {', '.join(known)} with commas between them"
    return Problem(
        f"{scenario.name} has no variant {name!r}", expected=expected, suggestion=nearest(name, known)
    )
