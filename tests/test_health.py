"""The address that a monitor asks, and what the log says of a fault."""

import io
import json
import logging

from django.db import OperationalError, connection
from django.test import Client

from config.json_logs import JsonFormatter


def test_health_is_good_while_the_database_answers(client, db):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "no-store" in answer.headers["Cache-Control"]


def test_health_is_bad_when_the_database_does_not_answer(client, db):
    def refuse(execute, sql, params, many, context):
        raise OperationalError("the server closed the connection")

    with connection.execute_wrapper(refuse):
        answer = client.get("/healthz")
    assert answer.status_code == 503


def test_a_monitor_may_ask_by_address_and_over_plain_http(client, db, settings):
    settings.ALLOWED_HOSTS = ["registry.example"]
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # as HTTPS=1 sets both
    by_address = {"HTTP_HOST": "192.0.2.7:8000"}
    answer = client.get("/healthz", **by_address)
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert client.get("/about/", **by_address).status_code != 200


def test_health_takes_no_form(db):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/healthz").status_code == 405


def logged(**extra):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger = logging.Logger("registry")
    logger.addHandler(handler)
    try:
        raise ValueError("a “quoted”\nmessage")
    except ValueError:
        logger.exception("Failed on %s", "a page", extra=extra)
    return stream.getvalue()


def test_a_log_line_is_one_json_object(rf):
    (line,) = logged().splitlines()
    record = json.loads(line)
    assert record["level"] == "error"
    assert record["message"] == "Failed on a page"
    assert "ValueError: a “quoted”\nmessage" in record["traceback"]


def test_a_log_line_does_not_hold_the_visitors_address(rf):
    request = rf.get("/", REMOTE_ADDR="192.0.2.77")
    assert "192.0.2.77" not in logged(request=request, status_code=500)
