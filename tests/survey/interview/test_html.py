"""What the pages weigh, promise and say to people who do not see them."""

import base64
import gzip
import hashlib
import re
from collections import Counter

import pytest

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LANGUAGES = ("kk", "ru", "uz", "en")
FIRST_PAGE_BYTES, LATER_PAGE_BYTES, SCRIPT_BYTES = 14_000, 6_000, 3_000
FIRST = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}


def _weight(person) -> int:
    return len(gzip.compress(person.response.data, 6))


def _walk(person, language="kk"):
    """Every page of an interview, as it is first shown."""
    person.start(language)
    while "/q/" in person.path:
        yield person
        person.send(person.sensible())
    yield person


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_light_and_one_request(person, language) -> None:
    person.get("")
    assert _weight(person) <= FIRST_PAGE_BYTES
    for shown in _walk(person, language):
        assert _weight(shown) <= LATER_PAGE_BYTES, shown.path
        assert not shown.page.xpath("//img | //iframe | //link[@rel!='icon'] | //*[@src][not(self::script)]")
        assert shown.page.xpath("//link[@rel='icon']/@href")[0].startswith("data:")


def test_the_heaviest_page_with_everything_wrong_is_still_light(person) -> None:
    person.start("kk")
    person.walk_to(14)
    person.send({"WR5": ["1", "2"], "BR1": ["1", "2", "3", "4"]})
    assert person.response.status_code == 422
    assert _weight(person) <= LATER_PAGE_BYTES


def test_every_answer_carries_the_headers_that_keep_it_private(person) -> None:
    answers = [person.get(path) for path in ("", "nothing", "resume", "withdraw")]
    answers += [person.start(), person.send(FIRST), person.send(), person.get("stop")]
    answers += [person.client.post("/s/opinion/leave"), person.client.get("/nowhere")]
    for response in answers:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_first_page_has_no_script_and_every_later_one_the_same(person) -> None:
    person.get("")
    for shown in (person, person.get("resume"), person.get("withdraw"), person.get("nothing")):
        assert b"<script" not in (shown.response.data if shown is person else shown.data)
    assert "script-src" not in person.response.headers["Content-Security-Policy"]
    person.start("en")
    (address,) = person.page.xpath("//script/@src")
    for path in ("q/1", "q/999", "stop", "resume"):
        person.get(path)
        assert person.page.xpath("//script/@src") == [address]
        assert person.page.xpath("//script/@defer")
        policy = person.response.headers["Content-Security-Policy"]
        assert "script-src 'self'; connect-src 'self';" in policy
    person.get("")
    assert not person.page.xpath("//script"), "nor for whoever returns to it"


def test_the_script_is_light_and_kept_for_a_year(person) -> None:
    person.start("en")
    (address,) = person.page.xpath("//script/@src")
    response = person.client.get(address)
    assert len(gzip.compress(response.data, 6)) <= SCRIPT_BYTES
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.mimetype == "text/javascript"
    assert "Set-Cookie" not in response.headers
    assert hashlib.sha256(response.data).hexdigest()[:16] in address
    assert person.client.get("/a/0000000000000000.js").status_code == 404
    stores = rb"localStorage|sessionStorage|indexedDB|document\.cookie|XMLHttpRequest|fetch\(|eval|innerHTML"
    assert not re.search(stores, response.data)


def test_the_inline_style_is_the_one_the_policy_allows(person) -> None:
    person.start()
    (style,) = person.page.xpath("//style")
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in person.response.headers["Content-Security-Policy"]
    assert not person.page.xpath("//@style")


@pytest.mark.parametrize("plain_http", [True, False])
def test_the_cookie_is_for_this_wave_and_no_script(config, wave, plain_http) -> None:
    from dataclasses import replace

    from survey import create_app

    app = create_app(replace(config, plain_http=plain_http, public_url="https://localhost"))
    line = app.test_client().post("/s/opinion/start", data={"lang": "ru"}).headers["Set-Cookie"]
    app.extensions["tolqyn"].database.close()
    parts = {part.strip() for part in line.split(";")[1:]}
    assert line.startswith("s=" if plain_http else "__Secure-s=")
    assert {"HttpOnly", "Path=/s/opinion", "SameSite=Lax"} <= parts
    assert ("Secure" in parts) is not plain_http


def test_title_preview_and_address_name_no_topic(person) -> None:
    person.get("")
    for shown in _walk(person, "en"):
        telling = r"traffick|victim|exploit|slav|police|торгов|сауда|savdo"
        assert not re.search(telling, shown.title + shown.path, re.I)
        (preview,) = shown.page.xpath("//meta[@property='og:title']/@content")
        assert preview == "Opinion survey"
        assert not shown.page.xpath("//meta[@property='og:url' or @name='description']")


