"""Every group may look at releases; a command makes them, and nobody changes them."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUPS = ["Viewer", "Editor", "Reviewer", "Administrator"]


def let_groups_view_releases(apps, schema_editor):
    using = schema_editor.connection.alias
    # Permissions are made when all migrations have run, which is too late for us.
    app = apps.get_app_config("partnerships")
    app.models_module = True
    create_permissions(app, apps=apps, using=using, verbosity=0)
    app.models_module = None

    view = (
        apps.get_model("auth", "Permission")
        .objects.using(using)
        .get(content_type__app_label="partnerships", codename="view_release")
    )
    groups = apps.get_model("auth", "Group").objects.using(using)
    for group in groups.filter(name__in=GROUPS):
        group.permissions.add(view)


class Migration(migrations.Migration):
    dependencies = [
        ("briefings", "0004_groups"),
        ("partnerships", "0007_releases"),
    ]

    # Backwards the permission goes with its model.
    operations = [
        migrations.RunPython(let_groups_view_releases, migrations.RunPython.noop)
    ]
