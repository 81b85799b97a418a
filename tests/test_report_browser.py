"""The report in a browser: it opens from a file, asks nobody for anything, moves, and fits every page."""

import pytest

from fake_bundle import fake_bundle
from staffride.present.report import write_report

pytestmark = [
    pytest.mark.browser,
    # the browser's own pipes are closed by another process
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

COLOURS = """(id) => {
  const canvas = document.getElementById(id);
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const land = getComputedStyle(document.documentElement).getPropertyValue("--land").trim();
  const [r, g, b] = [1, 3, 5].map((k) => parseInt(land.slice(k, k + 2), 16));
  let near = 0, sum = 0;
  for (let k = 0; k < pixels.length; k += 4) {
    const far = Math.abs(pixels[k] - r) + Math.abs(pixels[k + 1] - g) + Math.abs(pixels[k + 2] - b);
    if (far < 60) near += 1;
    sum = (sum * 31 + pixels[k] + 7 * pixels[k + 1] + 13 * pixels[k + 2]) % 2147483647;
  }
  return [near / (pixels.length / 4), sum];
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(fake_bundle(), path)
    return path.as_uri()


class Reader:
    """A page with what it said and asked for."""

    def __init__(self, browser, address, width=1400, theme="light", **options):
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, **options
        )
        self.page = self.context.new_page()
        self.said, self.asked = [], []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(address)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    def map(self, name="region"):
        """Return the share of pixels near the colour of land, and a sum over all pixels."""
        return self.page.evaluate(COLOURS, f"map-{name}")

    def until_drawn(self):
        """Wait for both maps; nothing is evaluated in the page, whose policy forbids it."""
        for name in ("road", "region"):
            self.page.locator(f"#map-{name}[data-ready]").wait_for()

    def move(self, hour):
        self.page.evaluate(
            "(hour) => { const s = document.getElementById('hour'); s.value = hour;"
            " s.dispatchEvent(new Event('input')); }",
            hour,
        )


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 400])
def test_it_is_quiet_asks_for_nothing_and_fits_the_page(browser, address, width, theme, tmp_path):
    with Reader(browser, address, width, theme) as reader:
        reader.until_drawn()
        assert reader.said == []
        assert [url for url in reader.asked if not url.startswith("data:")] == [address]
        assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        shot = tmp_path / f"{width}-{theme}.png"
        reader.page.screenshot(path=shot, full_page=True)
        assert shot.stat().st_size > 100_000


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["road", "region"])
def test_the_map_shows_land_and_changes_with_the_hour(browser, address, name, theme):
    with Reader(browser, address, theme=theme) as reader:
        reader.until_drawn()
        reader.move(60)
        land, before = reader.map(name)
        reader.move(110)
        after = reader.map(name)[1]
        assert land > 0.4
        assert before != after


def test_the_slider_moves_with_the_keyboard_and_tells_its_time(browser, address):
    with Reader(browser, address) as reader:
        reader.until_drawn()
        reader.move(80)
        reader.page.focus("#hour")
        reader.page.keyboard.press("ArrowRight")
        assert reader.page.input_value("#hour") == "81"
        said = reader.page.get_attribute("#hour", "aria-valuetext")
        assert said == "Wednesday 27 September 2023, 09:00"
        assert reader.page.inner_text("#now-time") == "09:00"


def test_play_runs_the_clock_and_stops_at_the_end(browser, address):
    with Reader(browser, address) as reader:
        reader.until_drawn()
        reader.move(262)
        reader.page.click("#play")
        reader.page.locator("#play[aria-label=Pause]").wait_for()
        reader.page.locator("#play[aria-label=Play]").wait_for()
        assert reader.page.input_value("#hour") == "264"
        assert reader.said == []


def test_the_button_turns_the_page_dark_and_the_map_with_it(browser, address):
    with Reader(browser, address) as reader:
        reader.until_drawn()
        ground = "getComputedStyle(document.body).backgroundColor"
        light, map_light = reader.page.evaluate(ground), reader.map()[1]
        reader.page.click("#theme")
        assert reader.page.evaluate(ground) != light
        assert reader.map()[1] != map_light
        assert reader.map()[0] > 0.4
        reader.page.click("#theme")
        assert reader.page.evaluate(ground) == light


def test_the_figures_below_the_map_follow_the_chosen_path(browser, address):
    with Reader(browser, address) as reader:
        reader.until_drawn()
        reader.move(140)
        first = reader.page.inner_text("[data-now='arrivals']")
        reader.page.check("input[value='one']")
        assert reader.page.inner_text("[data-now='arrivals']") != first


def test_a_chart_reads_out_under_the_pointer_and_with_the_arrow_keys(browser, address):
    with Reader(browser, address) as reader:
        read = reader.page.locator("#arrivals .wide .read")
        read.scroll_into_view_if_needed()
        read.hover()
        assert "median" in reader.page.locator("#arrivals .wide .tip").inner_text()
        read.focus()
        reader.page.keyboard.press("Home")
        reader.page.keyboard.press("PageUp")
        assert read.get_attribute("aria-valuenow") == "25"
        assert read.get_attribute("aria-valuetext").startswith("25 September, 01:00; median")


def test_the_read_out_says_the_scenarios_time_wherever_the_reader_is(browser, address):
    with Reader(browser, address, timezone_id="America/Los_Angeles") as reader:
        read = reader.page.locator("#arrivals .wide .read")
        read.focus()
        reader.page.keyboard.press("Home")
        assert read.get_attribute("aria-valuetext").startswith("24 September, 01:00")


def test_without_script_the_still_map_and_all_charts_are_there(browser, address):
    with Reader(browser, address, java_script_enabled=False) as reader:
        assert reader.page.locator("#map .still .wide svg").first.is_visible()
        assert not reader.page.locator("#map canvas").first.is_visible()
        assert not reader.page.locator("#map .clock").is_visible()
        assert reader.page.locator("#arrivals .wide svg").is_visible()


def test_a_printed_page_shows_the_still_map_and_unfolds_everything(browser, address):
    with Reader(browser, address) as reader:
        reader.until_drawn()
        reader.page.emulate_media(media="print")
        assert reader.page.locator("#map .still .wide svg").first.is_visible()
        assert not reader.page.locator("#map canvas").first.is_visible()
        reader.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert reader.page.evaluate("[...document.querySelectorAll('details')].every((part) => part.open)")


CONTRAST = """() => {
  const lum = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = lum(getComputedStyle(document.body).backgroundColor);
  const worst = {};
  for (const node of document.querySelectorAll("h1,h2,h3,p,td,th,li,dt,dd,a,figcaption,summary,svg text,button")) {
    if (!node.textContent.trim() || node.closest(".still,.play,.skip")) continue;
    const style = getComputedStyle(node);
    const ink = lum(node.namespaceURI.endsWith("svg") ? style.fill : style.color);
    const ratio = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    const key = `${node.tagName} ${node.getAttribute("class") ?? ""}`;
    worst[key] = Math.min(worst[key] ?? 99, ratio);
  }
  return worst;
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_has_a_contrast_of_at_least_four_and_a_half(browser, address, theme):
    with Reader(browser, address, theme=theme) as reader:
        worst = reader.page.evaluate(CONTRAST)
        assert {key: ratio for key, ratio in worst.items() if ratio < 4.5} == {}
        assert len(worst) > 15
