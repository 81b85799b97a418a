"""What can be wrong with a campaign although each of its parts is well formed: one function a question."""

from __future__ import annotations

from datetime import datetime
from fnmatch import fnmatchcase

from staffride.errors import nearest
from staffride.scenario.campaign_schema import Order, System, Unit, Variant, figure_parameter
from staffride.scenario.draft import Draft
from staffride.scenario.figures import AT_TROOPS, FIGURE, SHOOTERS
from staffride.scenario.fit import PRACTICAL_RANGE, check_fit, check_value
from staffride.scenario.ground_checks import check_ground, require_within
from staffride.scenario.names import require_known, require_parameter
from staffride.scenario.quantity import ParameterSpec, Quantity
from staffride.scenario.specs import figure_spec, spec_of
from staffride.scenario.tables import TABLES
from staffride.units import factor, same_kind

ORDERED_FIGURES = (("altitude_min", "altitude_max"), ("range_min", "range_max"), ("altitude", "ceiling"))
"""Pairs of figures of which the first is never above the second."""


NAMING = {
    "units": ("strength",),
    "orders": ("missions",),
    "formations": ("strength", "contact", "quality", "turnout", "arrival"),
    "supplies": ("delivery",),
    "civilians": ("civilians",),
}
"""Columns that name a parameter, by table."""

BEGINNINGS = (
    "strength.",
    "tempo.",
    "contact.",
    "quality.",
    "turnout.",
    "arrival.",
    "delivery.",
    "civilians.",
)
"""Beginnings of the names of parameters that only rows use."""


WITH_GROUPS = tuple(table for table, row in TABLES.items() if "groups" in row.model_fields)
"""Tables whose rows may belong to groups, in order."""


def check_campaign(parts: Draft, now: datetime) -> None:
    """Add every problem that only a campaign can have to a draft."""
    _check_is_past(parts, now)
    _check_places(parts)
    for name, system in parts.systems.items():
        check_system(parts, name, system)
    for unit in parts.units:
        _check_unit(parts, unit)
    for order in parts.orders:
        _check_order(parts, order)
    check_ground(parts)
    _check_idle_parameters(parts)
    _check_someone_is_there(parts)
    _check_groups(parts)
    _check_variants(parts)


def _check_is_past(parts: Draft, now: datetime) -> None:
    """Refuse a campaign that is not over: the program looks back, and plans nothing."""
    if parts.period is not None and parts.period.end > now:
        parts.complain(
            "period",
            f"the period ends on {parts.period.end:%Y-%m-%d}, which is not past",
            "a period in the past",
            "a campaign is a study of what happened: choose one that is over",
        )


def _check_places(parts: Draft) -> None:
    for place in parts.places:
        what = f"place {place.id!r}: `zone`"
        if place.zone is None:
            expected = f"the id of one of the {len(parts.names['zones'])} zones"
            parts.complain(f"places.{place.id}", f"{what} is missing", expected, "add the column `zone`")
        else:
            require_known(parts, f"places.{place.id}", what, place.zone, parts.names["zones"], "zones.csv")


def check_system(parts: Draft, name: str, system: System) -> None:
    """Report figures that a system lacks, cannot have, or that contradict one another."""
    for figure in system.required_figures:
        if figure not in system.figures and f"systems.{name}.{figure}" not in parts.locations:
            spec = FIGURE[figure]
            text = f"system {name!r} ({system.kind}) has no figure {figure!r}"
            parts.complain(
                f"systems.{name}", text, f"{figure}: {spec.meaning}, in {spec.unit}", f"add `{figure}`"
            )
    for figure, quantity in system.figures.items():
        where, what = f"systems.{name}.{figure}", f"figure {figure!r} of system {name!r}"
        if system.kind not in FIGURE[figure].kinds:
            expected = "one of " + ", ".join(FIGURE[figure].kinds)
            parts.complain(where, f"{what}: a {system.kind} has no such figure", expected, "remove it")
        check_fit(parts, where, what, quantity, figure_spec(name, figure))
    for lower, upper in ORDERED_FIGURES:
        _check_ordered(parts, name, system, lower, upper)


