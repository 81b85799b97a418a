"""What can be wrong with a scenario although each of its parts is well formed: one function a question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from staffride.errors import nearest
from staffride.evidence import Ledger
from staffride.scenario.campaign_checks import check_campaign
from staffride.scenario.chain_schema import CHAIN
from staffride.scenario.draft import Draft
from staffride.scenario.fit import check_fit
from staffride.scenario.quantity import ParameterSpec
from staffride.scenario.roads import check_roads
from staffride.scenario.roles import check_roles
from staffride.scenario.schema import Header
from staffride.scenario.specs import ANY, spec_of
from staffride.scenario.stages import check_chain
from staffride.scenario.tables import CAMPAIGN_PLACE, settings_of

SHARE_TOLERANCE = 0.001
"""How far the shares of the people may be from 1: room for rounding."""


def check_draft(parts: Draft, ledger: Ledger, now: datetime | None = None) -> None:
    """Add every problem that a draft has to its list.

    Parameters
    ----------
    parts
        The draft.
    ledger
        The record.
    now
        The moment of the check; the clock's by default.
    """
    _check_references(parts)
    _check_shares(parts)
    _check_times(parts)
    if parts.kind == "campaign":
        check_campaign(parts, now or datetime.now(UTC))
    else:
        _check_not_under_way(parts, now or datetime.now(UTC))
    _check_settings(parts)
    if parts.kind == CHAIN:
        check_chain(parts)
    check_roads(parts)
    check_roles(parts, ledger)
    if parts.specs is not None:
        _check_parameters(parts, parts.specs)


def _check_settings(parts: Draft) -> None:
    """Report settings, and columns of places, that a scenario of its kind cannot have."""
    allowed = settings_of(parts.kind)
    said = [(key, f"`{key}`") for key in Header.model_fields if key in parts.locations and key not in allowed]
    said += [
        (f"places.{place.id}", f"`{column}` of a place")
        for place in parts.places
        for column in CAMPAIGN_PLACE
        if column in place.model_fields_set and parts.kind != "campaign"
    ]
    for where, what in said:
        hint = "remove it, or set `kind: campaign`" if parts.kind == "displacement" else "remove it"
        parts.complain(where, f"a {parts.kind} has no {what}", f"settings of a {parts.kind}", hint)


def _check_references(parts: Draft) -> None:
    """Report names of places, links, provinces and regions that are not there."""
    for link in parts.links:
        for end in ("from_place", "to_place"):
            _known(parts, f"links.{link.id}", f"link {link.id!r}: `{end}`", getattr(link, end), "places")
    for row in parts.people:
        _known(parts, f"people.{row.place}", "people: `place`", row.place, "places")
    for province in parts.provinces:
        what = f"province {province.id!r}: `centre_place`"
        _known(parts, f"provinces.{province.id}", what, province.centre_place, "places")
    for event in parts.events if parts.kind != CHAIN else ():
        where = f"events.{event.id}"
        _known(parts, where, f"event {event.id!r}: `place`", event.place, "places")
        _known(parts, where, f"event {event.id!r}: `link`", event.link, "links")
    for key in ("exit_place", "checkpoint_place"):
        _known(parts, key, f"`{key}`", parts.header.get(key), "places")
    _check_regions(parts)
    _check_series(parts)


def _known(parts: Draft, where: str, what: str, name: str | None, table: str) -> None:
    known = parts.names[table]
    if name is not None and name not in known:
        problem = f"{what} is {name!r}, which is not in {table}.csv"
        parts.complain(where, problem, f"the id of one of the {len(known)} {table}", nearest(name, known))


def _check_regions(parts: Draft) -> None:
    regions = {place.region for place in parts.places}
    for region in parts.area:
        if region not in regions:
            expected = "a region of places.csv: " + ", ".join(sorted(regions))
            parts.complain("area", f"`area` names {region!r}", expected, nearest(region, regions))


def _check_series(parts: Draft) -> None:
    """Report shelter observed in a province that is not there."""
    fixed = ["total", "unmet"]
    for row in parts.observations:
        kind, _, slug = row.series.partition(".")
        if kind == "shelter" and slug not in [*fixed, *parts.names["provinces"]]:
            known = [f"shelter.{name}" for name in [*fixed, *parts.names["provinces"]]]
            parts.complain(
                f"observations.{row.id}",
                f"observation {row.id!r}: there is no province {slug!r}",
                "one of " + ", ".join(known),
                nearest(row.series, known),
            )


def _check_shares(parts: Draft) -> None:
    if not parts.people or len(parts.people) < len(parts.names["people"]):
        return
    total = sum(row.share for row in parts.people)
    if abs(total - 1.0) > SHARE_TOLERANCE:
        first = f"people.{parts.people[0].place}"
        text = f"the shares of people.csv sum to {total:.4g}"
        parts.complain(first, text, "shares that sum to 1", f"divide each by {total:.6g}")


def _check_times(parts: Draft) -> None:
    """Report observations outside the period, and given events that the cut-off hides.

    A campaign may hold such events: a scored run leaves them out, and a replay uses them.
    """
    if parts.period is None or parts.cutoff is None:
        return
    for row in parts.observations:
        if row.role != "record" and not parts.period.start <= row.time <= parts.period.end:
            parts.complain(
                f"observations.{row.id}",
                f"observation {row.id!r} describes {row.time:%Y-%m-%d %H:%M}, outside the period",
                "a time within the period",
                "give it the role 'record', which is shown and not compared",
            )
    for event in parts.events if parts.kind != "campaign" else ():
        if event.given and max(event.time, event.known_from) > parts.cutoff:
            parts.complain(
                f"events.{event.id}",
                f"event {event.id!r} is given, but happens or becomes known after the cut-off",
                f"known by {parts.cutoff:%Y-%m-%d %H:%M}",
                "set `given` to no: it is then shown and not used",
            )


def _check_not_under_way(parts: Draft, now: datetime) -> None:
    """Warn when people may still be on the move: what is published can harm them."""
    if parts.period is not None and parts.period.end > now:
        parts.complain(
            "period",
            "the period is not over",
            "a period in the past",
            "before you share a run, read the page on data responsibility: a published queue is a target",
            fatal=False,
        )


def _check_parameters(parts: Draft, specs: Mapping[str, ParameterSpec]) -> None:
    """Report parameters that the model does not read, that it misses, or that it would read wrongly."""
    for name in parts.parameter_names:
        spec = spec_of(specs, name)
        if spec is None:
            expected = f"one of its {len(specs)} parameters"
            text = f"the model has no parameter {name!r}"
            parts.complain(f"parameters.{name}", text, expected, nearest(name, specs))
        elif name in parts.parameters:
            check_fit(parts, f"parameters.{name}", f"parameter {name!r}", parts.parameters[name], spec)
    for name, spec in specs.items():
        needed = spec.required and (not spec.needed_by or parts.names[spec.needed_by])
        if needed and name not in parts.parameter_names and not name.endswith(ANY):
            expected = f"{name}: {spec.meaning}, in {spec.unit}"
            near = nearest(name, [given for given in parts.parameter_names if given not in specs])
            parts.complain("parameters", f"the parameter {name!r} is missing", expected, near)
    _check_not_needed(parts, specs)


def _check_not_needed(parts: Draft, specs: Mapping[str, ParameterSpec]) -> None:
    """Warn, once a table, of parameters that only an absent table needs."""
    absent: dict[str, list[str]] = {}
    for name in parts.parameters:
        spec = spec_of(specs, name)
        if spec is not None and spec.needed_by and not parts.names[spec.needed_by]:
            absent.setdefault(spec.needed_by, []).append(name)
    for table, names in absent.items():
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        text = f"the parameter {names[0]!r}{more} is needed only with {table}.csv, which has no row"
        hint = f"remove it, or write {table}.csv"
        parts.complain(f"parameters.{names[0]}", text, "a parameter that is used", hint, fatal=False)
