"""The model description is complete: every rule states its equation, units and source."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

EXTENSIONS = Path(__file__).resolve().parents[1] / "docs" / "extensions"


@pytest.fixture(scope="module", autouse=True)
def extensions() -> None:
    if str(EXTENSIONS) not in sys.path:
        sys.path.insert(0, str(EXTENSIONS))


def test_labels_are_cut_out_of_a_docstring() -> None:
    import odd

    parts = odd.sections(
        "Return a.\n\nEquation: ``a = b`` after c. Units: h. Source: X (1999).\n\nRaises\n------\nE"
    )
    assert parts == {
        "": "Return a.",
        "Equation": "``a = b`` after c.",
        "Units": "h.",
        "Source": "X (1999).",
        "Raises": "E",
    }


def test_every_phenomenon_has_a_rule() -> None:
    import odd

    with_rules = {module.__name__.rpartition(".")[2] for module in odd.modules() if list(odd.rules(module))}
    assert {"buses", "checkpoint", "departure", "fuel", "reception", "traffic"} - with_rules == set()


def test_every_rule_states_equation_units_and_source() -> None:
    import odd

    rules = [rule for module in odd.modules() for rule in odd.rules(module)]
    assert {f"{rule.module}.{rule.name}": rule.missing for rule in rules if rule.missing} == {}


def test_the_page_holds_every_parameter_and_every_rule() -> None:
    import odd

    from staffride.model.displacement import PARAMETERS

    page = odd.render()
    assert "{{" not in page
    assert [name for name in PARAMETERS if f"`{name}`" not in page] == []
    rules = [rule.name for module in odd.modules() for rule in odd.rules(module)]
    assert [name for name in rules if f"#### `{name}`" not in page] == []
