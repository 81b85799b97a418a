"""The questions of ``staffride doctor``: each looks at one thing and says what it found."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import multiprocessing
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, PackagePath, files, requires, version
from pathlib import Path
from typing import Literal, NamedTuple

from staffride.errors import StaffrideError

State = Literal["ok", "warn", "fail"]

LEAST_PYTHON = (3, 11)
LOW_DISK_GB, TOO_LOW_DISK_GB = 2.0, 0.2
"""Free space under which a run may fill the disk, and under which it surely does."""

KNOWN_ANSWER = [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
"""Philox4x32-10 of counter zero and key zero, from the test vectors of Random123."""

REINSTALL = "install it again: pip install --force-reinstall staffride"


class Finding(NamedTuple):
    """What one question found.

    Parameters
    ----------
    what
        What was looked at.
    state
        ``ok``, ``warn`` (works, but) or ``fail``.
    found
        What was found, in a few words.
    advice
        What to do; empty when all is well.
    """

    what: str
    state: State
    found: str
    advice: str = ""


def examine() -> list[Finding]:
    """Return the findings of all questions; a question that breaks is itself a finding."""
    return [_ask(what, question) for what, question in QUESTIONS.items()]


def _ask(what: str, question: Callable[[], Finding]) -> Finding:
    try:
        return question()
    except StaffrideError as error:
        return Finding(what, "fail", str(error).splitlines()[0], REINSTALL)
    except Exception as error:  # whatever is broken is what the doctor is there to tell
        return Finding(what, "fail", f"{type(error).__name__}: {error}".splitlines()[0], REINSTALL)


def python_version() -> Finding:
    """Return whether this Python is new enough."""
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info < LEAST_PYTHON:
        return Finding("Python", "fail", found, "install Python 3.11 or newer")
    return Finding("Python", "ok", found)


def packages() -> Finding:
    """Return the versions of the libraries that the program needs."""
    needed = sorted({_name_of(line) for line in requires("staffride") or () if "extra ==" not in line})
    found: dict[str, str] = {}
    missing = []
    for name in needed:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            missing.append(name)
    text = ", ".join(f"{name} {number}" for name, number in found.items())
    if missing:
        return Finding(
            "Libraries", "fail", f"missing: {', '.join(missing)}", "pip install " + " ".join(missing)
        )
    return Finding("Libraries", "ok", f"staffride {version('staffride')}, {text}")


def _name_of(requirement: str) -> str:
    """Return the name at the start of a requirement such as ``numpy>=2.1,<3``."""
    end = next((i for i, letter in enumerate(requirement) if not (letter.isalnum() or letter in "-_.")), None)
    return requirement[:end]


def time_zones() -> Finding:
    """Return whether the table of time zones is there: some systems have none."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo("Asia/Yerevan")
    except ZoneInfoNotFoundError:
        return Finding("Time zones", "fail", "Asia/Yerevan is not known", "pip install tzdata")
    return Finding("Time zones", "ok", "found")


def kernel_cache() -> Finding:
    """Return whether compiled kernels can be kept, so that only the first run waits."""
    from staffride.engine.compile import CACHE_VARIABLE, cache_folder, cache_root, compilation_is_on

    if not compilation_is_on():
        advice = "unset NUMBA_DISABLE_JIT: results are the same, runs a hundred times slower"
        return Finding("Kernel cache", "warn", "compilation is switched off", advice)
    folder = cache_folder()
    if folder.is_relative_to(cache_root()):
        return Finding("Kernel cache", "ok", str(folder))
    advice = f"make {cache_root()} writable, or name another folder in {CACHE_VARIABLE}"
    return Finding("Kernel cache", "warn", f"not where it should be, but in {folder}", advice)


def kernels() -> Finding:
    """Return whether kernels compile and give a known answer."""
    from staffride.engine.random import philox4x32

    words = [int(word) & 0xFFFFFFFF for word in philox4x32(0, 0, 0, 0, 0, 0)]
    if words != KNOWN_ANSWER:
        return Finding("Kernels", "fail", f"Philox4x32-10 gives {words}, not {KNOWN_ANSWER}", REINSTALL)
    return Finding("Kernels", "ok", "compile, run, and give the known answer of Philox4x32-10")


