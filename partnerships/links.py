"""Asks the addresses of the sources whether they still answer, politely and safely.

Politely: one request at a time, a pause between two to the same host, HEAD before GET,
no body read, and a name that says who asks. Safely: an editor may type any address, so
a name is resolved once, every address behind it has to be public, and the connection
goes to that very address; each redirect is asked anew. No proxy is used.

http.client is enough for this: a library that follows redirects, pools connections and
resolves names by itself would have to be kept from all three.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from itertools import chain, zip_longest
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from .choices import Publication
from .models import LinkCheck, Source

MOST_REDIRECTS = 5
# What sites answer to programs where a reader would get the page.
REFUSES_PROGRAMS = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
}
REDIRECTS = {301, 302, 303, 307, 308}
# Addresses of IPv4 as an IPv6 network without IPv4 writes them.
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class LinkFails(Exception):
    """The address leads nowhere; the message says why, in words for editors."""


class Place(NamedTuple):
    """Where an address leads: what to connect to, and what to ask for there."""

    scheme: str
    host: str
    port: int
    target: str


class Answer(NamedTuple):
    """The status that an address answered last, and why it fails, "" if it does not."""

    status: int | None
    error: str = ""


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the Internet's, for anybody to reach."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in NAT64:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        elif inner := ip.ipv4_mapped or ip.sixtofour:
            ip = inner
        elif ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


class Checker:
    """Asks addresses, one request at a time.

    `timeout` and `pause` are seconds. `is_allowed` says to which IP addresses it may
    connect; nothing but a test gives another rule, so no setting can loosen it.
    """

    def __init__(
        self,
        *,
        is_allowed: Callable[[str], bool] = is_public,
        timeout: float = 15,
        pause: float = 2,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self.is_allowed = is_allowed
        self.timeout = timeout
        self.pause = pause
        self.clock = clock
        self.sleep = sleep
        self.last_asked: dict[str, float] = {}

    def check(self, url: str) -> Answer:
        """Follow an address to its end; never raises for what is found there."""
        seen: set[str] = set()
        status = None
        try:
            while True:
                if url in seen:
                    raise LinkFails("it redirects in a circle")
                if len(seen) > MOST_REDIRECTS:
                    raise LinkFails(f"it redirects more than {MOST_REDIRECTS} times")
                seen.add(url)
                status, onward = self.hop(url)
                if not onward:
                    break
                url = urljoin(url, onward)
        except LinkFails as failure:
            return Answer(status, str(failure)[:200])
        if status >= 400 and status not in REFUSES_PROGRAMS:
            return Answer(status, f"{status} {phrase(status)}".strip())
        return Answer(status)

    def hop(self, url: str) -> tuple[int, str]:
        """Return the status of one address, and where it leads on, "" if nowhere.

        Many a site answers HEAD wrongly, so GET has the last word on a failure.
        """
        place = place_of(url)
        addresses = self.resolve(place)
        try:
            status, onward = self.ask("HEAD", place, addresses)
        except LinkFails:
            return self.ask("GET", place, addresses)
        if status >= 400 and status != HTTPStatus.TOO_MANY_REQUESTS:
            return self.ask("GET", place, addresses)
        return status, onward

    def resolve(self, place: Place) -> list[str]:
        """Return the IP addresses behind a name, IPv4 first; refuse if one is not
        allowed: a name that is private in part is not to be trusted in whole."""
        try:
            found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise LinkFails("the name of its site is not found") from error
        addresses = [str(end[0]) for *_, end in sorted(found, key=family)]
        for address in addresses:
            if not self.is_allowed(address):
                raise LinkFails("it leads to an address that is not public")
        return addresses

    def ask(self, method: str, place: Place, addresses: list[str]) -> tuple[int, str]:
        """Send one request to one of the addresses; read the head of the answer."""
        self.wait_for(place.host)
        kind = SecureConnection if place.scheme == "https" else Connection
        connection = kind(place.host, place.port, timeout=self.timeout)
        connection.addresses = addresses
        # The socket's own timeout begins anew with every byte that comes.
        deadline = threading.Timer(self.timeout, connection.cut)
        deadline.start()
        try:
            connection.request(method, place.target, headers=headers())
            answer = connection.getresponse()
            if connection.is_cut:  # what had come by then may look like a whole
                raise TimeoutError
            return answer.status, onward_from(answer)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if connection.is_cut or isinstance(error, TimeoutError):
                raise LinkFails("no answer in time") from error
            raise LinkFails(reason(error)) from error
        finally:
            deadline.cancel()
            connection.close()
            self.last_asked[place.host] = self.clock()

    def wait_for(self, host: str) -> None:
        """Leave a host alone until the pause since the last request to it is over."""
        if host in self.last_asked:
            rest = self.last_asked[host] + self.pause - self.clock()
            if rest > 0:
                self.sleep(rest)


class Connection(http.client.HTTPConnection):
    """A connection to an IP address that was looked at, for the name in the URL."""

    addresses: list[str]
    is_cut = False

    def connect(self):
        for number, address in enumerate(self.addresses, start=1):
            try:
                self.sock = socket.create_connection((address, self.port), self.timeout)
                break
            except OSError:
                if number == len(self.addresses):
                    raise
        if self.is_cut:
            raise TimeoutError

    def cut(self):
        """End whatever another thread waits for."""
        self.is_cut = True
        if self.sock:
            try:
                # Not the method of an SSLSocket, which is not made for two threads.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
            except OSError:
                return


class SecureConnection(Connection):
    default_port = http.client.HTTPS_PORT

    def connect(self):
        super().connect()
        # The handshake comes after the assignment, so that `cut` can end it too.
        self.sock = ssl.create_default_context().wrap_socket(
            self.sock, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock.do_handshake()


def place_of(url: str) -> Place:
    """Take an address apart; refuse what is no address of the web."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise LinkFails("it is not an address") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise LinkFails("it is not an address of the web")
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    return Place(parts.scheme, host, port, iri_to_uri(target))


