"""Runs the code blocks of README and docs, page by page, so that an example that no longer works fails.

Every ``console`` and ``python`` block runs, in the order of its page, in an empty folder of that page; Python
blocks of a page share their names. A block that cannot run says why in a comment above it:
``<!-- not run: reason -->``. A block of any kind below ``<!-- file: NAME -->`` is written to that file, so that the
blocks after it can use what the reader was told to write.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(
    r"(?:^<!-- (?:not run: (?P<reason>.+?)|file: (?P<file>\S+)) -->\n+)?^```(?P<kind>\w+)\n(?P<code>.*?)^```$",
    re.M | re.S,
)


class Block(NamedTuple):
    """A code block of a page; ``file`` is where it is to be written, if anywhere."""

    kind: str
    code: str
    line: int
    file: str | None


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(found["kind"], found["code"], text.count("\n", 0, found.start("code")) + 1, found["file"])
        for found in BLOCK.finditer(text)
        if found["file"] or (found["kind"] in {"console", "python"} and not found["reason"])
    ]


def run_console(block: Block, where: str) -> None:
    """Run each line after a ``$`` with the shell; lines without one show output and are not compared."""
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for line in re.findall(r"^\$ (.+)$", block.code, re.M):
        environment = os.environ | {"PATH": tools, "NO_COLOR": "1", "COLUMNS": "120"}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{where}: $ {line}\n{done.stdout}{done.stderr}"


def run_python(block: Block, where: str, names: dict[str, Any]) -> None:
    exec(compile("\n" * (block.line - 1) + block.code, where, "exec"), names)


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)], ids=lambda p: str(p.relative_to(ROOT)))
def test_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__page__"}
    for block in blocks(page):
        where = f"{page.relative_to(ROOT)}:{block.line}"
        if block.file:
            Path(block.file).parent.mkdir(parents=True, exist_ok=True)
            Path(block.file).write_text(block.code, encoding="utf-8")
        elif block.kind == "console":
            run_console(block, where)
        else:
            run_python(block, where, names)


def test_links_between_pages_lead_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "extensions"))
    from pages import PAGES as GENERATED

    generated = {ROOT / "docs" / name for name in GENERATED}
    link = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)[^)]*\)")
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in link.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists() and (page.parent / target).resolve() not in generated
    ]
    assert broken == []
