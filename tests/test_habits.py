"""House rules that a program can check: size, docstrings, layers, addresses, and texts that must agree."""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYTHON_FILES = sorted((ROOT / "src").rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_KERNEL, MEDIAN_FUNCTION = 400, 30, 100, 8
DATA_SUFFIXES = {".csv", ".json", ".yaml", ".yml", ".toml", ".cff", ".ipynb"}
TEXT_SUFFIXES = {".py", ".md", ".txt", ".css", ".js", ".html", ""} | DATA_SUFFIXES
SKIPPED_FOLDERS = {".venv", ".git", "runs", "node_modules", "_build", "build", "dist", "__pycache__"}
HEAVY = {
    "numpy",
    "numba",
    "duckdb",
    "pydantic",
    "ruamel",
    "pandas",
    "xarray",
    "matplotlib",
    "polars",
    "scipy",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def text_files() -> Iterator[Path]:
    """Every text file of the project, whatever tool would ship it."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden_cache = any(part.endswith("_cache") or part in {".hypothesis"} for part in parts)
        if hidden_cache or SKIPPED_FOLDERS.intersection(parts) or not path.is_file():
            continue
        if path.suffix in TEXT_SUFFIXES:
            yield path


def matches(pattern: re.Pattern[str]) -> list[str]:
    """Return ``file:line`` of every line of the project that the pattern finds, this file left out."""
    found = []
    for path in text_files():
        if path != Path(__file__).resolve():
            lines = path.read_text(encoding="utf-8").splitlines()
            found += [
                f"{path.relative_to(ROOT)}:{n}" for n, line in enumerate(lines, 1) if pattern.search(line)
            ]
    return found


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def source_length(path: Path, function: Function) -> int:
    """Lines from ``def`` to the last statement, without the docstring and blank lines.

    A command's options are its signature, so of a command only the body counts.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    first = function.body[0]
    start = first.lineno if is_decorated(function, "app.command") else function.lineno
    inside = range(start, (function.end_lineno or function.lineno) + 1)
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    skipped = range(first.lineno, (first.end_lineno or 0) + 1) if is_docstring else range(0)
    return sum(bool(lines[n - 1].strip()) and n not in skipped for n in inside)


def is_decorated(function: Function, name: str) -> bool:
    return any(ast.unparse(decorator).partition("(")[0] == name for decorator in function.decorator_list)


def is_kernel(function: Function, text: str) -> bool:
    """Whether the function is compiled, and its own text or its file's first line calls it a kernel."""
    described = f"{ast.get_source_segment(text, function)} {text.partition(chr(10))[0]}".lower()
    return is_decorated(function, "compiled") and "kernel" in described


def public_definitions(tree: ast.Module) -> Iterator[ast.AST]:
    """Every public class, function and method; what a function defines inside itself is its own business."""
    pending: list[ast.AST] = list(tree.body)
    for node in pending:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            pending += node.body if isinstance(node, ast.ClassDef) else []


def test_no_machine_paths() -> None:
    assert (
        matches(
            re.compile(r"(?<![\w.~])/(root|work|tmp|(home|Users)/\w{2,})/|[A-Z]:\\Users|\.pyenv/versions")
        )
        == []
    )


def test_no_registry_addresses() -> None:
    pattern = r"pypi\.org|pythonhosted|registry\.npmjs|--(extra-)?index-url|/simple/|--hash=|anaconda\.org"
    assert matches(re.compile(pattern)) == []


def test_no_unfinished_work() -> None:
    assert matches(re.compile(r"\b(TODO|FIXME|XXX)\b|NotImplementedError")) == []


def test_everything_public_has_a_docstring() -> None:
    missing = []
    for path in PYTHON_FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = [("module", tree)] + [(node.name, node) for node in public_definitions(tree)]
        missing += [
            f"{path.relative_to(ROOT)}: {name}" for name, node in nodes if not ast.get_docstring(node)
        ]
    assert missing == []


def test_files_are_short() -> None:
    """A file of compiled kernels may be longer where its first line says that it holds kernels."""
    long = []
    for path in PYTHON_FILES:
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > LONGEST_FILE and "kernel" not in lines[0].lower():
            long.append(f"{path.relative_to(ROOT)}: {len(lines)} lines")
    assert long == []


def test_functions_are_short() -> None:
    long, lengths = [], []
    for path in PYTHON_FILES:
        text = path.read_text(encoding="utf-8")
        for function in functions(ast.parse(text)):
            size = source_length(path, function)
            lengths.append(size)
            if size > (LONGEST_KERNEL if is_kernel(function, text) else LONGEST_FUNCTION):
                long.append(f"{path.relative_to(ROOT)}:{function.lineno} {function.name}: {size} lines")
    assert long == []
    assert statistics.median(lengths) <= MEDIAN_FUNCTION


def test_layers_import_one_way() -> None:
    from importlinter import cli

    assert cli.lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_changelog_names_the_version() -> None:
    from staffride import __version__

    assert re.search(rf"^## \[{re.escape(__version__)}\] - \d{{4}}-\d\d-\d\d$", read("CHANGELOG.md"), re.M)


def test_citation_is_valid_and_names_the_version(tmp_path: Path) -> None:
    from ruamel.yaml import YAML

    from staffride import __version__

    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format"]
    done = subprocess.run([*check, ROOT / "CITATION.cff"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert YAML(typ="safe").load(read("CITATION.cff"))["version"] == __version__


def test_ci_runs_the_test_command_of_the_readme() -> None:
    """The script holds no test command of its own: it cuts README's out, so the two cannot drift."""
    script = read(".ci/run")
    cut = re.search(r"^readme_command\(\) \{.*?^\}", script, re.M | re.S)
    assert cut is not None
    done = subprocess.run(
        ["bash", "-euc", f'root="$1"\n{cut[0]}\nreadme_command Test', "bash", ROOT],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    blocks = re.findall(r"^```bash\n(.*?)^```", read("README.md"), re.M | re.S)
    assert done.stdout in blocks
    assert done.stdout.count("\n") == 1
    assert done.stdout.rstrip().endswith(".venv/bin/pytest")
    assert "[test]" not in script


def test_readme_starts_with_the_main_job() -> None:
    blocks = re.findall(r"^```bash\n(.*?)^```", read("README.md"), re.M | re.S)
    main_job = "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/staffride run karabakh-2023\n"
    assert blocks[0] == main_job


def test_constraints_pin_every_direct_dependency() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    wanted = project["dependencies"] + [
        line for group in project["optional-dependencies"].values() for line in group
    ]
    names = {canonical(re.split(r"[<>=\[ ]", line)[0]) for line in wanted} - {"staffride"}
    pinned = re.findall(
        r"^([\w.-]+)==[\w.]+(?: ; python_version (?:<|>=) \"3\.12\")?$", read("constraints.txt"), re.M
    )
    assert len(pinned) == len([line for line in read("constraints.txt").splitlines() if "==" in line])
    assert sorted(names - {canonical(name) for name in pinned}) == []


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import json, sys\n"
        "from staffride.cli.main import main\n"
        f"sys.argv = ['staffride', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert not stop.code\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert HEAVY.intersection(json.loads(done.stdout.splitlines()[-1])) == set()


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
