"""How gunicorn serves the registry; `./run` starts it with this file."""

import os

wsgi_app = "config.wsgi"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
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
        "gunicorn.error": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}


def when_ready(server):
    """Print the address as soon as it answers."""
    host, port = server.LISTENERS[0].sock.getsockname()[:2]
    host = f"[{host}]" if ":" in host else host
    print(f"The registry is at http://{host}:{port}/ (Ctrl-C stops it)", flush=True)
