"""The report in a real browser: it asks for nothing, filters, opens at the linked sentence, and can be read by all."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from pipeline.output.report import report
from pipeline.store.database import open_published
from tests.conftest import CHROMIUM
from tests.store_samples import published_county, small_item
from tests.test_report import database

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "sro.html"
    with open_published(published_county()) as connection:
        report(connection, path)
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    path = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


class Watched:
    """A page with what it asked for and complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def watched(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Watched]:
    yield from opened(browser, address, request.param)


@pytest.fixture
def desktop(browser: Browser, address: str) -> Iterator[Watched]:
    yield from opened(browser, address, DESKTOP)


def opened(browser: Browser, address: str, size: Any) -> Iterator[Watched]:
    context = browser.new_context(viewport=size, reduced_motion="reduce")
    found = Watched(context.new_page())
    found.page.goto(address)
    found.page.wait_for_selector("html[data-drawn]")
    yield found
    context.close()


def test_it_loads_without_an_error_or_an_outside_request(watched: Watched, address: str) -> None:
    assert watched.complaints == []
    assert [url for url in watched.requests if not url.startswith(("data:", "blob:"))] == [address]
    assert watched.page.locator(".canvas svg").count() == 3, "the pictures are drawn, not only shown"
    wide = watched.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, "nothing sticks out sideways"


def test_the_section_that_is_read_is_seen_in_the_list_of_sections(watched: Watched) -> None:
    """On a phone the list is wider than the screen: it goes along, and its end is faded where there is more."""
    page = watched.page
    for name in ("quality", "promises", "overview"):
        page.evaluate(f"document.getElementById('{name}').scrollIntoView()")
        link = page.locator(f".bar nav a[href='#{name}'][aria-current]")
        link.wait_for()
        box, width = link.bounding_box(), page.viewport_size
        assert box and width and box["x"] >= 0 and box["x"] + box["width"] <= width["width"]


def test_its_policy_stops_what_should_not_be(desktop: Watched) -> None:
    """Even a script that got in could neither run nor tell anybody."""
    desktop.page.evaluate("""() => {
        const script = document.createElement('script'); script.textContent = 'window.ran = true'; document.body.append(script);
        const image = new Image(); image.src = 'https://example.org/x.png'; document.body.append(image); }""")
    assert desktop.page.evaluate("window.ran") is None
    blocked = desktop.page.evaluate("fetch('https://example.org/').then(() => 'sent', () => 'refused')")
    assert blocked == "refused"
    assert any("Content Security Policy" in text for text in desktop.complaints)


def test_what_comes_from_a_page_does_not_act(browser: Browser, tmp_path: Path) -> None:
    """Names and titles full of HTML: in lists, in pictures, and in what a pointer on a picture shows."""
    evil = "<img src=x onerror=\"document.title='x'\"><script>document.title='x'</script>"
    item, extraction = small_item(title=f"Sozialraumorientierung {evil}", organization=f"Ausschuss {evil}", number=evil)
    speaker = msgspec.structs.replace(extraction.speakers[0], name=f"Eva {evil}", faction=f"F {evil}")
    with database(tmp_path, items=((item, msgspec.structs.replace(extraction, speakers=(speaker,))),)) as connection:
        report(connection, tmp_path / "page.html")
    for watched in opened(browser, (tmp_path / "page.html").as_uri(), DESKTOP):
        page = watched.page
        title = page.title()
        assert page.locator(".mark-symbol path").count() >= 3
        for name in ("timeline", "factions", "persons"):
            page.locator(f"[data-picture={name}] .mark-symbol path").first.hover(force=True)
            page.wait_for_selector("#vg-tooltip-element.visible")
            assert page.locator("#vg-tooltip-element img").count() == 0
        assert "<img" in page.locator("#vg-tooltip-element").inner_text(), "shown as it was written"
        page.locator("button[data-language=en]").click()
        page.wait_for_selector("html[data-drawn=en]")
        page.locator("button[data-language=de]").click()
        page.wait_for_selector("html[data-drawn=de]")
        assert page.title() == title
        assert page.locator("img[src=x]").count() == 0
        assert watched.complaints == []


def test_pictures_fit_and_a_mark_leads_to_its_sentence(watched: Watched) -> None:
    page = watched.page
    for index in range(3):
        canvas, picture = page.locator(".canvas").nth(index), page.locator(".canvas svg").nth(index)
        outer, inner = canvas.bounding_box(), picture.bounding_box()
        assert outer and inner and inner["width"] <= outer["width"]
        assert inner["width"] > 0.8 * outer["width"], "drawn for this width"
    page.locator("[data-picture=persons] .mark-symbol path").nth(3).click(force=True)
    page.wait_for_selector(".s:target")
    assert re.search(r"-s\d+$", page.evaluate("location.hash"))
    assert page.locator(".s:target").is_visible()


