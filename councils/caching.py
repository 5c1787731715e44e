"""What browsers and shared caches may keep of the public pages and files, and how long.

Every answer that is the same for all readers carries the registry's version: who has it
is told with status 304 that it is still right, before anything of it is made. Each
server process also keeps the pages that it made last, by the same name.
"""

import hashlib
import hmac
import os
import sys
import time
from collections import OrderedDict
from datetime import datetime
from datetime import time as time_of_day
from functools import cache
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import (
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
)
from django.utils.http import http_date

from .versions import Version, reading, version

CODE = ("*.py", "*.html", "*.txt", "*.xml", "staticfiles.json")
FOLDERS = ("accounts", "briefings", "config", "councils", "partnerships")
STARTED = int(time.time())
# Only what is nobody's own is compressed: a page that held both a token and words of
# the visitor's would let an eavesdropper guess the token from its length (BREACH).
compressor = GZipMiddleware(lambda request: HttpResponse())


@cache
def build() -> str:
    """Return what is the same only for the same code, templates and settings."""
    root = settings.BASE_DIR
    folders = [root / name for name in (*FOLDERS, "docs", "templates")]
    files = [file for it in folders for kind in CODE for file in it.rglob(kind)]
    files += [root / "requirements.txt", Path(settings.STATIC_ROOT, "staticfiles.json")]
    seen = hmac.new(settings.SECRET_KEY.encode(), digestmod=hashlib.sha256)
    for file in sorted(it for it in files if it.exists()):
        about = file.stat()
        seen.update(f"{file.name} {about.st_size} {about.st_mtime_ns}\n".encode())
    for item in sorted(os.environ.items()):
        seen.update(repr(item).encode())
    return seen.hexdigest()


def etag(request: HttpRequest, now: Version) -> str:
    """Return the name of the answer: pages also say what is true today."""
    address = request.build_absolute_uri()
    parts = repr([now.token, build(), timezone.localdate(), address])
    return f'W/"{hashlib.sha256(parts.encode()).hexdigest()[:32]}"'


def last_modified(now: Version) -> int | None:
    """Return the second in which the answer became what it is.

    None until that second is over: a second change in it would go unnoticed.
    """
    midnight = timezone.make_aware(
        datetime.combine(timezone.localdate(), time_of_day())
    )
    modified = max(now.changed, STARTED, int(midnight.timestamp()))
    return modified if now.age > 1 and time.time() - modified > 1 else None


# Bytes that the objects around a kept answer take, its headers for the most part.
ENTRY = 4096


class Pages:
    """The answers made last, up to so many bytes, each by a name that says all."""

    def __init__(self, most_bytes: int):
        self.most_bytes = most_bytes
        self.bytes = 0
        self._kept: OrderedDict[tuple, HttpResponse] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple) -> HttpResponse | None:
        with self._lock:
            if kept := self._kept.get(key):
                self._kept.move_to_end(key)
                return copied(kept)
        return None

    def keep(self, key: tuple, response: HttpResponse) -> None:
        size = weight(key, response)
        if size > self.most_bytes // 10:
            return
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = copied(response)
            self.bytes += size
            while self.bytes > self.most_bytes:
                self.bytes -= weight(*self._kept.popitem(last=False))


def weight(key: tuple, response: HttpResponse) -> int:
    """Return about how many bytes of memory it takes to keep an answer."""
    return sys.getsizeof(response.content) + sum(map(sys.getsizeof, key)) + ENTRY


def copied(response: HttpResponse) -> HttpResponse:
    """Return the content and headers alone: what stands around adds to the headers."""
    return HttpResponse(response.content, headers=dict(response.headers))


pages = Pages(most_bytes=32 * 1024 * 1024)


class PublicCacheMiddleware:
    """Answers 304 to who has the present answer, and marks what may be kept.

    It stands between the session and everything that a view may do: an answer that has
    looked at the session, holds a form's token or sets a cookie is somebody's own.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        now = None
        if request.method in ("GET", "HEAD") and not is_apart(request):
            now = version()
        if now is None:
            return self.get_response(request)
        tag, modified = etag(request, now), last_modified(now)
        response = None
        if names_a_tag(request):
            response = get_conditional_response(request, etag=tag)
        key = (
            tag,
            "gzip" in request.headers.get("Accept-Encoding", ""),
            kinds(request),
        )
        if not response and (kept := pages.get(key)):
            if modified:
                kept.headers["Last-Modified"] = http_date(modified)
            return get_conditional_response(request, tag, modified, kept)
        if not response:
            with reading(now):
                response = self.get_response(request)
        if is_personal(request, response):
            return response
        if response.status_code in (200, 304):
            response.headers["ETag"] = tag
            if modified:
                response.headers["Last-Modified"] = http_date(modified)
        if not response.has_header("Cache-Control"):
            # May be kept by anybody, and asked about each time.
            patch_cache_control(response, public=True, no_cache=True)
        patch_vary_headers(response, ["Accept-Encoding"])
        response = compressor.process_response(request, response)
        if is_kept_here(request, response):
            pages.keep(key, response)
        return get_conditional_response(request, tag, modified, response)


def names_a_tag(request: HttpRequest) -> bool:
    """Return whether an answer may be unchanged without being made.

    Only what was answered has a tag. A date or "*" may be sent with a question that is
    to be refused, and a refusal is not "unchanged".
    """
    return request.headers.get("If-None-Match", "*").strip() != "*"


def is_apart(request: HttpRequest) -> bool:
    """Return whether an address has nothing that anybody may keep."""
    return request.path_info.startswith(
        (reverse("admin:index"), reverse("healthz"), settings.STATIC_URL)
    )


def kinds(request: HttpRequest) -> str:
    """Return which kinds of answer are asked for, where that decides: in the API."""
    is_of_the_api = request.path_info.startswith("/api/")
    return request.headers.get("Accept", "*/*") if is_of_the_api else ""


def is_kept_here(request: HttpRequest, response: HttpResponse) -> bool:
    """Return whether a process keeps an answer.

    Of the API too: it counts for how many answers it had to work.
    """
    return (
        request.method == "GET"
        and response.status_code == 200
        and not response.streaming
    )


def is_personal(request: HttpRequest, response: HttpResponse) -> bool:
    kept_back = {"private", "no-store"}
    said = response.headers.get("Cache-Control", "").replace(" ", "").split(",")
    return (
        bool(response.cookies)
        or request.session.accessed
        or "cookie" in response.headers.get("Vary", "").lower()
        or not kept_back.isdisjoint(said)
    )
