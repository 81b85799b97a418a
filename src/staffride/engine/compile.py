"""Compile kernels once and keep them, without ever running a stale rule.

Numba can keep compiled functions on disk, but it notices an edit only in the file that holds the
function: a caller in another file goes on using the old rule.  So the cache lives in a folder whose name
is a hash of every source file that can hold a kernel; any edit gives a new, empty folder.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import importlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])

CACHE_VARIABLE = "STAFFRIDE_CACHE_DIR"
"""Environment variable that names the folder of the cache."""

WITHOUT_BLAS_VARIABLE = "STAFFRIDE_WITHOUT_BLAS"
"""Environment variable by which a program of ours says that no kernel of its process multiplies matrices."""

KERNEL_SOURCES = ("engine", "model", "lab", "units.py")
"""Parts of the package whose source can change what a kernel computes."""

_OPTIONS = {"nopython": True, "nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
_UNUSED_AFTER_DAYS = 30
_FINISHED = "finished-{}"
_COLLECT_AFTER = 50_000
"""New objects after which garbage is looked for during compilation, which makes millions and leaves little behind."""


def compiled(function: Function) -> Function:
    """Compile a kernel with Numba, or return it as it is when ``NUMBA_DISABLE_JIT`` is set.

    No fast-math: a compiled kernel gives the same bits as the uncompiled one.  Division by zero inside a
    kernel gives an infinity, so a kernel must guard against it to be callable uncompiled.

    Parameters
    ----------
    function
        A function of numbers, arrays and named tuples in the subset of Python that Numba knows.

    Returns
    -------
    Function
        The compiled function; ``.py_func`` holds the original unless compilation is off.
    """
    if not compilation_is_on():
        return function
    kernel: Any = _kernel_class()(function, targetoptions=_OPTIONS)
    with _numba_cache_in(cache_folder()):
        kernel.enable_caching()
    return cast("Function", kernel)


@cache
def _kernel_class() -> Any:  # noqa: ANN401
    """Return the Numba class of a kernel that is cheap to compile for callers that are compiled too.

    What Python calls must be reached from Python, and is kept on disk. What a kernel calls becomes a part of it: it
    needs neither. A large campaign so compiles in half the time.
    """
    _leave_blas()

    class Kernel(untyped("numba.core.registry").CPUDispatcher):  # type: ignore[misc]
        def __init__(self, function: Any, locals: Any = None, targetoptions: Any = None) -> None:  # noqa: ANN401
            super().__init__(function, locals, dict(targetoptions))
            within = targetoptions | {"no_cpython_wrapper": True}
            self.part = untyped("numba.core.registry").CPUDispatcher(function, locals, within)

        def set_option(self, name: str, value: bool) -> None:
            """Set an option of Numba that `compiled` does not; before the first call."""
            self.targetoptions[name] = self.part.targetoptions[name] = value

        def get_call_template(self, args: Any, kws: Any) -> Any:  # noqa: ANN401
            """Return how compiled code calls the kernel with arguments of these types."""
            named = {name: _general(given) for name, given in kws.items()}
            return self.part.get_call_template(tuple(_general(given) for given in args), named)

        def get_overload(self, sig: Any) -> Any:  # noqa: ANN401
            """Return what compiled code calls."""
            return self.part.get_overload(sig)

    return Kernel


def _leave_blas() -> None:
    """Keep Numba from importing SciPy, where it is installed, only to find a BLAS that no kernel here needs.

    That import takes a fifth of a second. Only in a process of our own: other users of Numba may need it.
    """
    if os.environ.get(WITHOUT_BLAS_VARIABLE):
        untyped("numba.np.linalg").ensure_blas = _no_blas


def _no_blas() -> None:
    raise ImportError("no kernel of this program multiplies matrices")


def _general(given: Any) -> Any:  # noqa: ANN401
    """Return the type as which a kernel takes an argument: not each constant and each width of an integer anew."""
    types = untyped("numba").types
    plain = types.unliteral(given)
    return types.int64 if plain == types.int32 else plain


def compilation_is_on() -> bool:
    """Say whether kernels are compiled: ``False`` when ``NUMBA_DISABLE_JIT`` is set to other than 0."""
    return os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0")


@contextlib.contextmanager
def _numba_cache_in(folder: Path) -> Iterator[None]:
    """Let Numba choose ``folder`` for functions decorated inside; other users of Numba are not touched."""
    config = untyped("numba.core.config")
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        config.CACHE_DIR = before


@contextlib.contextmanager
def first_compilation_calls(announce: Callable[[], None]) -> Iterator[None]:
    """Call ``announce`` once, just before the first kernel is really compiled inside the block.

    Nothing is called when all kernels come from the cache or compilation is off.

    Examples
    --------
    >>> with first_compilation_calls(lambda: print("Compiling once, about half a minute ...")):
    ...     pass
    """
    if not compilation_is_on():
        yield
        return
    event = untyped("numba.core.event")
    thresholds = gc.get_threshold()

    def start() -> None:
        gc.set_threshold(_COLLECT_AFTER, *thresholds[1:])
        announce()

    listener = _listener(start)
    event.register("numba:compile", listener)
    try:
        yield
    finally:
        event.unregister("numba:compile", listener)
        gc.set_threshold(*thresholds)


def untyped(module: str) -> Any:  # noqa: ANN401
    """Import a module of Numba when it is needed; what it declares of its types differs by version."""
    return importlib.import_module(module)


def _listener(announce: Callable[[], None]) -> Any:  # noqa: ANN401
    """Return a Numba listener that calls ``announce`` when the first kernel of this package is compiled."""

    class FirstCompilation(untyped("numba.core.event").Listener):  # type: ignore[misc]
        done = False

        def on_start(self, event: Any) -> None:  # noqa: ANN401
            module = event.data["dispatcher"].py_func.__module__
            if not self.done and module.partition(".")[0] == __package__.partition(".")[0]:
                self.done = True
                announce()

        def on_end(self, event: Any) -> None:  # noqa: ANN401
            """Nothing to do: only the start is announced."""

    return FirstCompilation()


def compile_before_workers(what: str, warm_up: Callable[[], object], announce: Callable[[], None]) -> None:
    """Fill the cache in this process, so that several workers do not all compile the same kernels.

    Parameters
    ----------
    what
        Name of what is run; another scenario may need other kernels.
    warm_up
        Runs every kernel once on the smallest input; called only when the cache is not known to be full.
    announce
        Called before the first real compilation, to tell the user why the program waits.
    """
    if not compilation_is_on():
        return
    finished = cache_folder() / _FINISHED.format(what)
    if finished.exists():
        return
    with first_compilation_calls(announce):
        warm_up()
    finished.touch()


@cache
def cache_folder() -> Path:
    """Return the folder of compiled kernels for the present sources; it exists and can be written to.

    ``STAFFRIDE_CACHE_DIR`` or else the user's cache folder holds it.  Where that cannot be written, a
    private folder among the temporary files is used.
    """
    name = f"kernels-{_fingerprint()}"
    for root in (cache_root(), _temporary_root()):
        if _is_writable(root / name):
            _remove_unused(root)
            return root / name
    return Path(tempfile.mkdtemp(prefix="staffride-"))


def cache_root() -> Path:
    """Return the wished-for parent folder of the cache, which need not exist."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else _user_cache_folder() / "staffride"


