"""How gunicorn serves the registry; `./run` starts it with this file."""

import os
import socket
import sys


def address(host, port) -> str:
    """Return the two as one text; an IPv6 host has colons of its own."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


wsgi_app = "config.wsgi"
bind = address(
    # Empty would be every address of the machine.
    os.environ.get("HOST") or "127.0.0.1",
    os.environ.get("PORT", "8000"),
)
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# A reader who takes a file slowly holds one until the end, and waiting costs little.
threads = 16
send_timeout = int(os.environ.get("SEND_TIMEOUT", "120"))  # ours, not gunicorn's
# The code is read once, before the processes part, and shared by them.
preload_app = True
# Nobody manages this server through a socket in the home folder.
control_socket_disable = True

logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.json_logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # The access log is off and stays off: it holds visitors' addresses.
        "gunicorn.access": {"handlers": [], "propagate": False},
        # It warns of each HEAD, whose body it leaves out as it should.
        "gunicorn.http.wsgi": {"level": "ERROR"},
        "gunicorn.error": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}


def when_ready(server):
    """Let go of readers who take nothing, and print the address as it answers."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        for sock in (listener.sock for listener in server.LISTENERS):
            if sock.family in (socket.AF_INET, socket.AF_INET6):
                # Every connection inherits it; gunicorn itself waits for ever.
                sock.setsockopt(
                    socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, send_timeout * 1000
                )
    host, port = server.LISTENERS[0].sock.getsockname()[:2]
    print(f"The registry is at http://{address(host, port)}/ (Ctrl-C stops it)")
    sys.stdout.flush()
