"""Turn prose of one paragraph a line into Markdown, and give lessons their themes.

A registry that runs already keeps its rows; these are the ones that need the words
which a new registry loads.
"""

import re

from django.db import migrations

THEMES = {
    "be-clear-about-aims": "aims",
    "share-interests-or-problems": "partners",
    "make-the-exchange-reciprocal": "balance",
    "fit-the-business-model": "business-model",
    "weigh-a-public-company": "business-model",
}
QUESTIONS = {
    "make-the-exchange-reciprocal": "relationship=supplier-and-client",
    "weigh-a-public-company": "delivery_model=public-company",
}
PROSE = {
    "Briefing": ["argument"],
    "CaseStudy": ["introduction", "beginnings", "obstacles", "analysis"],
}


def into_markdown(apps, schema_editor):
    for model, fields in PROSE.items():
        for row in apps.get_model("briefings", model).objects.all():
            for field in fields:
                paragraphs = re.split(r"\s*\n\s*", getattr(row, field).strip())
                setattr(row, field, "\n\n".join(paragraphs))
            row.save()


def themes_and_questions(apps, schema_editor):
    Lesson = apps.get_model("briefings", "Lesson")
    for slug, theme in THEMES.items():
        question = QUESTIONS.get(slug, "")
        Lesson.objects.filter(slug=slug).update(theme=theme, question=question)


class Migration(migrations.Migration):
    dependencies = [
        ("briefings", "0002_prose_and_delivery_models"),
    ]

    operations = [
        migrations.RunPython(into_markdown, migrations.RunPython.noop),
        migrations.RunPython(themes_and_questions, migrations.RunPython.noop),
    ]
