"""``staffride validate``: score the forecasts against the record and against baselines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from staffride.cli.failure import standard_error

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from staffride.lab.scorecard import Score, Scoreboard
    from staffride.results.run import Run
    from staffride.scenario.schema import Scenario

EXAMPLES = """Examples:

staffride validate karabakh-2023

staffride validate karabakh-2023 --origin 2023-09-26   (knows what was published by the end of that day)

staffride validate karabakh-2020   (a campaign: its baseline alone, against what is held out)

staffride validate karabakh-2023 --json > scores.json"""

ScenarioName = Annotated[
    str, typer.Argument(help="A shipped scenario such as karabakh-2023, or a scenario folder.")
]
Origin = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        show_default="the scenario's cut-off",
        help="Know only what was published by then: 2023-09-26 (its end) or 2023-09-26T12:00.",
    ),
]
Replications = Annotated[
    int, typer.Option("--replications", "-n", min=2, max=1_000_000, help="How many times to run it.")
]
Seed = Annotated[int, typer.Option("--seed", "-s", min=0, max=2**32 - 1, help="Root of all random numbers.")]

app = typer.Typer(add_completion=False)


@app.command(epilog=EXAMPLES)
def validate(
    scenario: ScenarioName,
    origin: Origin = None,
    replications: Replications = 1000,
    seed: Seed = 1,
    prior: Annotated[bool, typer.Option("--prior", help="Use no bulletin: the priors alone.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Run a scenario and score it: against later figures of the record, and beside simple forecasts.

    Figures that the fit may have used are shown apart from those that were held out. A loss is said as
    plainly as a win.
    """
    from staffride.api import Request, execute
    from staffride.api.kinds import require_scored
    from staffride.cli.progress import Progress
    from staffride.scenario import load

    loaded = load(scenario)
    require_scored(loaded, scenario)
    request = Request(scenario, replications, seed, prior, origin, report=False, variants="none")
    with Progress(quiet=as_json and not standard_error().is_terminal) as progress:
        board = board_of(execute(request, progress).run, loaded)
    if as_json:
        typer.echo(json.dumps(as_document(board), ensure_ascii=False, allow_nan=False))
    else:
        print_scoreboard(board)


def board_of(run: Run, scenario: Scenario) -> Scoreboard:
    """Return the scoreboard of a run of either kind."""
    if scenario.kind == "campaign":
        from staffride.lab.campaign_scores import campaign_board

        return campaign_board(run, scenario)
    from staffride.lab.validate import validate_run

    return validate_run(run, scenario)


def as_document(board: Scoreboard) -> dict[str, object]:
    """Return a scoreboard as plain objects: scenario, origin, scores, final total, findings."""
    return {
        "scenario": board.scenario,
        "origin": board.origin.isoformat(),
        "scores": board.to_json(),
        "final": board.final.to_json() if board.final else None,
        "says": list(board.says),
        "unscored": list(board.unscored),
    }


def print_scoreboard(board: Scoreboard, console: Console | None = None) -> None:
    """Print a scoreboard in plain words and tables on ``console`` (standard output when left out)."""
    from rich.console import Console

    out = console or Console(highlight=False)
    out.print(f"[bold]{board.scenario}[/], knowing what was published by {board.origin:%d %B %Y %H:%M}\n")
    for sentence in board.says:
        style = "yellow" if " loses to " in sentence else ""
        out.print(f"- {sentence}", style=style, markup=False)
    out.print()
    out.print(score_table("Held out: the forecast never saw these", board.held_out))
    if board.calibration:
        out.print(score_table("Published by then: the fit may have used these", board.calibration))
    arrivals = board.score("arrivals")
    if arrivals is not None:
        out.print(horizon_table(arrivals))


def score_table(title: str, rows: tuple[Score, ...]) -> Table:
    """Return one line a series: number, coverage, rank, CRPS, the best simple rival and the ratio to it."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", caption_justify="left", caption=_legend(rows))
    for heading in ("series", "unit"):
        table.add_column(heading, no_wrap=heading == "unit")
    for heading in ("n", "in 50 %", "in 90 %", "rank", "CRPS"):
        table.add_column(heading, justify="right")
    if any(row.best_simple for row in rows):
        table.add_column("best simple")
        table.add_column("its CRPS", justify="right")
        table.add_column("ratio", justify="right")
    for row in rows:
        table.add_row(row.name, row.unit, *_figures(row), *_rival(row))
    return table


def horizon_table(row: Score) -> Table:
    """Return one line a day of horizon: the model's CRPS beside that of every rival."""
    from rich.table import Table

    rivals = list(row.baselines)
    table = Table(title=f"{row.name}: mean CRPS ({row.unit}) by day after the origin", title_justify="left")
    for heading in ("day", "n", "model", *rivals):
        table.add_column(heading.replace("_", " "), justify="right")
    for day, part in row.days().items():
        others = [f"{part.baselines[name]:,.0f}" for name in rivals]
        table.add_row(str(day), str(part.n), f"{part.crps:,.0f}", *others)
    return table


def _figures(row: Score) -> tuple[str, ...]:
    return (
        str(row.n),
        f"{row.covered_50:.0%}",
        f"{row.covered_90:.0%}",
        f"{row.rank:.2f}",
        _crps(row.crps, row.unit),
    )


def _rival(row: Score) -> tuple[str, ...]:
    best = row.best_simple
    if best is None:
        return ()
    ratio = row.ratio(best)
    lost = "[yellow]" if ratio > 1.0 else ""
    return best.replace("_", " "), _crps(row.baselines[best], row.unit), f"{lost}{ratio:.2f}"


def _crps(value: float, unit: str) -> str:
    """Return a CRPS with the digits of its unit; none for a pool of several units."""
    digits = {"h": 1, "1": 2}.get(unit, 0)
    return f"{value:,.{digits}f}" if unit else ""


def _legend(rows: tuple[Score, ...]) -> str:
    text = "Rank: share of the ensemble below history, 0.5 when unbiased. CRPS: smaller is better."
    return (
        f"{text} Ratio: model over rival, under 1 the model is better."
        if any(r.baselines for r in rows)
        else text
    )