def _check_ordered(parts: Draft, name: str, system: System, lower: str, upper: str) -> None:
    """Report a pair of figures that may be drawn the wrong way round."""
    if not {lower, upper} <= system.figures.keys():
        return
    unit, below, above = FIGURE[lower].unit, system.figures[lower], system.figures[upper]
    if not (same_kind(below.unit, unit) and same_kind(above.unit, unit)):
        return
    highest = below.in_unit(unit).quantiles(PRACTICAL_RANGE[1])[0]
    lowest = above.in_unit(unit).quantiles(PRACTICAL_RANGE[0])[0]
    if lowest < highest:
        low, high = f"{lowest:.4g} {unit}", f"{highest:.4g} {unit}"
        parts.complain(
            f"systems.{name}.{upper}",
            f"system {name!r}: {upper!r} may be {low}, below {lower!r}, which may be {high}",
            f"{upper} at least {lower} in every draw",
            "check both and their units, or narrow their ranges",
        )


def _check_unit(parts: Draft, unit: Unit) -> None:
    where, what = f"units.{unit.id}", f"unit {unit.id!r}"
    require_known(parts, where, f"{what}: `side`", unit.side, parts.sides, "sides")
    require_known(
        parts, where, f"{what}: `system`", unit.system, parts.system_names, "systems.yaml or the catalogue"
    )
    require_known(parts, where, f"{what}: `place`", unit.place, parts.names["places"], "places.csv")
    require_parameter(parts, where, f"{what}: `strength`", unit.strength, "strength.")


def _check_order(parts: Draft, order: Order) -> None:
    where, what = f"orders.{order.id}", f"order {order.id!r}"
    require_known(parts, where, f"{what}: `side`", order.side, parts.sides, "sides")
    require_known(parts, where, f"{what}: `unit`", order.unit, parts.names["units"], "units.csv")
    for zone in order.zones:
        require_known(parts, where, f"{what}: `zones`", zone, parts.names["zones"], "zones.csv")
    require_parameter(parts, where, f"{what}: `missions`", order.missions, "tempo.")
    require_within(parts, where, what, order.start, order.end)
    unit = next((unit for unit in parts.units if unit.id == order.unit), None)
    if unit is not None:
        _check_shooter(parts, order, unit)


def _check_shooter(parts: Draft, order: Order, unit: Unit) -> None:
    """Report an order that its unit cannot carry out."""
    where, what = f"orders.{order.id}", f"order {order.id!r}"
    if unit.side != order.side:
        own = [other.id for other in parts.units if other.side == order.side]
        text = f"{what} of side {order.side!r} is for {unit.id!r}, a unit of side {unit.side!r}"
        hint = nearest(unit.id, own) or "give it to one of its own"
        parts.complain(where, text, f"a unit of side {order.side!r}", hint)
    system = parts.systems.get(unit.system)
    if system is not None and not system.can_strike:
        text = (
            f"{what} is for {unit.id!r}, whose system {unit.system!r} ({system.kind}) has no weapon figures"
        )
        expected = "`reach` and `hit_probability`, of one of " + ", ".join(SHOOTERS)
        parts.complain(where, text, expected, "give the order to a unit that can strike")
    if system is not None and system.kind not in AT_TROOPS and "troops" in order.targets:
        text = f"{what}: {unit.system!r} ({system.kind}) has soldiers (troops) as a target"
        expected = "troops for " + ", ".join(AT_TROOPS)
        parts.complain(where, text, expected, "remove `troops`: the law of battle holds what guns do to them")


def _check_idle_parameters(parts: Draft) -> None:
    """Warn of parameters that rows name and no row does."""
    if any(len(parts.rows[table]) < len(parts.names[table]) for table in NAMING):
        return
    used = {
        getattr(row, column)
        for table, columns in NAMING.items()
        for row in parts.rows[table]
        for column in columns
    }
    for name in parts.parameters:
        if name.startswith(BEGINNINGS) and name not in used:
            text = f"no row of a table uses the parameter {name!r}"
            near = nearest(name, [other for other in used if other])
            parts.complain(f"parameters.{name}", text, "a parameter that is used", near, fatal=False)


