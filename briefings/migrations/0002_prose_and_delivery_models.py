import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("briefings", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeliveryModelGuide",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "delivery_model",
                    models.CharField(
                        choices=[
                            ("lead-authority", "Lead authority"),
                            ("shared-workforce", "Shared workforce"),
                            ("joint-committee", "Joint committee"),
                            ("joint-venture", "Joint venture"),
                            ("joint-contract", "Joint contract"),
                            ("public-company", "Public-sector company"),
                            ("collaboration", "Collaboration"),
                            ("unknown", "Not known"),
                        ],
                        max_length=20,
                        unique=True,
                    ),
                ),
                (
                    "description",
                    models.TextField(
                        help_text="In Markdown, beyond the one sentence of the list.",
                        verbose_name="what it is",
                    ),
                ),
                (
                    "tax",
                    models.TextField(
                        blank=True, help_text="Blank if the briefing is silent."
                    ),
                ),
                (
                    "pensions",
                    models.TextField(
                        blank=True, help_text="Blank if the briefing is silent."
                    ),
                ),
                (
                    "control",
                    models.TextField(
                        blank=True, help_text="Blank if the briefing is silent."
                    ),
                ),
            ],
            options={
                "ordering": ["delivery_model"],
            },
        ),
        migrations.CreateModel(
            name="LegalPower",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        help_text="Its place in the list."
                    ),
                ),
                (
                    "statute",
                    models.CharField(
                        help_text="Its title with the year.", max_length=120
                    ),
                ),
                (
                    "section",
                    models.CharField(help_text="Such as “section 101”.", max_length=60),
                ),
                (
                    "applies_in",
                    models.CharField(
                        blank=True, help_text="Blank if not confirmed.", max_length=80
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="In our words, plain text.",
                        verbose_name="what it says",
                    ),
                ),
                (
                    "url",
                    models.URLField(max_length=300, verbose_name="address of its text"),
                ),
            ],
            options={
                "ordering": ["guide", "number"],
            },
        ),
        migrations.RenameField(
            model_name="lesson",
            old_name="cases",
            new_name="cases_for",
        ),
        migrations.AddField(
            model_name="lesson",
            name="cases_against",
            field=models.ManyToManyField(
                blank=True,
                help_text="The cases that speak against it.",
                related_name="lessons_against",
                to="briefings.casestudy",
            ),
        ),
        migrations.AlterField(
            model_name="lesson",
            name="cases_for",
            field=models.ManyToManyField(
                blank=True,
                help_text="The cases that the briefing gives for it.",
                related_name="lessons",
                to="briefings.casestudy",
            ),
        ),
        migrations.AddField(
            model_name="lesson",
            name="question",
            field=models.CharField(
                blank=True,
                help_text="What follows “?” in the address of the list of arrangements whose records bear on it, such as relationship=supplier-and-client. Blank if no filter truly does.",
                max_length=250,
                verbose_name="question to the list",
            ),
        ),
        migrations.AddField(
            model_name="lesson",
            name="relevance",
            field=models.TextField(
                default="",
                help_text="Why the arrangements found bear on the lesson, or why no filter finds any.",
                verbose_name="why these records",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="lesson",
            name="theme",
            field=models.CharField(
                choices=[
                    ("aims", "Aims"),
                    ("partners", "Choice of partners"),
                    ("balance", "Balance between the partners"),
                    ("business-model", "Business model"),
                ],
                default="aims",
                max_length=20,
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="briefing",
            name="argument",
            field=models.TextField(help_text="In Markdown."),
        ),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("theme__in", ["aims", "partners", "balance", "business-model"])
                ),
                name="lesson_theme_in_list",
            ),
        ),
        migrations.AddField(
            model_name="deliverymodelguide",
            name="weighed_by",
            field=models.ForeignKey(
                blank=True,
                help_text="The briefing that weighs the model; blank if none does.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="models_weighed",
                to="briefings.briefing",
            ),
        ),
        migrations.AddField(
            model_name="legalpower",
            name="guide",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="powers",
                to="briefings.deliverymodelguide",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliverymodelguide",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "delivery_model__in",
                        [
                            "lead-authority",
                            "shared-workforce",
                            "joint-committee",
                            "joint-venture",
                            "joint-contract",
                            "public-company",
                            "collaboration",
                            "unknown",
                        ],
                    )
                ),
                name="deliverymodelguide_delivery_model_in_list",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliverymodelguide",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("weighed_by__isnull", False),
                    models.Q(("control", ""), ("pensions", ""), ("tax", "")),
                    _connector="OR",
                ),
                name="deliverymodelguide_view_has_a_briefing",
                violation_error_message="Say which briefing weighs it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalpower",
            constraint=models.UniqueConstraint(
                fields=("guide", "statute", "section"), name="legalpower_once_per_model"
            ),
        ),
        migrations.AddConstraint(
            model_name="legalpower",
            constraint=models.UniqueConstraint(
                fields=("guide", "number"), name="legalpower_once_per_number"
            ),
        ),
    ]
