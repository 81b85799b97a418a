"""``staffride calibrate``: condition a scenario on its bulletins and store the fit with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from staffride.cli.failure import standard_error

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rich.console import Console
    from rich.progress import Progress

EXAMPLES = """Examples:

staffride calibrate my-scenario   (every midnight around the cut-off; about a minute)

staffride calibrate my-scenario --origin 2023-09-27 --particles 20000   (one origin, roughly)"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EXAMPLES)
def calibrate(
    scenario: Annotated[
        str, typer.Argument(help="A shipped scenario such as karabakh-2023, or a scenario folder.")
    ],
    origin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DATE", help="A forecast origin; may be given several times. Default: each midnight."
        ),
    ] = None,
    particles: Annotated[
        int, typer.Option(min=100, max=5_000_000, help="Prior draws to condition.")
    ] = 300_000,
    draws: Annotated[int, typer.Option(min=10, max=100_000, help="Draws to keep at each origin.")] = 1000,
    moves: Annotated[int, typer.Option(min=0, max=1000, help="Metropolis moves of each draw kept.")] = 300,
    seed: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="Root of all random numbers of the fit.")
    ] = 2023,
) -> None:
    """Fit a scenario's uncertain parameters to what was published until each forecast origin.

    The fit is written to the folder ``fit`` of the scenario and used by ``staffride run``. The same seed gives the same
    fit. What the bulletins cannot tell apart is listed, not hidden.
    """
    from staffride.api.kinds import require_displacement
    from staffride.api.request import parse_origin
    from staffride.lab.calibrate import Settings
    from staffride.lab.calibrate import calibrate as fit
    from staffride.lab.constant_hazard import save_rival
    from staffride.model.kinds import parameters_of
    from staffride.scenario import load

    loaded = load(scenario, parameters_of)
    require_displacement(loaded, scenario, "fit")
    moments = [parse_origin(text, loaded.period) for text in origin or []]
    settings = Settings(particles=particles, moves=moves, draws=draws, seed=seed)
    with _bar() as bar:
        task = bar.add_task("hours conditioned", total=None)

        def on_hour(hour: int, last: int) -> None:
            bar.update(task, completed=hour, total=last)

        wanted = [moment for moment in moments if moment is not None] or None
        folder = fit(loaded, wanted, settings, on_hour=on_hour)
        if wanted is None or loaded.cutoff in wanted:
            save_rival(loaded, settings)
    print_fit(folder)


def _bar() -> Progress:
    """Return one progress bar on standard error."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=standard_error())


def print_fit(folder: Path) -> None:
    """Print the bands of the final count by origin and prior, and what the bulletins could not tell apart."""
    import json

    from rich.console import Console
    from rich.table import Table

    origins = json.loads((folder / "origins.json").read_text())
    record = json.loads((folder / "fit.json").read_text())
    out = Console(highlight=False)
    table = Table(title="Final count of people, 90 % band, by prior on the population", title_justify="left")
    table.add_column("published until", no_wrap=True)
    for prior in origins["priors"].values():
        table.add_column(prior["label"], justify="right")
    rows = [("nothing", origins["prior_bands"].values())]
    by_origin = zip(*(prior["bands"] for prior in origins["priors"].values()), strict=True)
    rows += [
        (moment[:16].replace("T", " "), bands)
        for moment, bands in zip(origins["origins"], by_origin, strict=True)
    ]
    for moment, bands in rows:
        table.add_row(moment, *(f"{band[0]:,.0f} - {band[-1]:,.0f}" for band in bands))
    out.print(table)
    print_limits(out, record)
    out.print(f"The fit took {record['seconds']} s and is in {folder}", soft_wrap=True)


def print_limits(out: Console, record: Mapping[str, Any]) -> None:
    """Print what bulletins taught by the cut-off (or the last origin), and what they could not tell apart."""
    from staffride.lab.equifinality import INFORMED_BELOW

    last = record["origins"].get(record["cutoff"]) or list(record["origins"].values())[-1]
    known = [name for name, left in last["width_left"].items() if left < INFORMED_BELOW]
    out.print(f"Narrowed by a fifth or more: {', '.join(known) or 'no parameter'}.")
    pairs = "; ".join(f"{a} with {b} ({correlation:+.2f})" for a, b, correlation in last["together"][:6])
    out.print(f"Known only together: {pairs or 'no pair'}.")
    out.print(f"The sample descends from {last['prior_draws_left']} prior draws; the fewer, the rougher.")