def family(found) -> bool:
    return found[0] != socket.AF_INET


def headers() -> dict[str, str]:
    operator = re.sub(r"[^ -~]|[()\\]", "", settings.OPERATOR) or "operator not named"
    return {
        "User-Agent": f"SharedServicesRegistry/1 (checks links; {operator})",
        "Accept": "*/*",
        "Connection": "close",
    }


def onward_from(answer: http.client.HTTPResponse) -> str:
    if answer.status not in REDIRECTS:
        return ""
    location = answer.getheader("Location") or ""
    # http.client reads headers as Latin-1; addresses that are not ASCII come in UTF-8.
    return location.encode("latin-1").decode("utf-8", "replace").strip()


def phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in {*HTTPStatus} else ""


def reason(error: Exception) -> str:
    """Say why there is no answer, in words for editors."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not valid: {error.verify_message}"
        case ssl.SSLError():
            return "no secure connection"
        case OSError(strerror=str(words)):
            return f"no connection: {words.lower()}"
        case http.client.HTTPException():
            return "its site broke off, or did not answer as the web does"
    return "it is not an address"


def addresses_to_check() -> list[str]:
    """Return the addresses of all sources but those of withdrawn records, the one not
    asked for the longest first; one that was never asked comes before all."""
    asked = dict(LinkCheck.objects.values_list("url", "checked"))
    urls = cited().values_list("url", flat=True).distinct()
    return sorted(urls, key=lambda url: (url in asked, asked.get(url), url))


def cited():
    """Return the sources of all records but the withdrawn ones."""
    withdrawn = Publication.WITHDRAWN
    return Source.objects.exclude(partnership__publication=withdrawn).order_by()


def taking_turns(urls: Iterable[str]) -> Iterator[str]:
    """Yield one address of each host in turn, so that few pauses have to be waited."""
    by_host = defaultdict(list)
    for url in urls:
        by_host[url.partition("://")[2].partition("/")[0]].append(url)
    rounds = chain.from_iterable(zip_longest(*by_host.values()))
    return (url for url in rounds if url)


def check_links(checker: Checker, most: int | None = None) -> Iterator[LinkCheck]:
    """Ask the sources' addresses, at most so many; yield what is kept of each.

    Each answer is kept as it comes, so a run that is stopped goes on where it was.
    """
    urls = addresses_to_check()
    LinkCheck.objects.exclude(url__in=cited().values("url")).delete()
    for url in taking_turns(urls[:most]):
        answer = checker.check(url)
        check, _ = LinkCheck.objects.update_or_create(
            url=url, defaults={**answer._asdict(), "checked": timezone.now()}
        )
        yield check
