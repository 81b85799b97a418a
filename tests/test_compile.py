"""The cache of compiled kernels: where it lies, when it is renewed, and that no rule in it can be stale."""

from __future__ import annotations

import ast
import gc
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import staffride
from staffride.engine import compile as compile_module
from staffride.engine.compile import cache_folder, cache_root, compiled

PACKAGE = Path(staffride.__file__).parent

RULE = """
from staffride.engine.compile import compiled

@compiled
def rule(x: float) -> float:
    return x + {constant}
"""

CALLER = """
from staffride.engine.compile import compiled
from staffride.model.sample_rule import rule

@compiled
def caller(x: float) -> float:
    return rule(x) * 10.0
"""

CALL = """
from staffride.engine.compile import first_compilation_calls
with first_compilation_calls(lambda: print("compiling")):
    from staffride.model.sample_caller import caller
    print(caller(1.0))
"""


@pytest.fixture
def fresh_folder(monkeypatch):
    """Let a test see a cache folder of its own: the real one is remembered for the whole process."""
    cache_folder.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    cache_folder.cache_clear()


@pytest.fixture
def copied_package(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "staffride", ignore=shutil.ignore_patterns("__pycache__", "data"))
    (tmp_path / "staffride/model/sample_caller.py").write_text(CALLER)
    return tmp_path


def write_rule(folder: Path, constant: float) -> None:
    (folder / "staffride/model/sample_rule.py").write_text(RULE.format(constant=constant))


def run_python(code: str, folder: Path, **variables: str) -> list[str]:
    environment = os.environ | {"PYTHONPATH": str(folder), "STAFFRIDE_CACHE_DIR": str(folder / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment | variables,
        capture_output=True,
        text=True,
        cwd=folder,
        check=True,
    )
    return done.stdout.split()


def test_an_edited_rule_reaches_a_cached_caller_in_another_file(copied_package):
    write_rule(copied_package, 1.0)
    assert run_python(CALL, copied_package) == ["compiling", "20.0"]
    assert run_python(CALL, copied_package) == ["20.0"]
    write_rule(copied_package, 2.0)
    assert run_python(CALL, copied_package) == ["compiling", "30.0"]


def test_without_compilation_the_same_values_and_no_message_and_no_numba(copied_package):
    write_rule(copied_package, 1.0)
    code = CALL + "import sys; print('numba' in sys.modules)"
    assert run_python(code, copied_package, NUMBA_DISABLE_JIT="1") == ["20.0", "False"]


def test_the_cache_lies_where_the_variable_says_and_holds_the_kernels(copied_package):
    write_rule(copied_package, 1.0)
    run_python(CALL, copied_package)
    (folder,) = (copied_package / "cache").iterdir()
    assert folder.name.startswith("kernels-")
    assert len(list(folder.rglob("*.nbc"))) == 1  # the caller, of which the rule is a part
    assert not list((copied_package / "staffride").rglob("*.nbc"))


def test_an_edit_outside_the_kernels_keeps_the_cache(copied_package):
    code = "from staffride.engine.compile import cache_folder; print(cache_folder().name)"
    before = run_python(code, copied_package)
    (copied_package / "staffride/present/new_figure.py").write_text("WIDTH = 7\n")
    assert run_python(code, copied_package) == before
    (copied_package / "staffride/lab/new_kernel.py").write_text("WIDTH = 7\n")
    assert run_python(code, copied_package) != before


def test_an_unwritable_folder_falls_back_to_the_temporary_files(tmp_path, fresh_folder):
    (tmp_path / "file").write_text("not a folder")
    fresh_folder.setenv("STAFFRIDE_CACHE_DIR", str(tmp_path / "file"))
    fresh_folder.setattr(compile_module.tempfile, "gettempdir", lambda: str(tmp_path))
    assert tmp_path in cache_folder().parents
    assert cache_folder().parent.stat().st_mode & 0o077 == 0


def test_a_temporary_folder_that_others_can_write_is_not_trusted(tmp_path, fresh_folder):
    prepared = tmp_path / f"staffride-{os.getuid()}"
    prepared.mkdir()
    prepared.chmod(0o777)
    (tmp_path / "file").write_text("not a folder")
    fresh_folder.setenv("STAFFRIDE_CACHE_DIR", str(tmp_path / "file"))
    fresh_folder.setattr(compile_module.tempfile, "gettempdir", lambda: str(tmp_path))
    assert prepared not in cache_folder().parents


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"HOME": "/home/a"}, "/home/a/.cache/staffride"),
        ("linux", {"HOME": "/home/a", "XDG_CACHE_HOME": "/fast"}, "/fast/staffride"),
        ("darwin", {"HOME": "/Users/a"}, "/Users/a/Library/Caches/staffride"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/staffride"),
        ("linux", {"STAFFRIDE_CACHE_DIR": "/chosen", "XDG_CACHE_HOME": "/fast"}, "/chosen"),
    ],
)
def test_the_folder_follows_the_platform(platform, variables, expected, monkeypatch):
    for name in ("XDG_CACHE_HOME", "STAFFRIDE_CACHE_DIR", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(compile_module.sys, "platform", platform)
    assert cache_root() == Path(expected)


def test_caches_that_no_run_used_for_a_month_are_removed(tmp_path, fresh_folder):
    for name, days in (("kernels-old", 40), ("kernels-recent", 3), ("other", 40)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - days * 86_400,) * 2)
    fresh_folder.setenv("STAFFRIDE_CACHE_DIR", str(tmp_path))
    cache_folder()
    assert not (tmp_path / "kernels-old").exists()
    assert (tmp_path / "kernels-recent").exists()
    assert (tmp_path / "other").exists()