def _user_cache_folder() -> Path:
    """Return the folder in which this platform keeps caches of a user."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _temporary_root() -> Path:
    """Return a folder among the temporary files that belongs to this user alone.

    Cached kernels are loaded as code, so a folder that another user could have prepared is never used.
    """
    user = os.getuid() if hasattr(os, "getuid") else 0
    root = Path(tempfile.gettempdir()) / f"staffride-{user}"
    with contextlib.suppress(OSError):
        root.mkdir(mode=0o700, exist_ok=True)
        status = root.stat(follow_symlinks=False)
        if not hasattr(os, "getuid") or (status.st_uid == user and not status.st_mode & 0o077):
            return root
    return Path(tempfile.mkdtemp(prefix="staffride-"))


def _is_writable(folder: Path) -> bool:
    """Create ``folder`` and say whether a file can be written in it; marks the folder as used today."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        os.utime(folder)
    except OSError:
        return False
    return True


def _remove_unused(root: Path) -> None:
    """Delete caches of earlier sources that no run has used for a month."""
    oldest = time.time() - _UNUSED_AFTER_DAYS * 86_400
    for folder in root.glob("kernels-*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def _fingerprint() -> str:
    """Hash the kernel sources and what compiles them."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256(f"{sys.version} {version('numba')} {version('numpy')}".encode())
    for path in _kernel_files(package):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _kernel_files(package: Path) -> list[Path]:
    """Return the source files that `KERNEL_SOURCES` names, in a fixed order."""
    parts = [package / name for name in KERNEL_SOURCES]
    files = [path for part in parts for path in ([part] if part.is_file() else part.rglob("*.py"))]
    return sorted(files)
