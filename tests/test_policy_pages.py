"""The pages on levers and on claims hold all that the program has, and every number on them is the program's own."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from staffride.evidence.claim_tests import claim_tests
from staffride.lab import verdicts
from staffride.lab.expression import FUNCTIONS, Call, named, walk
from staffride.lab.grammar import parse
from staffride.lab.observable_names import names_of
from staffride.scenario.levers.catalogue import LEVERS

EXTENSIONS = Path(__file__).resolve().parents[1] / "docs" / "extensions"


@pytest.fixture(scope="module", autouse=True)
def extensions() -> None:
    if str(EXTENSIONS) not in sys.path:
        sys.path.insert(0, str(EXTENSIONS))


@pytest.fixture(scope="module")
def levers_page() -> str:
    import levers_page

    return levers_page.render()


@pytest.fixture(scope="module")
def claims_page() -> str:
    import claims_page

    return claims_page.render()


@pytest.mark.parametrize("name", LEVERS)
def test_a_lever_is_told_with_doses_grounds_and_an_example(levers_page: str, name: str) -> None:
    lever = LEVERS[name]
    part = levers_page.partition(f"\n### {name}\n")[2].partition("\n### ")[0]
    assert f"**{lever.label}.** {lever.summary}" in part
    assert [dose.name for dose in lever.doses if f"\n| `{dose.name}` | {dose.meaning} |" not in part] == []
    assert [one for one in lever.evidence if f"`{one}` (" not in part] == []
    assert all(
        f"- **{label}.** " in part for label in ("Acts on", "Rests on", "Assumed", "Leaves out", "Cost")
    )
    assert re.search(rf"- \*\*Example\.\*\* `staffride compare \S+ --policy {name}\S*` changes [^.]", part)


def test_every_group_has_its_words(levers_page: str) -> None:
    import levers_page as page

    from staffride.api.levers import GROUPS

    assert set(page.OF_GROUP) == set(GROUPS)
    assert "{{" not in levers_page


def test_every_test_of_a_claim_is_on_the_page(claims_page: str) -> None:
    tests = claim_tests().tests.values()
    assert [one.id for one in tests if f"- **`{one.id}`** (" not in claims_page] == []
    assert [one.observable for one in tests if f"`{one.observable}`: " not in claims_page] == []
    assert "{{" not in claims_page


def test_thresholds_follow_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    import claims_page as page

    assert "the central 90 % of the band" in page.render()
    monkeypatch.setattr(page, "CENTRAL", 0.75)
    assert verdicts.CENTRAL == 0.9
    assert "the central 75 % of the band" in page.render()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_example_of_a_function_names_what_runs_have(claims_page: str, function: str) -> None:
    import claims_page as page

    tree = parse(page.SHOWN[function])
    assert any(isinstance(one, Call) and one.function == function for one in walk(tree))
    known = [names_of(page.scenario(name)) for name in ("karabakh-2020", "karabakh-2023")]
    assert f"`{page.SHOWN[function]}` |" in claims_page
    assert any(
        set(named(tree, "total")) <= one.totals
        and set(named(tree, "series")) <= one.series
        and set(named(tree, "parameter")) <= one.parameters
        for one in known
    )
