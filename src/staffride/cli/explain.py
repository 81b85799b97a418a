"""``staffride explain``: what the model does, step by step, and what a rule, a parameter or a lever means."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from staffride.cli.failure import standard_error

if TYPE_CHECKING:
    from rich.console import Console

Json = dict[str, Any]

EXAMPLES = """Examples:

staffride explain   (what can be explained)

staffride explain karabakh-2020   (the steps of the hour)

staffride explain karabakh-2020 --time   (how the time is shared among them)

staffride explain ground   (a file of rules; or a rule of it, or a parameter, by name)

staffride explain layered-air-defence   (a lever of policy, and what it changes)"""

DEFAULT_REPLICATIONS = 20
PARTS = ("equation", "units", "source", "limits", "code")

app = typer.Typer(add_completion=False)


@app.command(epilog=EXAMPLES)
def explain(
    what: Annotated[
        str | None,
        typer.Argument(
            show_default="all that can be explained",
            help="A scenario, a file of rules, a rule, a parameter or a lever.",
        ),
    ] = None,
    timed: Annotated[
        bool, typer.Option("--time", help="Run the baseline of a campaign and tell the time of each step.")
    ] = False,
    replications: Annotated[
        int,
        typer.Option(
            "--replications", "-n", min=1, max=100_000, help="How many times to run it with --time."
        ),
    ] = DEFAULT_REPLICATIONS,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Explain the steps of a scenario's model, a rule, a parameter, or a lever of policy.

    The steps are those that the program itself follows and times; rules and parameters speak with the words of the
    model's own files: equation, units, source and limits, or meaning, unit, prior and evidence.
    """
    found = _found(what, replications if timed else 0)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    from rich.console import Console

    SHOW[found.get("what", "contents")](Console(highlight=False), found)


def _found(what: str | None, replications: int) -> Json:
    """Return what is asked for, as plain objects; with ``replications`` its time too."""
    from staffride.api.explain import contents, timed
    from staffride.api.explain import explain as explained
    from staffride.api.steps import COMPILING
    from staffride.engine.compile import first_compilation_calls
    from staffride.errors import InputError, Problem
    from staffride.model.kinds import parameters_of
    from staffride.scenario import load

    if not replications:
        return contents() if what is None else explained(what)
    if what is None:
        raise InputError(
            [Problem("--time needs a campaign", expected="staffride explain karabakh-2020 --time")]
        )
    with first_compilation_calls(lambda: standard_error().print(COMPILING)):
        return timed(load(what, parameters_of), replications)


def _show_contents(console: Console, found: Json) -> None:
    console.print("[bold]Scenarios[/]: the steps of their model")
    console.print(f"  {'  '.join(found['scenarios'])}", markup=False)
    console.print("\n[bold]Rules[/], by file")
    for name, rules in found["rules"].items():
        console.print(f"  {name}: {'  '.join(rules)}", markup=False)
    console.print("\n[bold]Parameters[/]")
    console.print(f"  {'  '.join(found['parameters'])}", markup=False)
    console.print("\n[bold]Levers[/] of policy")
    console.print(f"  {'  '.join(found['levers'])}", markup=False)
    console.print("\nExplain one with: staffride explain NAME")


def _show_steps(console: Console, found: Json) -> None:
    """Print the steps as a numbered list, or with their time as a table."""
    from rich.table import Table

    heads = (
        ("", "step", "share", "µs an hour", "rules")
        if "wall_seconds" in found
        else ("", "step", "rules", "does")
    )
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for head in heads:
        right = head in ("", "share", "µs an hour")
        table.add_column(head, justify="right" if right else "left", no_wrap=head != "does")
    for step in found["steps"]:
        own = [step["file"], step["does"]]
        if "share" in step:
            own = [f"{step['share']:.1%}", f"{step['microseconds_an_hour']:.1f}", step["file"]]
        table.add_row(str(step["number"]), step["phenomenon"], *own)
    console.print(
        f"[bold]{found['name']}[/], a {found['kind']}: what runs in every {found['every']}, in this order\n"
    )
    console.print(table)
    if found["before"]:
        console.print(f"\n{found['before']}", markup=False)
    if "wall_seconds" in found:
        console.print(
            f"\n{found['replications']:,} replications of {found['hours']:,} hours, the baseline alone, in "
            f"{found['wall_seconds']:.2f} s on one processor."
        )


