"""The model descriptions are complete: every rule states its equation, units and source, on exactly one page."""

from __future__ import annotations

import re
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


PHENOMENA = {
    "displacement": {"buses", "checkpoint", "departure", "fuel", "reception", "traffic"},
    "campaign": {
        "weather", "daylight", "information", "detection", "jamming", "air_defence", "terrain_mask", "raid",
        "targeting", "fires", "diplomacy", "control", "infiltration", "supply", "max_flow", "ground", "attrition",
        "cohesion", "city_strikes", "flight",
    },
    "chain": {"closure", "talks", "chain_links", "returns"},
}  # fmt: skip


@pytest.mark.parametrize("kind", PHENOMENA)
def test_every_phenomenon_has_a_rule(kind: str) -> None:
    import odd

    with_rules = {
        module.__name__.rpartition(".")[2] for module in odd.modules_of(kind) if list(odd.rules(module))
    }
    assert PHENOMENA[kind] - with_rules == set()


def test_every_rule_states_equation_units_and_source() -> None:
    import odd

    rules = [rule for module in odd.modules() for rule in odd.rules(module)]
    assert {f"{rule.module}.{rule.name}": rule.missing for rule in rules if rule.missing} == {}


def test_every_rule_of_a_campaign_states_its_limits() -> None:
    import odd

    rules = [rule for module in odd.modules_of("campaign") for rule in odd.rules(module)]
    assert [f"{rule.module}.{rule.name}" for rule in rules if "Limits" not in rule.parts] == []


def test_every_rule_is_on_exactly_one_page() -> None:
    import odd

    pages = {kind: odd.render(kind) for kind in odd.DESCRIPTIONS}
    for module in odd.modules():
        for rule in odd.rules(module):
            code = f"- **Code.** `{rule.module}.{rule.signature}`"
            assert [
                kind for kind, page in pages.items() if code in page and f"#### `{rule.name}`" in page
            ] == [kind for kind in pages if module in odd.modules_of(kind)], code
            assert sum(page.count(code) for page in pages.values()) == 1, code


@pytest.mark.parametrize("kind", PHENOMENA)
def test_a_page_holds_every_parameter_and_the_order_of_its_step(kind: str) -> None:
    import odd

    from staffride.model.chain_parameters import OWN_PARAMETERS
    from staffride.model.kinds import parameters_of

    page = odd.render(kind)
    assert "{{" not in page
    # The stages of a chain have pages of their own.
    specs = OWN_PARAMETERS if kind == "chain" else parameters_of(kind)
    plain = [name for name in specs if "{side}" not in name and not name.endswith(".*")]
    assert [name for name in plain if f"| `{name}` |" not in page] == []
    assert "\n1. ``" in page


@pytest.mark.parametrize("name", ["opening-day", "karabakh-2020"])
def test_the_campaign_page_holds_every_parameter_with_its_grounds(name: str) -> None:
    import odd

    from staffride.model.kinds import parameters_of
    from staffride.scenario import load

    rows = dict(re.findall(r"^\| `([\w.]+)` \|.*\| (.+) \|$", odd.render("campaign"), re.M))
    scenario = load(name, parameters_of)
    assert [name for name in scenario.parameters if not rows.get(name)] == []


def test_the_submodels_of_a_campaign_stand_in_the_order_of_the_hour() -> None:
    """The order of the page is that of the list of steps that the program follows."""
    import odd

    from staffride.model.campaign_steps import STEPS

    order = [name for names in odd.HOUR.values() for name in names]
    steps = list(dict.fromkeys(step.phenomenon for step in STEPS if step.phenomenon in order))
    steps.remove("targeting")  # of one part with fires, whose files it shares with air defence
    assert [name for name in order if name in steps] == steps
    titles = [title for title, _ in odd.in_parts("campaign")]
    page = odd.render("campaign")
    places = [page.index(f"\n## Submodels: {title[:1].lower()}{title[1:]}\n") for title in titles]
    assert places == sorted(places)


def test_the_limits_page_holds_the_limits_of_every_rule_of_a_campaign() -> None:
    import odd

    page = odd.render_limits()
    assert "{{" not in page
    rules = [rule for module in odd.modules_of("campaign") for rule in odd.rules(module)]
    assert [rule.name for rule in rules if f"- `{rule.name}`: " not in page] == []


def test_the_page_of_systems_holds_every_system_and_every_figure() -> None:
    import system_pages

    from staffride.scenario.catalogue import read_catalogue
    from staffride.scenario.figures import FIGURES

    page = system_pages.render()
    assert "{{" not in page
    assert [name for name in read_catalogue().data["systems"] if f"#### `{name}`: " not in page] == []
    assert [figure.name for figure in FIGURES if f"| `{figure.name}` | {figure.unit} |" not in page] == []


REGIONAL = {
    "region": {"region_choice", "region_network", "region_volume", "region_origins", "region_travel", "region_corridor",
               "region_onward", "region_returns"},
    "flee": {"flee_places", "flee_routes", "flee_spawn", "flee_moves"},
}  # fmt: skip


@pytest.mark.parametrize("kind", REGIONAL)
def test_regional_pages_hold_their_phenomena_settings_and_order(kind: str) -> None:
    import odd

    page = odd.render(kind)
    with_rules = {odd.short_name(module) for module in odd.modules_of(kind) if list(odd.rules(module))}
    assert REGIONAL[kind] - with_rules == set()
    assert "{{" not in page
    assert "\n1. ``" in page


def test_the_page_of_our_rules_holds_every_fitted_parameter() -> None:
    import odd

    from staffride.model.region_parameters import TERMS, fitted

    rows = dict(
        re.findall(r"^\| `(\w+)` \| .* \| ([\d.]+) \| [\d.]+ \| [\d.]+ \|$", odd.render("region"), re.M)
    )
    assert rows == {term.name: f"{getattr(fitted(), term.name):g}" for term in TERMS}


def test_the_page_of_flees_rules_holds_every_setting_and_quirk() -> None:
    import odd

    from staffride.model.flee_settings import FleeSettings, Quirks

    page = odd.render("flee")
    names = [*FleeSettings.__dataclass_fields__, *Quirks.__dataclass_fields__]
    assert [name for name in names if f"| `{name}` |" not in page] == []
