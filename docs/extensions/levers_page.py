"""The reference of levers: the grammar of policies, and every lever of the catalogue with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Any

from frames import fill
from odd import one_line, sentence

from staffride.api.levers import EXAMPLES, GROUPS, changes_of, example_policy, of_lever
from staffride.evidence import Claim, ledger
from staffride.scenario import Scenario
from staffride.scenario.levers.catalogue import LEVERS
from staffride.scenario.levers.lever import Lever
from staffride.scenario.levers.parse import MOST_POLICIES
from staffride.scenario.levers.setting import text_of

FRAME = "reference/levers_frame.md"
NOT_PRICED = "The record has no figure."
ROWS_SHOWN = 6
"""Drawn numbers that an example names one by one; more are counted."""

OF_GROUP = {
    "defence": "What a side has to defend itself with, and how it is used.",
    "protection": "What keeps people and positions from harm, without a shot.",
    "information": "Who knows what, how fast, and through how much jamming.",
    "diplomacy": "What is sold, what is withheld, and when the fighting stops.",
    "relief": "The road, the checkpoint, seats, shelter and word: what those who leave meet on their way.",
    "what-if": "Questions of history: the same war without a means, or in other weather. Nobody could have "
    "chosen these; they show what rests on what.",
    "assumption": "Other structures of the model itself. They are no policies. A result that turns with one of them "
    "rests on the model, and not on the record.",
}
"""What a group holds."""


def render() -> str:
    """The whole page."""
    marks = {
        "count": f"{len(LEVERS)}",
        "most": f"{MOST_POLICIES}",
        "overview": overview(),
        "levers": "\n".join(groups()),
    }
    return fill(FRAME, marks)


def ordered() -> list[Lever]:
    """All levers, group by group."""
    return sorted(LEVERS.values(), key=lambda lever: GROUPS.index(lever.group))


def overview() -> str:
    """A table of all levers: what each acts on, and whether it may begin at a date."""
    rows = ["| lever | group | acts on | may begin at a date |", "|---|---|---|---|"]
    rows += [
        f"| [`{lever.id}`](#{lever.id}) | {lever.group} | {', '.join(lever.kinds)} | {later(lever)} |"
        for lever in ordered()
    ]
    return "\n".join(rows)


def later(lever: Lever) -> str:
    """Whether a lever may begin at a date, in words."""
    told = of_lever(lever)["doses"]
    if told and told[0]["kind"] == "date":
        return "its dose is the date"
    return "yes" if lever.starts_later else "no"


def groups() -> Iterator[str]:
    """Every lever below the title of its group."""
    for group, members in groupby(ordered(), key=lambda lever: lever.group):
        yield f"## {group.capitalize()}\n\n{OF_GROUP[group]}\n"
        for lever in members:
            yield "\n".join(one_lever(lever))


def one_lever(lever: Lever) -> Iterator[str]:
    """One lever: what it does, its doses, what it rests on and leaves out, its cost, and an example."""
    yield f"### {lever.id}\n\n**{lever.label}.** {lever.summary}\n"
    if lever.doses:
        yield "\n".join(doses(lever)) + "\n"
    yield f"- **Acts on.** {' and '.join(lever.kinds)}; may begin at a date: {later(lever)}."
    yield f"- **Rests on.** {evidence(lever)}"
    yield f"- **Assumed.** {one_line(lever.assumed)}"
    yield f"- **Leaves out.** {one_line(lever.limits)}"
    name = next(EXAMPLES[kind] for kind in lever.kinds if kind in EXAMPLES)
    policy = example_policy(lever, scenario(name))
    yield f"- **Cost.** {sentence(policy.cost) if policy.cost else NOT_PRICED}"
    yield f"- **Example.** `staffride compare {name} --policy {policy.id}` changes {changes(policy, name)}.\n"


def doses(lever: Lever) -> Iterator[str]:
    """A table of the doses of a lever; the first may stand without its name."""
    yield "| dose | meaning | unit | range | default | changes nothing at |\n|---|---|---|---|---|---|"
    for dose in of_lever(lever)["doses"]:
        cells = (f"`{dose['name']}`", dose["meaning"], unit(dose), span(dose), default(dose), null(dose))
        yield f"| {' | '.join(map(one_line, cells))} |"


def unit(dose: dict[str, Any]) -> str:
    """The unit of a dose; that of a plain number is 1."""
    return dose["unit"] or dose["kind"]


def span(dose: dict[str, Any]) -> str:
    """The values that a dose can have."""
    if dose["kind"] == "choice":
        return ", ".join(f"`{one}`" for one in dose["choices"])
    if dose["kind"] == "date":
        return "a day of the scenario"
    return f"{text_of(dose['low'])} to {text_of(dose['high'])}"


def default(dose: dict[str, Any]) -> str:
    """The value of a dose that is not given."""
    if dose["default"] == "":
        return "none: it must be given" if dose["kind"] == "date" else "as the first dose"
    return f"`{text_of(dose['default'])}`"


def null(dose: dict[str, Any]) -> str:
    """The value at which a dose changes nothing, where there is one."""
    return f"`{text_of(dose['null'])}`" if dose["null"] not in (None, "") else ""


def evidence(lever: Lever) -> str:
    """What a lever rests on, with the words of the record."""
    records = ledger()
    found = [(one, records.find(one)) for one in lever.evidence]
    said = [f"`{one}` ({one_line(words(record)).rstrip('.')})" for one, record in found]
    return "; ".join(said) + "." if said else "no record."


def words(record: Any) -> str:
    """What a claim says, or how a fact is called."""
    return record.statement if isinstance(record, Claim) else record.label


@cache
def scenario(name: str) -> Scenario:
    """A shipped scenario."""
    from staffride.model.kinds import parameters_of
    from staffride.scenario import load

    return load(name, parameters_of)


def changes(policy: Any, name: str) -> str:
    """What a policy changes of a scenario, in one line."""
    found = changes_of(policy, scenario(name))
    numbers = [
        f"`{one['name']}` ({one['rule'].replace('_', ' ')} {one['value']:g})" for one in found["numbers"]
    ]
    said = numbers if len(numbers) <= ROWS_SHOWN else [f"{len(numbers)} drawn numbers"]
    for table, rows in found["rows"].items():
        counts = [(rows["changed"], "changed"), (rows["added"], "added"), (rows["removed"], "left out")]
        told = ", ".join(f"{number:,} {what}" for number, what in counts if number)
        said.append(f"rows of `{table}` ({told})")
    said += [f"units of `{group}`, which are left out" for group in found["left_out"]]
    return ", ".join(said) or "nothing that a table or a number shows"