def _show_rules(console: Console, found: Json) -> None:
    """Print rules, each with its labelled parts."""
    if "text" in found:
        console.print(f"{found['name']}: {found['text']}\n", markup=False)
    for rule in found["rules"]:
        console.print(rule["name"], style="bold", markup=False)
        console.print(rule["statement"], markup=False)
        for part in PARTS:
            if part in rule:
                console.print(f"  {part}: {rule[part]}", markup=False)
        console.print()


def _show_parameter(console: Console, found: Json) -> None:
    """Print a parameter: meaning, unit, limits, and its prior in each scenario."""
    limits = [
        f"{text} {found[key]:,g}" for key, text in (("low", "from"), ("high", "to")) if found[key] is not None
    ]
    console.print(found["name"], style="bold", markup=False)
    console.print(f"  {found['meaning']}", markup=False)
    console.print(f"  unit: {found['unit']}{'; ' if limits else ''}{' '.join(limits)}", markup=False)
    for prior in found["priors"]:
        known = prior["q05"] == prior["q95"]
        value = f"{prior['q50']:,.4g}" if known else f"{prior['q05']:,.4g} to {prior['q95']:,.4g} (90 %)"
        grounds = "; ".join(
            filter(None, [" ".join(prior["evidence"]), prior["assumed"] and f"assumed: {prior['assumed']}"])
        )
        console.print(
            f"  {prior['scenario']}: {prior['parameter']} {value} {prior['unit']}; {grounds}", markup=False
        )
    if not found["priors"]:
        console.print("  No shipped scenario gives it.")


def _show_lever(console: Console, found: Json) -> None:
    """Print a lever: doses, grounds, limits, cost, an example, and what it changes there."""
    from staffride.cli.levers import default_of, range_of

    console.print(f"{found['name']}: {found['label']}", style="bold", markup=False)
    lines = [found["summary"], f"  acts on: {' or '.join(found['kinds'])}; group: {found['group']}"]
    lines += [f"  {range_of(dose)}; default {default_of(dose)}: {dose['meaning']}" for dose in found["doses"]]
    lines += [f"  can begin at a date: {_later(found)}", f"  assumed: {found['assumed']}"]
    lines += [f"  {name}: {text}" for name, text in found["words"].items()]
    lines += [f"  limits: {found['limits']}", f"  cost: {found['cost']}", f"\n  {found['example']}"]
    console.print("\n".join(lines), markup=False)
    _show_changes(console, found["changes"])
    if found["rules"]:
        console.print("\nRules of that name\n")
        _show_rules(console, {"rules": found["rules"]})


def _later(found: Json) -> str:
    """Return when a lever can begin, in words."""
    if found["doses"] and found["doses"][0]["kind"] == "date":
        return "its first dose is the date"
    return "yes, with from=DATE" if found["starts_later"] else "no: it is set before the start"


def _show_changes(console: Console, changes: Json) -> None:
    """Print what an example of a lever changes."""
    console.print(f"\nWhat {changes['policy']} changes in {changes['scenario']}", markup=False)
    for one in changes["numbers"]:
        console.print(f"  {one['name']}: {one['rule'].replace('_', ' ')} {one['value']:g}", markup=False)
    for table, rows in changes["rows"].items():
        columns = f" ({', '.join(rows['columns'])})" if rows["columns"] else ""
        said = [f"{rows['changed']} rows{columns}"] if rows["changed"] else []
        said += [f"{rows[what]} {what}" for what in ("added", "removed") if rows[what]]
        console.print(f"  {table}: {', '.join(said)}", markup=False)
    for name in changes["added"]:
        console.print(f"  {name}: a new parameter", markup=False)


SHOW = {
    "contents": _show_contents,
    "scenario": _show_steps,
    "file": _show_rules,
    "rule": _show_rules,
    "parameter": _show_parameter,
    "lever": _show_lever,
}