def test_warming_up_happens_once_a_scenario(tmp_path, fresh_folder):
    fresh_folder.setenv("STAFFRIDE_CACHE_DIR", str(tmp_path))
    fresh_folder.delenv("NUMBA_DISABLE_JIT", raising=False)
    calls = []
    for what in ("corridor", "opening-day", "corridor"):
        compile_module.compile_before_workers(
            what, lambda name=what: calls.append(name), lambda: calls.append("message")
        )
    assert calls == ["corridor", "opening-day"]


def test_the_collector_is_left_as_it_was_after_compilation(tmp_path, fresh_folder):
    before = gc.get_threshold()
    with compile_module.first_compilation_calls(lambda: None):

        @compiled
        def triple(x):
            return 3.0 * x

        assert triple(2.0) == 6.0
    assert gc.get_threshold() == before


def test_other_users_of_numba_keep_their_own_folder(fresh_folder):
    from numba.core import config as numba_settings

    folder_before = numba_settings.CACHE_DIR

    @compiled
    def double(x):
        return 2.0 * x

    assert folder_before == numba_settings.CACHE_DIR
    assert double(2.0) == 4.0


@compiled
def sum_of(first: int, second: int) -> int:
    return first + second


@compiled
def sums(values: np.ndarray) -> int:
    return sum_of(1, 2) + sum_of(3, values[0]) + sum_of(values[0], values.size)


@pytest.mark.skipif(not compile_module.compilation_is_on(), reason="needs compilation")
def test_constants_and_widths_of_integers_do_not_compile_a_kernel_anew():
    assert sums(np.array([5], np.int32)) == 3 + 8 + 6
    assert len(sum_of.part.signatures) == 1
    assert not sum_of.signatures


def test_no_kernel_multiplies_matrices() -> None:
    """The command line keeps Numba from looking for a BLAS, so a kernel that needs one would fail there."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and any(
                ast.unparse(one).partition("(")[0] == "compiled" for one in function.decorator_list
            ):
                found += [
                    f"{path.name}: {function.name}"
                    for node in ast.walk(function)
                    if isinstance(node, ast.MatMult)
                    or (isinstance(node, ast.Attribute) and node.attr in {"dot", "vdot", "linalg"})
                ]
    assert found == []


def test_the_command_line_loads_no_linear_algebra_for_its_kernels() -> None:
    program = (
        "import sys; from staffride.engine.random import binomial; binomial(10, 0.3, 0.4); "
        "print('scipy.linalg' in sys.modules)"
    )
    environment = os.environ | {"STAFFRIDE_WITHOUT_BLAS": "1"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr
