#!/usr/bin/env python
"""Django's command line; `./run manage` calls it with the right Python."""

import os
import sys

from config.command_line import execute

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    execute(sys.argv)