BOTS = (
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "WhatsApp/2.23.20.0 A",
    "TelegramBot (like TwitterBot)",
    "Viber/20.7.0 CFNetwork/1410.1 Darwin/22.6.0",
    "vkShare; +http://vk.com/dev/Share",
)


@pytest.mark.parametrize("agent", BOTS)
def test_a_messenger_s_preview_is_the_neutral_title_alone_and_changes_nothing(
    app, invited, rows, agent, core
) -> None:
    client = app.test_client(use_cookies=False)
    bodies = []
    for path in ("", f"i/{invited[0]}", "q/1", "resume", "withdraw", "done", f"i/{'A' * 26}"):
        for method in (client.get, client.head):
            response = method(f"/s/opinion/{path}", headers={"User-Agent": agent, "Accept-Language": "en"})
            assert "Set-Cookie" not in response.headers
        bodies.append(
            client.get(f"/s/opinion/{path}", headers={"Accept-Language": "en"}).get_data(as_text=True)
        )
    for body in bodies:
        shown = re.findall(
            r'<meta (?:property|name)="(og:[^"]+|twitter:[^"]+|description)" content="([^"]*)"', body
        )
        assert len(shown) == 1
        assert shown[0] in {("og:title", title) for title in core.public_title.values()}
        assert not re.search(r"traffick|victim|exploit|slav|торгов|жертв|сауда|құрбан|savdo|jabr", body, re.I)
        assert re.findall(r'<link rel="icon" href="(data:)', body) == ["data:"]
    assert rows() == (0, 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_control_has_a_name_and_every_group_a_legend(person, language) -> None:
    for shown in _walk(person, language):
        page = shown.page
        assert page.get("lang") == language
        ids = Counter(page.xpath("//@id"))
        assert max(ids.values()) == 1
        for control in page.xpath("//input[@type!='hidden'] | //select | //textarea"):
            inside = control.xpath("ancestor::label")
            labelled = inside or page.xpath(f"//label[@for='{control.get('id')}']")
            assert labelled[0].text_content().strip()
        for group in page.xpath("//fieldset"):
            assert group[0].tag == "legend"
            assert group[0].text_content().strip()
        for name in page.xpath("//input[@type='radio']/@name"):
            assert page.xpath(f"//input[@name='{name}']/ancestor::fieldset/legend")
        for target in page.xpath("//@aria-describedby | //@aria-labelledby"):
            assert target in ids
        assert not page.xpath("//table")


def test_a_battery_is_asked_item_by_item_and_its_question_heard_at_each(person, core) -> None:
    person.start("ru")
    person.walk_to(8)
    stem = core.batteries["VB"].text["ru"]
    visible = person.page.xpath("//p[@class='stem']")
    assert [element.text for element in visible] == [stem]
    rows = person.page.xpath("//fieldset")
    assert len(rows) == 5
    for row in rows:
        assert row.xpath("legend/span[@class='vh']")[0].text.strip() == stem
        assert len(row.xpath(".//input[@type='radio']")) == 7


def test_don_t_know_and_refusal_stand_apart(person) -> None:
    person.start("en")
    person.walk_to(8)
    for row in person.page.xpath("//fieldset"):
        apart = row.xpath("div[@class='apart']//input/@value")
        assert apart == ["-1", "-2"]
        assert not set(apart).intersection(row.xpath("div[not(@class)]//input/@value"))


def test_a_blank_beside_an_error_says_in_the_summary_what_may_be_done(person) -> None:
    person.start("en")
    person.walk_to(23)
    person.send({"Z_ADULTS": "9999"})
    lines = [" ".join(line.text_content().split()) for line in person.page.xpath("//*[@role='alert']//li")]
    assert len(lines) == 3
    assert sum("Please answer or choose “Don't know” / “Prefer not to say”." in line for line in lines) == 2
    assert sum("Please type a number that is not above 20." in line for line in lines) == 1


def test_an_error_leads_from_the_summary_to_its_question(person) -> None:
    person.start("en")
    person.send({"CONSENT": None, "Z_AGE": "abc", "S_RES": None})
    assert person.title == "Error: Opinion survey"
    (summary,) = person.page.xpath("//*[@role='alert']")
    links = summary.xpath(".//a/@href")
    assert links == ["#CONSENT", "#Z_AGE", "#S_RES"]
    for link in links:
        target = person.page.get_element_by_id(link[1:])
        assert target.get("tabindex") == "-1"
        assert person.page.get_element_by_id(target.get("aria-describedby")).text_content().strip()
    assert person.page.xpath("//input[@name='Z_AGE'][@aria-invalid='true'][@value='abc']")


def test_the_first_button_is_next_so_that_the_enter_key_does_not_switch_the_language(person) -> None:
    person.start()
    first = person.form.xpath(".//button")[0]
    assert (first.get("name"), first.get("value")) == ("go", "next")


def test_help_lines_stand_on_landing_sensitive_and_end_pages(person, core) -> None:
    tested = set(core.items["KN2N"].known)
    numbers = [phone.display for phone in core.phones.values() if phone.number not in tested]
    person.get("")
    assert len(numbers) == 2
    assert all(number in person.text for number in numbers)
    last_of_module = {page.number for page in core.pages if page.after}
    sensitive = {page.number for page in core.pages if core.modules[page.module].sensitive}
    assert len(sensitive - last_of_module) == 4
    asked = next(page.number for page in core.pages if "KN2N" in page.items)
    for shown in _walk(person, "en"):
        if "/q/" not in shown.path:
            continue
        number = int(shown.path.rpartition("/")[2])
        assert bool(shown.page.xpath("//section[@class='help']//a/@href")) == (number in last_of_module)
        folded = shown.page.xpath("//details[@class='help']//a/@href")
        assert bool(folded) == (number in sensitive - last_of_module)
        assert number > asked or "tel:11616" not in folded
    assert person.page.xpath("//section[@class='help']//a[@href='tel:11616']")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_end_page_has_the_help_lines_in_its_language(person, core, language) -> None:
    for change in ({"CONSENT": "2"}, {"Z_AGE": "17"}, {"S_RES": "2"}):
        person.client.delete_cookie("s", path="/s/opinion")
        person.start(language)
        person.send(FIRST | change)
        _every_line(person, core, language)
    person.client.delete_cookie("s", path="/s/opinion")
    person.start(language)
    person.send(FIRST)
    person.get("stop")
    _every_line(person, core, language)
    (token,) = person.page.xpath("//form[@id='stop']//input[@name='csrf_token']/@value")
    person.post("stop", {"csrf_token": token, "do": "delete"})
    _every_line(person, core, language)


def _every_line(person, core, language: str) -> None:
    block = person.page.xpath("//section[@class='help']")[0].text_content()
    for phone in core.phones.values():
        assert phone.display in block
        assert phone.what[language] in block


def test_the_content_note_comes_before_the_questions_about_victims(person, core) -> None:
    person.start("en")
    person.walk_to(8)
    assert core.texts["content_note"]["en"] in person.text
    person.send(person.sensible())
    assert core.texts["content_note"]["en"] not in person.text


def test_progress_counts_the_pages_this_respondent_will_see(person) -> None:
    person.start("en")
    assert "Page 1 of about 24" in person.text
    person.walk_to(3)
    assert "Page 3 of about 24" in person.text


def test_the_landing_page_does_not_give_away_the_number_the_interview_asks_for(person, core) -> None:
    person.get("")
    assert "11616" not in person.response.get_data(as_text=True)
    assert core.phones["ht_hotline"].display not in person.text
    person.start("ru")
    person.get("stop")
    assert core.phones["ht_hotline"].display in person.text


def test_the_landing_page_offers_all_languages_kazakh_first(person, core) -> None:
    person.get("", headers={"Accept-Language": "ru"})
    buttons = person.page.xpath("//form[@id='start']//button[@name='lang']")
    assert [button.get("value") for button in buttons] == ["kk", "ru", "uz", "en"]
    assert [button.find("span").text for button in buttons] == ["Қазақша", "Русский", "Oʻzbekcha", "English"]
    assert [button.get("lang") for button in buttons] == ["kk", "ru", "uz", "en"]
    for language in LANGUAGES:
        assert core.public_title[language] in person.text


def test_what_a_respondent_types_cannot_become_markup(person) -> None:
    person.start("en")
    person.walk_to(24)
    person.send({"OPEN1": '</textarea><script>alert("1")</script>' + "x" * 500})
    body = person.response.get_data(as_text=True)
    assert "<script>" not in body
    assert person.filled_in()["OPEN1"][0].startswith("</textarea><script>")


@pytest.mark.parametrize("language", ["kk", "ru", "uz", "en"])
def test_a_telephone_number_in_a_text_is_never_cut_at_the_end_of_a_line(person, language) -> None:
    person.start(language)
    person.get("stop")
    (block,) = person.page.xpath("//section[@class='help']/p")
    assert "116\u00a016" in block.text_content()
    assert not re.search(r"\d \d", block.text_content())
    consent = person.get("q/1") and person.page.xpath("string(//*[@id='CONSENT'])")
    assert not re.search(r"\d \d", consent)
