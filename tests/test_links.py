"""`check_links` asks a source's address politely, and nothing that is not public."""

import socket
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from operator import attrgetter

import pytest
from django.core.management import CommandError, call_command

from partnerships.links import Checker, check_links, is_public, place_of, taking_turns
from partnerships.models import LinkCheck, Source
from tests.factories import PartnershipFactory, SourceFactory


class Site(ThreadingHTTPServer):
    """A site on this machine that answers as each path says, and notes who asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.is_over = threading.Event()
        self.address = f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Site

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def answer(self):
        self.server.asked.append((self.command, self.path))
        self.server.headers.append(dict(self.headers))
        first, _, rest = self.path.lstrip("/").partition("/")
        match first:
            case "slow":
                self.server.is_over.wait()
            case "drip":
                self.drip()
            case "break":
                self.close_connection = True
            case "to":
                self.redirect(301, f"/{rest}")
            case "away":
                self.redirect(302, f"http://{rest}")
            case "scheme":
                self.redirect(302, "file:///etc/passwd")
            case "loop":
                self.redirect(302, "/loop")
            case "count":
                self.redirect(302, f"/count/{int(rest) + 1}")
            case "only-get":
                self.plain(405 if self.command == "HEAD" else 200)
            case "endless":
                self.plain(404 if self.command == "HEAD" else 200)
                if self.command == "GET":
                    self.flood()
            case status:
                self.plain(int(status))

    def plain(self, status):
        self.send_response(status)
        self.end_headers()

    def redirect(self, status, onward):
        self.send_response(status)
        self.send_header("Location", onward)
        self.end_headers()

    def drip(self):
        """Send a header without an end, a letter at a time."""
        self.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
        try:
            while not self.server.is_over.wait(0.02):
                self.wfile.write(b"a")
        except OSError:
            return

    def flood(self):
        try:
            while not self.server.is_over.is_set():
                self.wfile.write(b"a" * 65536)
        except OSError:
            return

    def log_message(self, *args):
        """Say nothing: the tests ask `asked`."""


@pytest.fixture
def local():
    server = Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0})
    thread.start()
    yield server
    server.is_over.set()
    server.shutdown()
    server.server_close()
    thread.join()


def is_this_machine(address):
    return address == "127.0.0.1"


@pytest.fixture
def checker():
    return Checker(is_allowed=is_this_machine, timeout=60, pause=0)


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/200", 200, ""),
        ("/to/200", 200, ""),
        ("/to/404", 404, "404 Not Found"),
        ("/404", 404, "404 Not Found"),
        ("/410", 410, "410 Gone"),
        ("/500", 500, "500 Internal Server Error"),
        ("/599", 599, "599"),
        ("/only-get", 200, ""),
        ("/endless", 200, ""),
        ("/to/to/to/to/to/200", 200, ""),
        ("/to/to/to/to/to/to/200", 301, "it redirects more than 5 times"),
        ("/loop", 302, "it redirects in a circle"),
        ("/to/loop", 302, "it redirects in a circle"),
        ("/count/0", 302, "it redirects more than 5 times"),
        ("/scheme", 302, "it is not an address of the web"),
        ("/break", None, "its site broke off, or did not answer as the web does"),
    ],
)
def test_what_an_address_answers(local, checker, path, status, error):
    assert checker.check(local.address + path) == (status, error)


@pytest.mark.parametrize("path", ["/slow", "/drip"])
def test_a_site_that_gives_no_answer_in_time_is_left(local, path):
    checker = Checker(is_allowed=is_this_machine, timeout=0.3, pause=0)
    assert checker.check(local.address + path) == (None, "no answer in time")


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_site_that_refuses_programs_is_no_failure(local, checker, status):
    assert checker.check(f"{local.address}/{status}") == (status, "")


def test_head_comes_first_and_get_has_the_last_word(local, checker):
    checker.check(f"{local.address}/200")
    checker.check(f"{local.address}/404")
    checker.check(f"{local.address}/429")
    assert local.asked == [
        ("HEAD", "/200"),
        ("HEAD", "/404"),
        ("GET", "/404"),
        ("HEAD", "/429"),
    ]


def test_it_says_who_asks(local, checker, settings):
    settings.OPERATOR = "Made-up Society (made@example.org)\r\nX-Evil: yes"
    checker.check(f"{local.address}/200")
    (headers,) = local.headers
    assert headers["User-Agent"] == (
        "SharedServicesRegistry/1 (checks links;"
        " Made-up Society made@example.orgX-Evil: yes)"
    )
    assert "X-Evil" not in headers


def test_a_host_is_left_alone_between_two_requests(local):
    now, slept = [0.0], []

    def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    checker = Checker(
        is_allowed=is_this_machine, pause=2, clock=lambda: now[0], sleep=sleep
    )
    checker.check(f"{local.address}/to/404")
    assert [path for _, path in local.asked] == ["/to/404", "/404", "/404"]
    assert slept == [2, 2]
    now[0] += 1.5
    checker.check(f"{local.address}/200")
    assert slept == [2, 2, 0.5]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fd00::1",
        "ff02::1",
    ],
)
def test_an_address_of_this_network_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "93.184.215.14",
        "2a00:1450:4009::1",
        "::ffff:93.184.215.14",
        "64:ff9b::5db8:d70e",
    ],
)
def test_an_address_of_the_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
def test_without_a_tests_own_rule_this_machine_is_never_asked(local, host):
    url = f"http://{host}:{local.server_port}/200"
    error = "it leads to an address that is not public"
    assert Checker(pause=0).check(url) == (None, error)
    assert local.asked == []


def test_a_redirect_to_an_address_that_is_not_allowed_is_not_followed(local, checker):
    found = checker.check(f"{local.address}/away/127.0.0.2:{local.server_port}/200")
    assert found == (302, "it leads to an address that is not public")
    assert local.asked == [("HEAD", f"/away/127.0.0.2:{local.server_port}/200")]


def answering(*addresses):
    """Return a resolver of which every call gives the next address or addresses."""
    left = list(addresses)

    def resolve(host, port, **kwargs):
        found = left.pop(0)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in ([found] if isinstance(found, str) else found)
        ]

    return resolve


def test_a_name_is_resolved_once_and_that_address_is_asked(local, checker, monkeypatch):
    """A name that means another address a moment later (DNS rebinding) gains nothing.

    `example.invalid` is nobody's, so the connection went where the one answer said.
    """
    monkeypatch.setattr("partnerships.links.socket.getaddrinfo", answering("127.0.0.1"))
    monkeypatch.setattr(
        "socket.create_connection", connecting_to := Connecting(local.server_port)
    )
    assert checker.check("http://example.invalid/404") == (404, "404 Not Found")
    assert connecting_to.asked == [("127.0.0.1", 80)] * 2
    assert {headers["Host"] for headers in local.headers} == {"example.invalid"}


class Connecting:
    """Connects to a port of this machine, and notes which address was wanted."""

    def __init__(self, port):
        self.port = port
        self.asked = []

    def __call__(self, address, timeout):
        self.asked.append(address)
        connection = socket.socket()
        connection.settimeout(timeout)
        connection.connect(("127.0.0.1", self.port))
        return connection


def test_a_name_that_is_private_in_part_is_refused(monkeypatch):
    resolve = answering(["93.184.215.14", "10.0.0.1"])
    monkeypatch.setattr("partnerships.links.socket.getaddrinfo", resolve)
    assert Checker().check("https://example.invalid/") == (
        None,
        "it leads to an address that is not public",
    )


def test_a_name_that_nobody_has_fails_in_words(checker, monkeypatch):
    def resolve(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("partnerships.links.socket.getaddrinfo", resolve)
    assert checker.check("https://example.invalid/") == (
        None,
        "the name of its site is not found",
    )


def test_a_port_at_which_nobody_listens_fails_in_words(checker):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        assert checker.check(url) == (None, "no connection: connection refused")


@pytest.mark.parametrize(
    "url", ["http://[::1", "https://x:99999/", "ftp://x.org/", "x"]
)
def test_what_is_no_address_of_the_web_fails_in_words(checker, url):
    status, error = checker.check(url)
    assert status is None
    assert error.startswith("it is not an address")


def test_letters_beyond_ascii_are_written_as_the_web_does():
    place = place_of("https://bücher.example/straße?wo=größe#teil")
    assert place.host == "xn--bcher-kva.example"
    assert place.target == "/stra%C3%9Fe?wo=gr%C3%B6%C3%9Fe"
    assert place_of("http://example.org:8080//x").target == "//x"
    assert place_of("http://example.org").target == "/"


def test_hosts_take_turns():
    urls = ["http://a/1", "http://a/2", "http://a/3", "https://b/1"]
    assert [*taking_turns(urls)] == [
        "http://a/1",
        "https://b/1",
        "http://a/2",
        "http://a/3",
    ]


# ---- What is kept


@pytest.fixture
def sources(db, local):
    record = PartnershipFactory()
    return [
        SourceFactory(partnership=record, url=f"{local.address}{path}")
        for path in ("/200", "/404")
    ]


def test_answers_are_kept_and_a_new_one_replaces_the_old(sources, local, checker):
    works, fails = sources
    LinkCheck.objects.create(
        url=works.url,
        status=404,
        error="404 Not Found",
        checked=datetime(2020, 1, 1, tzinfo=UTC),
    )
    LinkCheck.objects.create(url="https://example.org/no-longer-cited")
    assert [source.pk for source in Source.objects.with_failing_link()] == [works.pk]
    assert len([*check_links(checker)]) == 2
    kept = LinkCheck.objects.in_bulk(field_name="url")
    assert set(kept) == {works.url, fails.url}
    assert (kept[works.url].status, kept[works.url].error) == (200, "")
    assert kept[works.url].checked.year > 2020
    assert kept[fails.url].error == "404 Not Found"
    assert [source.pk for source in Source.objects.with_failing_link()] == [fails.pk]


def test_an_address_of_two_records_is_asked_once_and_a_withdrawn_ones_never(
    sources, local, checker
):
    SourceFactory(url=sources[0].url)
    SourceFactory(
        partnership=PartnershipFactory(publication="withdrawn"),
        url=f"{local.address}/500",
    )
    checks = [*check_links(checker)]
    assert sorted(map(attrgetter("url"), checks)) == [s.url for s in sources]


def test_those_not_asked_for_the_longest_come_first(sources, checker):
    (first,) = check_links(checker, most=1)
    (second,) = check_links(checker, most=1)
    (third,) = check_links(checker, most=1)
    assert {first.url, second.url} == {source.url for source in sources}
    assert third.url == first.url


def test_the_command_never_asks_this_machine(sources, local, capsys):
    call_command("check_links")
    said = capsys.readouterr().out
    assert said.count("it leads to an address that is not public") == 2
    assert said.endswith("Asked 2, failing 2.\n")
    assert local.asked == []


def test_the_command_refuses_a_number_below_one(sources, local):
    with pytest.raises(CommandError, match="from 1 on"):
        call_command("check_links", most=-1)
    assert not LinkCheck.objects.exists()
