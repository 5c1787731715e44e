"""The registry's addresses, and one page that does as little as a page can."""

from django.http import HttpResponse
from django.template import Context, Template
from django.urls import include, path
from django.views.decorators.cache import cache_control

BARE = Template("<!doctype html><title>Bare</title><p>{{ words }}</p>")


@cache_control(private=True)
def bare(request):
    return HttpResponse(BARE.render(Context({"words": "A bare template view."})))


urlpatterns = [path("bare/", bare), path("", include("config.urls"))]
handler400 = "config.errors.bad_request"
