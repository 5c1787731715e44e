"""Django's command line, with a sentence where the settings or the database are wrong.

A traceback is for faults of the code. Who runs a command every night by a timer should
read what to put right.
"""

import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError, OperationalError, ProgrammingError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.db.migrations.executor import MigrationExecutor

# These bring the database to the code's version, so it may be behind meanwhile.
MIGRATING = {"migrate", "load_registry"}


def execute(arguments: list[str]) -> None:
    """Run a command of Django's; --traceback shows where it failed in any case."""
    try:
        execute_from_command_line(arguments)
    except Exception as error:
        # PostgreSQL's driver hides why a query failed behind a cursor that it cannot
        # close: `iterator()` opens one.
        ours = ImproperlyConfigured, DatabaseError
        cause = error if isinstance(error, ours) else error.__context__
        said = isinstance(cause, ours) and advice(cause, command=arguments[1])
        if not said or "--traceback" in arguments:
            raise
        sys.exit(said)


def advice(error: Exception, command: str) -> str | None:
    """Return what to put right, or None where the code is at fault."""
    if isinstance(error, ImproperlyConfigured):
        return str(error)
    if isinstance(error, MigrationSchemaMissing):
        reason = str(error.__cause__ or error).split("\n")[0]
        return (
            f"{name_of_database()} takes no tables: {reason}. Make the user that"
            " DATABASE_URL names its owner."
        )
    if not isinstance(error, OperationalError | ProgrammingError):
        return None
    try:
        executor = MigrationExecutor(connection)
        lacking = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (OperationalError, ProgrammingError) as unanswered:
        # Also a user without rights, and a setting that no connection has.
        reason = str(unanswered).split("\n")[0]
        return f"{name_of_database()} does not answer: {reason}. Look at DATABASE_URL."
    if not lacking or command in MIGRATING:
        return None
    return (
        f"{name_of_database()} is not at the code’s version. If it is the one you"
        " mean, start the registry once, or use the command migrate; if not, set"
        " DATABASE_URL as the registry’s server has it."
    )


def name_of_database() -> str:
    return f"The database {connection.settings_dict['NAME']}"