def parquet() -> Finding:
    """Return whether DuckDB writes a Parquet file and reads it back."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "doctor.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"COPY (SELECT 42 AS answer) TO '{path.as_posix()}' (FORMAT parquet)")
            row = connection.execute(f"SELECT answer FROM '{path.as_posix()}'").fetchone()
    if row != (42,):
        return Finding("Parquet", "fail", f"wrote 42, read {row}", REINSTALL)
    return Finding("Parquet", "ok", f"DuckDB {duckdb.__version__} writes and reads it")


def record() -> Finding:
    """Return whether the ledger and the shipped scenarios are there and whole."""
    from staffride.evidence import ledger
    from staffride.scenario import load, shipped_names

    names = shipped_names()
    if not names:
        return Finding("Record", "fail", "no scenario came with the program", REINSTALL)
    for name in names:
        load(name)
    counts = ledger()
    text = f"{len(counts.facts)} facts, {len(counts.claims)} claims, {', '.join(names)}"
    return Finding("Record", "ok", text)


def data_files() -> Finding:
    """Return whether the installed data files are the ones that were published, by their SHA-256."""
    listed = [file for file in files("staffride") or () if "staffride/data/" in file.as_posix()]
    signed = [file for file in listed if file.hash is not None]
    if not signed:
        return Finding("Data files", "ok", "a development install: there is no list to compare with")
    damaged = [file.name for file in signed if not _is_whole(file)]
    if damaged:
        text = f"{len(damaged)} of {len(signed)} are missing or changed: {', '.join(damaged[:5])}"
        return Finding("Data files", "fail", text, REINSTALL)
    return Finding("Data files", "ok", f"all {len(signed)} have their checksum")


def _is_whole(file: PackagePath) -> bool:
    path = Path(str(file.locate()))
    if file.hash is None or not path.is_file():
        return False
    digest = hashlib.new(file.hash.mode, path.read_bytes()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=") == file.hash.value


def disk() -> Finding:
    """Return how much space is free where runs are written: the present folder."""
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    found = f"{free:.1f} GB free here"
    if free < TOO_LOW_DISK_GB:
        return Finding(
            "Disk", "fail", found, "free some space: a run of 1,000 replications needs about 0.2 GB"
        )
    if free < LOW_DISK_GB:
        return Finding("Disk", "warn", found, "soon too little for runs: free some space")
    if not os.access(Path.cwd(), os.W_OK):
        return Finding("Disk", "warn", "this folder cannot be written to", "use --folder, or another folder")
    return Finding("Disk", "ok", found)


def processors() -> Finding:
    """Return how many processors a run may use."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if count == 1:
        return Finding("Processors", "warn", "1", "runs take twice as long as on two")
    return Finding("Processors", "ok", str(count))


def start_methods() -> Finding:
    """Return the ways in which worker processes can be started here."""
    methods = multiprocessing.get_all_start_methods()
    if not {"spawn", "forkserver"} & set(methods):
        return Finding("Processes", "fail", ", ".join(methods), "run with --workers 1")
    return Finding("Processes", "ok", ", ".join(methods))


def extras() -> Finding:
    """Return which optional libraries are there."""
    optional = ("xarray", "pandas", "matplotlib")
    found = [name for name in optional if importlib.util.find_spec(name)]
    text = ", ".join(found) or "none"
    return Finding("Extras", "ok", f"{text} (notebooks: pip install 'staffride[notebook]')")


QUESTIONS: dict[str, Callable[[], Finding]] = {
    "Python": python_version,
    "Libraries": packages,
    "Time zones": time_zones,
    "Kernel cache": kernel_cache,
    "Kernels": kernels,
    "Parquet": parquet,
    "Record": record,
    "Data files": data_files,
    "Disk": disk,
    "Processors": processors,
    "Processes": start_methods,
    "Extras": extras,
}
"""Every question, in the order in which it is asked."""
