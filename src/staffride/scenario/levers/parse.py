"""Reading policies from text: ``LEVER[:VALUE][,name=value...][,from=DATE]``, several levers joined with ``+``.

The first dose of a lever may stand without its name; several values with ``|`` between them are several policies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product
from math import prod

from staffride.errors import InputError, Problem, nearest
from staffride.scenario.levers.catalogue import LEVERS, unknown
from staffride.scenario.levers.doses import BOTH, UNSET
from staffride.scenario.levers.lever import Dose, Lever, Value
from staffride.scenario.levers.setting import FROM, Setting, is_day, is_number, text_of
from staffride.scenario.levers.together import days_of, policy_of, sides_of, stages_of
from staffride.scenario.policy import Policy, Stages

SIDE = "side"
MOST_POLICIES = 100
"""Policies that one text may stand for."""

FORM = "LEVER, LEVER:VALUE or LEVER:VALUE,name=value, with + between levers"


def parse_policies(texts: Sequence[str], stages: Stages) -> tuple[Policy, ...]:
    """Return the policies that some texts stand for, each once, in their order.

    Raises
    ------
    InputError
        With every problem of every text.
    """
    policies: dict[str, Policy] = {}
    problems: list[Problem] = []
    for text in texts:
        try:
            for settings in read_policy(text, stages):
                policy = policy_of(settings, stages)
                policies.setdefault(policy.id, policy)
        except InputError as error:
            problems += [_within(text, problem) for problem in error.problems]
    if problems:
        raise InputError(list(dict.fromkeys(problems)))
    return tuple(policies.values())


def _within(text: str, problem: Problem) -> Problem:
    """Return a problem that says of which policy it is."""
    message = f"policy {text!r}: {problem.message}"
    return Problem(message, problem.file, problem.line, problem.expected, problem.suggestion)


def read_policy(text: str, stages: Stages) -> Iterator[tuple[Setting, ...]]:
    """Yield the settings that a text stands for: one combination of levers for each of its values."""
    problems: list[Problem] = []
    levers: list[list[Setting]] = []
    for part in text.split("+"):
        try:
            levers.append(_read_lever(part.strip(), stages))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    count = prod(len(settings) for settings in levers)
    if count > MOST_POLICIES:
        raise InputError([Problem(f"it stands for {count:,} policies", expected=f"at most {MOST_POLICIES}")])
    yield from product(*levers)


def _read_lever(text: str, stages: Stages) -> list[Setting]:
    """Return a lever with its doses, once for each combination of values that its text gives."""
    name, found = _split(text)
    if name not in LEVERS:
        raise InputError([unknown(name) if name else Problem("a lever is missing", expected=FORM)])
    lever, problems = LEVERS[name], list[Problem]()
    if not stages_of(lever, stages):
        raise InputError([_other_kind(lever, stages)])
    given = _by_dose(lever, found, problems)
    since = _read_since(given.pop(FROM, ()), lever, stages, problems)
    each = [list(_read_dose(dose, given.get(dose.name), lever, stages, problems)) for dose in lever.doses]
    if problems:
        raise InputError(problems)
    names = [dose.name for dose in lever.doses]
    return [Setting(lever, dict(zip(names, values, strict=True)), since) for values in product(*each)]


def _split(text: str) -> tuple[str, list[str]]:
    """Return the id of a lever, and what follows it."""
    head, *rest = (item.strip() for item in text.split(","))
    name, colon, main = head.partition(":")
    return name.strip(), [*([main.strip()] if colon else []), *rest]


def _other_kind(lever: Lever, stages: Stages) -> Problem:
    kinds = " and a ".join(stages)
    text = f"{lever.id} does not act on a {kinds}"
    hint = "`staffride levers --kind` lists the levers of a kind"
    return Problem(text, None, None, "a scenario of kind " + " or ".join(lever.kinds), hint)


def _by_dose(lever: Lever, found: list[str], problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    """Return the texts of the values of each dose that is given."""
    names = [dose.name for dose in lever.doses]
    given: dict[str, tuple[str, ...]] = {}
    for at, item in enumerate(found):
        name, equals, value = (part.strip() for part in item.partition("="))
        if not equals and at == 0:
            name, value = (names[0], name) if names else (name, name)
        known = [*names, FROM]
        if name not in known or not value:
            text = f"{lever.id} has no dose {name!r}" if value else f"{lever.id}: {item!r} gives no value"
            problems.append(
                Problem(text, None, None, "name=value with one of " + ", ".join(known), nearest(name, known))
            )
        elif name in given:
            problems.append(Problem(f"{lever.id}: {name} is given twice", expected="each dose once"))
        else:
            given[name] = tuple(one.strip() for one in value.split("|"))
    return given


def _read_since(texts: tuple[str, ...], lever: Lever, stages: Stages, problems: list[Problem]) -> date | None:
    """Return the date from which a lever is to act, if one is given."""
    if not texts:
        return None
    own = bool(lever.doses) and is_day(lever.doses[0])
    if own or not lever.starts_later:
        why = "has a date of its own" if own else "is set before the start and cannot begin at a date"
        hint = f"leave {FROM}={'|'.join(texts)} out"
        problems.append(Problem(f"{lever.id} {why}", expected=f"no `{FROM}`", suggestion=hint))
        return None
    if len(texts) > 1:
        problems.append(Problem(f"{lever.id}: {FROM} has {len(texts)} values", expected="one date"))
        return None
    return _read_day(FROM, texts[0], lever, stages, problems)


def _read_dose(
    dose: Dose, texts: tuple[str, ...] | None, lever: Lever, stages: Stages, problems: list[Problem]
) -> Iterator[Value]:
    """Yield the values of a dose: those that are given, or its default."""
    if texts is None:
        if is_day(dose) and dose.default == UNSET:
            problems.append(
                Problem(f"{lever.id} needs a date", expected=f"for example {lever.id}:2020-10-10")
            )
        elif dose.name == SIDE:
            yield from _read_word(dose, str(dose.default), lever, stages, problems)
        else:
            yield dose.default
        return
    for text in texts:
        if is_number(dose):
            yield from _read_number(dose, text, lever, problems)
        elif is_day(dose):
            found = _read_day(dose.name, text, lever, stages, problems)
            yield from () if found is None else (found,)
        else:
            yield from _read_word(dose, text, lever, stages, problems)


def _read_number(dose: Dose, text: str, lever: Lever, problems: list[Problem]) -> Iterator[float]:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    assert dose.low is not None
    high = float("inf") if dose.high is None else dose.high
    if dose.low <= value <= high and value != float("inf"):
        yield value
        return
    unit = "" if dose.unit in ("", "1") else f" {dose.unit}"
    expected = f"{dose.name} from {text_of(dose.low)} to {text_of(high)}{unit}"
    problems.append(Problem(f"{lever.id}: {dose.name} is {text}", None, None, expected, dose.meaning))


def _read_word(dose: Dose, text: str, lever: Lever, stages: Stages, problems: list[Problem]) -> Iterator[str]:
    """Yield a choice; a side is one of those of the scenario."""
    known = dose.choices
    if dose.name == SIDE:
        known = (*((BOTH,) if BOTH in dose.choices else ()), *sides_of(lever, stages))
    if text in known:
        yield text
        return
    expected = "one of " + ", ".join(known)
    problems.append(
        Problem(f"{lever.id}: {dose.name} is {text!r}", None, None, expected, nearest(text, known))
    )


def _read_day(name: str, text: str, lever: Lever, stages: Stages, problems: list[Problem]) -> date | None:
    """Return a date within the period of the scenario."""
    first, last = days_of(lever, stages)
    expected = f"a date from {first} to {last}"
    try:
        found = date.fromisoformat(text)
    except ValueError:
        problems.append(Problem(f"{lever.id}: {name} is {text!r}", expected=f"{expected}, such as {first}"))
        return None
    if first <= found <= last:
        return found
    problems.append(Problem(f"{lever.id}: {name}={text} is outside of the scenario", expected=expected))
    return None
