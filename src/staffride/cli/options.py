"""The options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Seed = Annotated[
    int | None, typer.Option("--seed", "-s", show_default="1", help="Root of all random numbers.")
]
Prior = Annotated[bool, typer.Option("--prior", help="Use no bulletin: the priors alone.")]
Origin = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        show_default="the scenario's cut-off",
        help="Know only what was published by then: 2023-09-26 (its end) or 2023-09-26T12:00.",
    ),
]
Workers = Annotated[
    int | None, typer.Option("--workers", "-w", show_default="all processors", help="Processes to use.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
NoReport = Annotated[bool, typer.Option("--no-report", help="Write no report.html.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no summary.")]
