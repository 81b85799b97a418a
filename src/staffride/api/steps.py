"""The steps of a run, in order; what fails after the tables are written never costs the results."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from staffride.api.kinds import kind_of
from staffride.api.plan import Plan, keep_scenario, make_plan
from staffride.api.request import Request
from staffride.engine.compile import compile_before_workers, first_compilation_calls
from staffride.engine.early_start import start_worker_server
from staffride.engine.ensemble import BlockResult, run_blocks
from staffride.present.summary import Bundle
from staffride.results.atomic import StorageError, write_text
from staffride.results.folder import SCENARIO_NAME, RunFolder, find_unfinished
from staffride.results.lock import locked
from staffride.results.manifest import MANIFEST_NAME, Manifest, read_manifest
from staffride.results.new_folder import DEFAULT_PARENT, default_folder, make_folder, refuse_used
from staffride.results.resolved import SETTINGS_NAME
from staffride.results.run import REPORT_NAME, SCORES_NAME, Run
from staffride.results.task import BlockTask
from staffride.scenario.schema import Scenario

WORKERS_NEED = "staffride.results.warm"
COMPILING = "Compiling the model once; this can take a minute, and later runs start at once."


class RunInterruptedError(KeyboardInterrupt):
    """A run was stopped by Ctrl-C; its message says what was kept and how to go on.

    Parameters
    ----------
    folder
        Folder of the run, with tables of what was finished.
    message
        What was kept and how to go on.
    """

    def __init__(self, folder: Path, message: str) -> None:
        super().__init__(message)
        self.folder = folder


class Listener(Protocol):
    """Who is told how a run goes on."""

    def advance(self, done: int, total: int) -> None:
        """Take note that replications ``done`` of ``total`` are finished."""

    def say(self, text: str) -> None:
        """Take note that something begins that takes a while."""

    def warn(self, text: str) -> None:
        """Take note that something went wrong that does not stop the run."""


class Finished(NamedTuple):
    """What a session of work leaves.

    Attributes
    ----------
    run
        The results.
    bundle
        What the report shows, for the summary; ``None`` where no report was made.
    """

    run: Run
    bundle: Bundle | None


def execute(request: Request, listener: Listener) -> Finished:
    """Do what ``request`` asks and return the results; see `staffride.run` for what is raised."""
    began = time.monotonic()
    request.check()
    begun = _begun(request)
    if request.workers != 1:
        start_worker_server(WORKERS_NEED)
    with first_compilation_calls(lambda: listener.say(COMPILING)):
        return _new(request, listener, began) if begun is None else _resumed(begun, request, listener, began)


def _new(request: Request, listener: Listener, began: float) -> Finished:
    """Start a run in a folder of its own; a folder that cannot be used is refused before any work."""
    if request.folder is not None:
        refuse_used(request.folder)
    plan = make_plan(request)
    path = request.folder or default_folder(plan.scenario.name)
    make_folder(path)
    with locked(path):
        kind, variants = plan.scenario.kind, plan.variants
        store = RunFolder.begin(path, plan.settings, plan.source, plan.sources, kind, variants)
        return _Session(store, plan, request, listener, began).run()


def _resumed(path: Path, request: Request, listener: Listener, began: float) -> Finished:
    """Complete the run in ``path``."""
    manifest = read_manifest(path)
    with locked(path):
        plan = make_plan(_as_begun(request, path, manifest))
        return _Session(RunFolder.resume(path, plan.settings), plan, request, listener, began).run()


def _begun(request: Request) -> Path | None:
    """Return the folder of the run to complete, or ``None`` for a new run."""
    if not request.resume:
        return None
    named = None if request.scenario is None else Path(request.scenario)
    for path in (request.folder, named):
        if path is not None and (path / MANIFEST_NAME).is_file():
            return path
    if request.folder is not None:
        return None if named is not None else request.folder
    return find_unfinished(DEFAULT_PARENT, None if named is None else named.name)


def _as_begun(request: Request, path: Path, manifest: Manifest) -> Request:
    """Return ``request`` with what it leaves open filled from the run that it completes."""
    settings, kept = manifest.settings, path / SCENARIO_NAME
    named = request.scenario is not None and Path(request.scenario) != path
    own = kept if (kept / SETTINGS_NAME).is_file() else manifest.source
    return replace(
        request,
        scenario=request.scenario if named else own,
        replications=settings.replications if request.replications is None else request.replications,
        seed=settings.seed if request.seed is None else request.seed,
        prior=settings.mode == "prior" if request.prior is None else request.prior,
        origin=settings.origin if request.origin is None else request.origin,
        variants=settings.variants if request.variants is None else request.variants,
        policies=settings.policies if request.policies is None else request.policies,
        also=request.also or settings.also,
    )


class _Session:
    """One session of work on one run: from the first missing block to the report."""

    def __init__(
        self, store: RunFolder, plan: Plan, request: Request, listener: Listener, began: float
    ) -> None:
        self.store, self.plan, self.request, self.listener = store, plan, request, listener
        self.labels = plan.kind.labels(plan.scenario)
        self._since = began

    def run(self) -> Finished:
        """Simulate what is missing, then score and report, and return the results."""
        try:
            if not (self.store.scenario / SETTINGS_NAME).is_file():
                keep_scenario(self.store, self.plan)
            if self.store.manifest.status != "complete":
                self._simulate()
                self.store.assemble(self.labels, self._seconds())
            self._score()
            bundle = self._report()
            self.store.record(seconds=self._seconds())
        except KeyboardInterrupt:
            raise self._interrupted() from None
        except StorageError as error:
            raise StorageError(f"{error} Then go on with: {self._how_to_resume}") from error
        return Finished(Run(self.store.path), bundle)

    def _seconds(self) -> float:
        """Return the time since this was last asked."""
        now = time.monotonic()
        self._since, elapsed = now, now - self._since
        return elapsed

    def _simulate(self) -> None:
        missing = self.store.missing()
        total = self.plan.settings.replications
        done = total - sum(count for _, count in missing)

        def advance(result: BlockResult[int]) -> None:
            nonlocal done
            done += result.value
            self.listener.advance(done, total)

        self.listener.advance(done, total)
        self._compile()
        task, workers = self._task(), self.request.workers
        for _ in run_blocks(task, missing, workers, on_done=advance, on_retry=self.listener.warn):
            pass

    def _task(self) -> BlockTask:
        plan, store = self.plan, self.store
        inputs, draws = plan.prepared.inputs, plan.prepared.draws
        return BlockTask(plan.simulate, inputs, draws, plan.settings.seed, store.blocks, store.key)

    def _compile(self) -> None:
        """Fill the cache of compiled rules before several workers would each do it."""
        plan, prepared = self.plan, self.plan.prepared
        compile_before_workers(
            plan.scenario.name,
            lambda: plan.simulate(prepared.inputs, prepared.draws, plan.settings.seed, 0, 1),
            lambda: None,  # the user has been told since the plan was made
        )

    def _interrupted(self) -> RunInterruptedError:
        """Write tables of what was finished and return the error that says so."""
        kept = self.store.assemble(self.labels, self._seconds())
        total = self.plan.settings.replications
        return RunInterruptedError(
            self.store.path,
            f"Stopped. {kept:,} of {total:,} replications are in {self.store.path} and can be used. "
            f"Complete the run with: {self._how_to_resume}",
        )

    @property
    def _how_to_resume(self) -> str:
        command = "compare" if self.plan.policies else "run"
        return f"staffride {command} --resume {self.store.path}"

    def _score(self) -> None:
        if self.plan.policies or (self.store.path / SCORES_NAME).is_file():
            return  # a comparison asks what policies change, not how the baseline stands against the record
        try:
            content = scores_of(Run(self.store.path), self.plan.scenario)
            write_text(
                self.store.path / SCORES_NAME, json.dumps(content, indent=1, ensure_ascii=False) + "\n"
            )
        except Exception as error:  # the results are worth more than their scores
            self.listener.warn(f"the run is complete, but it could not be scored: {error}")

    def _report(self) -> Bundle | None:
        if not self.request.report:
            return None
        try:
            bundle = self._bundle()
            write_text(self.store.path / REPORT_NAME, self._page(bundle))
        except Exception as error:  # the results are worth more than their report
            self.listener.warn(f"the run is complete, but its report could not be written: {error}")
            return None
        return bundle

    def _bundle(self) -> Bundle:
        """Return what the report shows: of a comparison, what its policies change."""
        run, scenario = Run(self.store.path), self.plan.scenario
        if self.plan.policies:
            from staffride.present.comparison import build_comparison_bundle

            return build_comparison_bundle(run, scenario)
        return self.plan.kind.bundle(run, scenario)

    def _page(self, bundle: Bundle) -> str:
        """Return the report as HTML."""
        if self.plan.policies:
            from staffride.present.comparison import render_comparison

            return render_comparison(bundle)
        return render(self.plan.scenario, bundle)


def scores_of(run: Run, scenario: Scenario) -> dict[str, Any]:
    """Return what ``scores.json`` holds: scores, final total, findings in words, what is not scored."""
    return kind_of(scenario.kind).scores(run, scenario)


def render(scenario: Scenario, bundle: Bundle) -> str:
    """Return the report of a run of ``scenario`` as HTML."""
    return kind_of(scenario.kind).page(bundle)
