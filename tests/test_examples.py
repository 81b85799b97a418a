"""The notebooks of ``examples/`` run from top to bottom, and say what they should."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).resolve().parents[1] / "examples" / "first_light.ipynb"


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    folder = str(tmp_path_factory.mktemp("notebook"))
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}}).execute()
    return notebook


def numbers(notebook: nbformat.NotebookNode, tag: str) -> list[float]:
    """The numbers that the cell with this tag prints."""
    cell = next(cell for cell in notebook.cells if tag in cell.metadata.get("tags", ()))
    text = "".join(output.get("text", "") for output in cell.outputs)
    return [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", text)]


def test_the_stored_notebook_holds_no_output() -> None:
    stored = nbformat.read(NOTEBOOK, as_version=4)
    assert [cell.outputs for cell in stored.cells if cell.cell_type == "code" and cell.outputs] == []


def test_the_band_on_the_total_holds_history(executed: nbformat.NotebookNode) -> None:
    low, high = numbers(executed, "total")[:2]
    assert low < 100_632 < high


def test_the_queue_is_longest_within_the_period(executed: nbformat.NotebookNode) -> None:
    vehicles, hour = numbers(executed, "queue")
    assert vehicles > 100
    assert 24 < hour < 264


def test_the_bulletins_narrow_the_band(executed: nbformat.NotebookNode) -> None:
    before, after = numbers(executed, "taught")
    assert after < before
