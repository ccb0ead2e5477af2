"""A device whose browser keeps no cookies: nothing begins there, and the page says what to do."""

import pytest

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def device(app, person):
    """One whose browser drops every cookie."""
    person.client = app.test_client(use_cookies=False)
    return person


@pytest.mark.parametrize("language", ["kk", "ru", "uz", "en"])
def test_no_interview_begins_at_a_kiosk_whose_pages_could_not_clear_themselves(
    device, kiosk, rows, language
) -> None:
    device.come_by(kiosk, language)
    assert device.response.status_code == 400
    assert device.page.get("lang") == language
    assert "cookie" in device.page.xpath("string(//h1)")
    assert device.page.xpath("//a[@class='quiet']/@href") == [f"/s/opinion/{kiosk}"]
    assert not device.page.xpath("//form[@id='survey']")
    assert rows() == (0, 0)


def test_no_interview_begins_with_an_interviewer_who_could_not_come_to_the_next(
    device, interviewer_link, rows
) -> None:
    device.come_by(interviewer_link)
    assert device.response.status_code == 400
    assert "allow cookies" in device.page.xpath("string(//main)")
    assert device.page.xpath("//a[@class='quiet']/@href") == [f"/s/opinion/{interviewer_link}"]
    assert rows() == (0, 0)


def test_a_device_that_the_form_makes_up_leads_nowhere(device, kiosk) -> None:
    device.get(kiosk)
    device.start("en", site="../../x", kiosk="1")
    assert device.response.status_code == 404
