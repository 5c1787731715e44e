"""The four groups of the staff, and what each may do.

What readers see is changed by reviewers. Editors work on what readers do not see yet.
"""

from django.contrib.auth.management import create_permissions
from django.db import migrations

REGISTRY = ("councils", "partnerships", "briefings")

# Nobody writes these by hand; and the counts of reports say nothing to anybody.
UNWRITTEN = {"change", "check", "linkcheck", "merger", "reportcount"}
# Reports hold readers' e-mail addresses.
PRIVATE = {"suggestion", "reportcount"}
WRITTEN_BY_EDITORS = {
    "partnership",
    "partnershipname",
    "source",
    "membership",
    "othermember",
    "aim",
    "outcome",
    "milestone",
    "casestudy",
}
ALSO_FOR_EDITORS = {"view_suggestion", "change_suggestion", "add_servicefunction"}


def make_groups(apps, schema_editor):
    using = schema_editor.connection.alias
    # Permissions are made when all migrations have run, which is too late for us.
    for label in (*REGISTRY, "auth"):
        app = apps.get_app_config(label)
        app.models_module = True
        create_permissions(app, apps=apps, using=using, verbosity=0)
        app.models_module = None

    permissions = apps.get_model("auth", "Permission").objects.using(using)
    ours = permissions.filter(content_type__app_label__in=REGISTRY)
    rows = [
        (permission, permission.codename.partition("_")[0], permission.content_type)
        for permission in ours.select_related("content_type")
    ]
    viewer = [
        permission
        for permission, action, kind in rows
        if action == "view" and kind.model not in PRIVATE
    ]
    editor = viewer + [
        permission
        for permission, action, kind in rows
        if (kind.model in WRITTEN_BY_EDITORS and action in {"add", "change", "delete"})
        or permission.codename in ALSO_FOR_EDITORS
    ]
    reviewer = [
        permission
        for permission, action, kind in rows
        if kind.model != "reportcount"
        and (action == "view" or kind.model not in UNWRITTEN)
    ]
    administrator = [
        *reviewer,
        *permissions.filter(
            content_type__app_label="auth", content_type__model__in=("user", "group")
        ),
    ]
    groups = apps.get_model("auth", "Group").objects.using(using)
    for name, may in {
        "Viewer": viewer,
        "Editor": editor,
        "Reviewer": reviewer,
        "Administrator": administrator,
    }.items():
        group, _ = groups.get_or_create(name=name)
        group.permissions.set(may)


class Migration(migrations.Migration):
    dependencies = [
        ("briefings", "0003_words_of_shipped_lessons"),
        ("partnerships", "0006_mergers"),
        ("councils", "0002_reorganisation_orders"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    # Backwards it leaves the groups: people are in them.
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
