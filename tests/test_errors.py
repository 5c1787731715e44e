"""What a reader gets to see when something is wrong."""

import html5lib
import pytest
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    SuspiciousOperation,
)
from django.db import OperationalError
from django.urls import path

from config.urls import handler400, handler500
from config.urls import urlpatterns as registry_urls
from tests.factories import PartnershipFactory

__all__ = ["handler400", "handler500"]


def refuse(request):
    raise BadRequest("“statuss” is not a filter.")


def suspect(request):
    raise SuspiciousOperation("a secret of ours")


def forbid(request):
    raise PermissionDenied


def lose(request):
    raise OperationalError("could not connect to server at 10.0.0.7")


def fail(request):
    raise RuntimeError("a fault of ours")


urlpatterns = [
    path("api/v1/lost/", lose),
    *registry_urls,
    path("refused/", refuse),
    path("refused.csv", refuse),
    path("suspicious/", suspect),
    path("forbidden/", forbid),
    path("faulty/", fail),
    path("lost/", lose),
    path("lost.csv", lose),
]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


def test_a_missing_page_leads_to_those_there_are(client, assert_valid_html):
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert_valid_html(page)
    assert "Page not found" in page
    assert 'href="/partnerships/"' in page


def test_a_refusal_says_why_on_the_page(client, assert_valid_html):
    answer = client.get("/refused/")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert_valid_html(page)
    assert "“statuss” is not a filter." in page


def test_a_refusal_of_a_file_is_plain_text(client):
    answer = client.get("/refused.csv")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode() == "“statuss” is not a filter.\n"


def test_what_django_suspects_is_not_repeated(client):
    answer = client.get("/suspicious/")
    assert answer.status_code == 400
    assert "a secret of ours" not in answer.content.decode()


def test_a_fault_of_ours_is_owned_up_to(client, assert_valid_html):
    client.raise_request_exception = False
    answer = client.get("/faulty/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert_valid_html(page)
    assert "there is a problem with the registry" in page
    assert "a fault of ours" not in page


def test_a_form_without_its_token_is_explained(assert_valid_html):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/admin/login/", {"username": "editor"})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert_valid_html(page)
    assert "The form could not be sent" in page


def test_a_page_that_is_not_for_the_reader_says_for_whom_it_is(client):
    answer = client.get("/forbidden/")
    assert answer.status_code == 403
    assert "You cannot see this page" in answer.text
    assert 'href="/admin/login/"' in answer.text


@pytest.mark.parametrize("address", ["/", "/partnerships/", "/no-such-page/"])
def test_a_registry_without_its_database_owns_up_to_it(
    client, django_db_blocker, assert_valid_html, address
):
    client.raise_request_exception = False
    with django_db_blocker.block():
        answer = client.get(address)
    assert answer.status_code == 500
    assert_valid_html(answer.text)
    assert "there is a problem with the registry" in answer.text


@pytest.mark.parametrize("address", ["/lost/", "/lost.csv", "/api/v1/lost/"])
def test_while_the_database_is_away_everybody_is_asked_to_come_again(client, address):
    client.raise_request_exception = False
    answer = client.get(address)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Try again in a few minutes." in answer.text
    assert "10.0.0.7" not in answer.text


def test_a_file_and_the_api_say_in_their_own_form_that_the_database_is_away(client):
    client.raise_request_exception = False
    assert client.get("/lost.csv").headers["Content-Type"].startswith("text/plain")
    answer = client.get("/api/v1/lost/")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 503


def test_who_sent_a_form_meanwhile_learns_what_became_of_it(client):
    client.raise_request_exception = False
    assert "probably not saved" in client.post("/lost/").text
    assert "probably not saved" not in client.get("/lost/").text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/refused/", 400),
        ("/suspicious/", 400),
        ("/forbidden/", 403),
        ("/no-such-page/", 404),
        ("/partnerships/gone/", 410),
        ("/faulty/", 500),
        ("/lost/", 503),
    ],
)
def test_every_refusal_has_the_look_of_the_site(
    client, assert_valid_html, address, status
):
    """What holds for 429 stands with the reports."""
    PartnershipFactory(slug="gone", publication="withdrawn")
    client.raise_request_exception = False
    answer = client.get(address)
    assert answer.status_code == status
    assert_valid_html(answer.text)
    page = html5lib.parse(answer.text, namespaceHTMLElements=False)
    assert page.find(".//header//a[@href='/']") is not None
    assert page.find(".//footer//a[@href='/accessibility/']") is not None
    [heading] = page.iterfind(".//main//h1")
    assert page.findtext("./head/title").startswith(heading.text)
    # Nobody should keep its address or tell others of it.
    assert page.find("./head/link[@rel='canonical']") is None
    assert page.find("./head/meta[@property]") is None