def _check_someone_is_there(parts: Draft) -> None:
    """Refuse a campaign in which no unit can have an element: it would only count zeros."""
    strengths = [parts.parameters.get(unit.strength) for unit in parts.units]
    if strengths and all(one is not None and one.quantiles(PRACTICAL_RANGE[1])[0] < 0.5 for one in strengths):
        text = "no unit has an element: every strength is zero"
        parts.complain("parameters", text, "a strength of 1 or more", "check the parameters strength.*")


def _check_groups(parts: Draft) -> None:
    for group in parts.header.get("off", ()):
        _known_group(parts, "off", "`off`", group)
    for variant in parts.variants:
        for key in ("off", "on"):
            for group in getattr(variant, key):
                _known_group(parts, f"variants.{variant.id}", f"variant {variant.id!r}: `{key}`", group)
        _check_switched_on(parts, variant)


def _known_group(parts: Draft, where: str, what: str, group: str) -> None:
    rows = [row for table in WITH_GROUPS for row in parts.rows[table]]
    groups = dict.fromkeys(name for row in rows for name in row.groups)
    require_known(parts, where, what, group, groups, "the groups of its tables")


def _check_switched_on(parts: Draft, variant: Variant) -> None:
    off = parts.header.get("off", ())
    for group in variant.on:
        if group not in off:
            text = f"variant {variant.id!r} switches on {group!r}, which the baseline does not leave out"
            expected = "a group that `off` of the scenario names"
            parts.complain(f"variants.{variant.id}", text, expected, nearest(group, off) or "add it to `off`")


def _check_variants(parts: Draft) -> None:
    quantities = _settable(parts)
    seen: set[str] = set()
    for variant in parts.variants:
        where, what = f"variants.{variant.id}", f"variant {variant.id!r}"
        if variant.id in seen:
            parts.complain(where, f"{what} is given twice", "each variant once", "give it another id")
        seen.add(variant.id)
        for name, value in variant.set.items():
            if name in quantities:
                _check_setting(parts, where, f"{what}: {name!r}", value, *quantities[name])
            elif not _is_damaged(parts, name):
                text = f"{what} sets {name!r}, which is neither a parameter nor a figure"
                hint = nearest(name, quantities) or "a figure is called system.<system>.<figure>"
                parts.complain(where, text, "a parameter, or the figure of a system that a unit has", hint)
        for pattern in variant.median:
            if not any(fnmatchcase(name, pattern) for name in quantities):
                text, expected = f"{what}: nothing is called {pattern!r}", "a pattern that names something"
                hint = nearest(pattern, quantities) or "try system.* or weather.*"
                parts.complain(where, text, expected, hint)


def _is_damaged(parts: Draft, name: str) -> bool:
    """Return whether something is written under a name and has a problem of its own, told already."""
    if name in parts.parameter_names:
        return name not in parts.parameters
    where = name.replace("system.", "systems.", 1)
    system_id, _, figure = where.removeprefix("systems.").rpartition(".")
    system = parts.systems.get(system_id)
    if system is None:
        return f"systems.{system_id}" in parts.locations
    return where in parts.locations and figure not in system.figures


def _check_setting(
    parts: Draft, where: str, what: str, value: float, quantity: Quantity, spec: ParameterSpec | None
) -> None:
    """Report a value, in the unit in which the scenario writes the quantity, that is outside the limits."""
    if spec is not None and same_kind(quantity.unit, spec.unit):
        check_value(parts, where, what, value * factor(quantity.unit, spec.unit), spec)


def _settable(parts: Draft) -> dict[str, tuple[Quantity, ParameterSpec | None]]:
    """Return everything that a variant may set, with what the model says of it."""
    found = {
        name: (quantity, spec_of(parts.specs or {}, name)) for name, quantity in parts.parameters.items()
    }
    used = {unit.system for unit in parts.units}
    for name in sorted(used & parts.systems.keys()):
        for figure, quantity in parts.systems[name].figures.items():
            found[figure_parameter(name, figure)] = (quantity, figure_spec(name, figure))
    return found