def test_the_filters_work(watched: Watched) -> None:
    page = watched.page
    everything = page.locator("[data-f]:not([hidden])").count()
    page.locator("#filter summary").click()
    page.locator("select[name=person]").select_option(label="Klaus Harmsen (CDU)")
    some = page.locator("[data-f]:not([hidden])").count()
    assert 0 < some < everything
    speakers = page.locator("#statements li:visible .by b").all_text_contents()
    assert speakers and set(speakers) == {"Klaus Harmsen"}
    assert page.locator("#filter-state").inner_text() == f"{some} von {everything}"
    marks = page.locator("[data-picture=persons] .mark-symbol path")
    few = marks.count()
    page.locator("select[name=stance]").select_option("oppose")
    assert set(page.locator("#statements li:visible .chip").all_inner_texts()) <= {"dagegen"}
    page.locator("select[name=from]").select_option("2023")
    page.locator("select[name=to]").select_option("2023")
    years = page.locator("#timeline li.stop:visible time").all_text_contents()
    assert years and all(text.endswith("2023") for text in years)
    page.locator("input[name=text]").fill("gibt es nicht")
    assert page.locator("[data-f]:not([hidden])").count() == 0
    assert page.locator("#timeline .none-left").is_visible()
    page.locator("#filter button[type=reset]").click()
    page.wait_for_selector("[data-f][hidden]", state="detached")
    assert page.locator("#filter-state").inner_text() == "alle Einträge"
    marks.nth(few * 2).wait_for(state="attached")  # drawn anew, with all marks
    assert watched.complaints == []


def test_a_link_opens_the_reading_view_at_its_sentence(watched: Watched) -> None:
    page = watched.page
    link = page.locator("#statements a.read").nth(4)
    target = (link.get_attribute("href") or "")[1:]
    sentence = page.locator(f"[id='{target}']")
    assert not sentence.is_visible(), "folded before"
    link.click()
    page.wait_for_selector(".s:target")
    assert sentence.is_visible()
    box, height = sentence.bounding_box(), page.viewport_size
    assert box and height and 0 < box["y"] < height["height"], "in view"
    bar = page.locator(".bar").bounding_box()
    assert bar and box["y"] >= bar["height"], "not under the bar"
    assert page.evaluate("document.activeElement.id") == target, "a screen reader goes there, too"
    page.go_back()
    link.click()
    assert sentence.is_visible()


def test_an_address_with_an_anchor_opens_there(browser: Browser, address: str, desktop: Watched) -> None:
    target = desktop.page.locator("#decisions a.read").nth(3).get_attribute("href")
    page = browser.new_page(viewport=DESKTOP)  # type: ignore[arg-type]
    page.goto(f"{address}{target}")
    page.wait_for_selector("html[data-drawn]")
    assert page.locator(".s:target").is_visible()
    page.close()


def test_a_linked_sentence_is_shown_whatever_the_filter_says(desktop: Watched) -> None:
    page = desktop.page
    target = page.locator("#decisions a.read").nth(2).get_attribute("href")
    page.locator("#filter summary").click()
    page.locator("input[name=text]").fill("gibt es nicht")
    page.evaluate("target => { location.hash = target }", target)
    page.wait_for_selector(".s:target")
    assert page.locator(".s:target").is_visible()


def test_english_and_back(desktop: Watched) -> None:
    page = desktop.page
    german = page.locator("main").inner_text()
    page.locator("button[data-language=en]").click()
    page.wait_for_selector("html[data-drawn=en]")
    assert page.evaluate("document.documentElement.lang") == "en"
    english = page.locator("main").inner_text()
    for text in ("At a glance", "Timeline of the topic", "Decision ledger", "Data quality and caveats", "with reservations"):
        assert text in english, text
    for word in ("Auf einen Blick", "Beschlussverzeichnis", "mit Vorbehalt", "im Auszug lesen"):
        assert word not in english, word
    assert "Statements with reservations" in page.locator("[data-picture=timeline] svg").text_content()  # type: ignore[operator]
    assert page.locator("[lang=de] >> nth=0").count(), "what comes from pages stays marked as German"
    page.locator("button[data-language=de]").click()
    page.wait_for_selector("html[data-drawn=de]")
    assert page.locator("main").inner_text() == german
    assert desktop.complaints == []


def test_it_can_be_asked_for_in_english(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}?lang=en")
    page.wait_for_selector("html[data-drawn=en]")
    assert page.locator("#h-decisions").inner_text() == "Decision ledger"
    page.close()


def test_reading_without_marks_and_all_open(desktop: Watched) -> None:
    page = desktop.page
    page.locator("[data-fold=open]").click()
    assert page.locator("details.excerpt:not([open])").count() == 0
    assert page.locator(".prose .who").first.is_visible()
    page.locator("#plain").check()
    assert not page.locator(".prose .who").first.is_visible()
    page.locator("[data-fold=close]").click()
    assert page.locator("details.excerpt[open]").count() == 0


@pytest.mark.parametrize("language", ["de", "en"])
def test_axe_finds_no_problem(watched: Watched, language: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = watched.page
    page.locator(f"button[data-language={language}]").click()
    page.wait_for_selector(f"html[data-drawn={language}]")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["impact"], [node["html"][:200] for node in each["nodes"][:3]]) for each in found] == []


def test_on_paper(desktop: Watched, tmp_path: Path) -> None:
    """Everything folded is printed, what is only for the screen is not, and addresses are written out."""
    page = desktop.page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("main details:not([open])").count() == 0
    assert not page.locator(".bar").is_visible()
    assert not page.locator("button[data-language=de]").is_visible()
    content = page.locator("#decisions a.page").first.evaluate("link => getComputedStyle(link, '::after').content")
    assert "https://example.org/to020?TOLFDNR=" in content
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("main details[open]").count() == 0
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_it_can_be_read_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    assert page.locator(".canvas img").count() == 3
    assert page.locator(".canvas img").first.evaluate("image => image.naturalWidth", timeout=5000) > 300
    assert "Beschlussverzeichnis" in page.locator("main").inner_text()
    context.close()
