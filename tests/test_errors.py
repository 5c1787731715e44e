"""What a reader gets to see when something is wrong."""

import pytest
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.urls import path

from config.urls import handler400
from config.urls import urlpatterns as registry_urls

__all__ = ["handler400"]


def refuse(request):
    raise BadRequest("“statuss” is not a filter.")


def suspect(request):
    raise SuspiciousOperation("a secret of ours")


def fail(request):
    raise RuntimeError("a fault of ours")


urlpatterns = [
    *registry_urls,
    path("refused/", refuse),
    path("refused.csv", refuse),
    path("suspicious/", suspect),
    path("faulty/", fail),
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
