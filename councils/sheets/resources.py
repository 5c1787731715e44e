"""Rows of a file compared with the registry, and written: all of them or none.

`django-import-export` goes through the rows in one transaction and undoes a trial run.
Here is what the registry asks of it: rows are known by natural keys, a blank cell
empties a field or leaves a new row what every new one has, a missing column leaves it
alone, a cell that says what is stored changes nothing, and every changed row passes the
rules of its model.
"""

from functools import cached_property
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import ManyToManyWidget, Widget

from .cells import listed, says, split, tidy, value_of
from .reading import MOST_CHANGES, Table, Unreadable
from .reports import Difference


class CellWidget(Widget):
    """The value of one field of the row itself."""

    def __init__(self, field: models.Field):
        super().__init__()
        self.field = field

    def clean(self, value, row=None, **kwargs):
        return value_of(self.field, value)

    def render(self, value, obj=None, force_native_type=False, **kwargs):
        if force_native_type and isinstance(value, int | float):
            return value
        return "" if value is None else str(value)


class OneWidget(Widget):
    """Another record, known by its slug."""

    def __init__(self, model: type[models.Model]):
        super().__init__()
        self.model = model

    @cached_property
    def known(self) -> dict[str, Any]:
        return self.model._default_manager.in_bulk(field_name="slug")

    def offered(self) -> list[str]:
        return sorted(self.known)

    def clean(self, value, row=None, **kwargs):
        slug = tidy(value)
        if not slug:
            raise ValueError("It cannot be blank.")
        if slug not in self.known:
            name = self.model._meta.verbose_name
            raise ValueError(f"There is no {name} “{slug}”: give its slug.")
        return self.known[slug]

    def render(self, value, obj=None, **kwargs):
        return value.slug if value else ""


class ManyWidget(ManyToManyWidget):
    """Several other records, known by their slugs: "ict; hr-and-payroll"."""

    @cached_property
    def known(self) -> dict[str, Any]:
        return self.model._default_manager.in_bulk(field_name="slug")

    def offered(self) -> list[str]:
        return sorted(self.known)

    def known_to(self, row) -> dict[str, Any]:
        """Return the records that the row may name."""
        return self.known

    def clean(self, value, row=None, **kwargs):
        known = self.known_to(row)
        keys = split(value)
        if missing := [key for key in keys if key not in known]:
            name = self.model._meta.verbose_name
            raise ValueError(f"There is no {name} {listed(missing)}.")
        return [known[key] for key in dict.fromkeys(keys)]

    def key(self, record) -> str:
        return record.slug

    def render(self, value, obj=None, **kwargs):
        records = value.all() if value is not None else []
        return "; ".join(sorted(map(self.key, records)))


class RowDiff:
    """The cells of a row before and after, as a file would say them."""

    def __init__(self, resource, instance, new):
        # Not of the instance: it is a copy, which has to ask for its links again.
        self.before = resource.before

    def compare_with(self, resource, instance):
        self.after = resource.cells_of(instance)

    def as_html(self) -> list[Difference]:
        return [
            Difference(column, before, self.after[column])
            for column, before in self.before.items()
            if before != self.after[column]
        ]


class TableResource(ModelResource):
    """One table of the registry, as rows of text.

    `user` asks for the import, `reason` says why; `table` is what the file holds.
    """

    # Columns that the registry fills in for a new row.
    given: frozenset[str] = frozenset()

    class Meta:
        clean_model_instances = True
        store_instance = True
        use_transactions = True

    def __init__(self, *, user=None, table: Table | None = None, reason: str = ""):
        super().__init__()
        self.user, self.table, self.reason = user, table, reason

    @classmethod
    def field_from_django_field(cls, field_name, django_field, readonly):
        return Field(
            attribute=field_name,
            column_name=field_name,
            widget=cls.widget_for(django_field),
        )

    @classmethod
    def widget_for(cls, field: models.Field) -> Widget:
        if isinstance(field, models.ManyToManyField):
            return ManyWidget(field.related_model)
        if isinstance(field, models.ForeignKey):
            return OneWidget(field.related_model)
        return CellWidget(field)

    @classmethod
    def get_diff_class(cls):
        return RowDiff

    @classmethod
    def key_columns(cls) -> list[str]:
        return list(cls._meta.import_id_fields)

    @property
    def noun(self) -> str:
        return str(self._meta.model._meta.verbose_name)

    def model_field(self, name: str) -> models.Field:
        return self._meta.model._meta.get_field(name)

    def needed_columns(self) -> set[str]:
        """Return the columns without which a row cannot be a new one."""
        fields = map(self.model_field, self.fields)
        return {
            field.name for field in fields if not (field.blank or field.has_default())
        } - self.given

    # ---- Which row of the registry a row of the file is

    def key_of(self, row: dict[str, str]) -> tuple[str, ...]:
        """Return what the row is known by, as the registry writes it."""
        key = []
        for name in self.key_columns():
            widget = self.fields[name].widget
            try:
                key.append(widget.render(widget.clean(row[name], row=row)))
            except ValueError:
                key.append(tidy(row[name]))
        return tuple(key)

    def key_of_record(self, record) -> tuple[str, ...]:
        return tuple(self.fields[name].export(record) for name in self.key_columns())

    def is_new_by_key(self, key: tuple[str, ...]) -> bool:
        """Return whether a row with this key can only be a new one."""
        return False

    def held_for(self, dataset) -> models.QuerySet:
        """Return the rows of the registry that the file may be about."""
        return self.get_queryset().filter(slug__in=map(tidy, dataset["slug"]))

    def before_import(self, dataset, **kwargs):
        records = self.held_for(dataset).select_for_update(of=("self",))
        self.held = {self.key_of_record(record): record for record in records}
        self.changes = 0
        self.first_with: dict[tuple[str, ...], int] = {}

    def get_instance(self, instance_loader, row):
        return self.held.get(self.key_of(row))

    def before_import_row(self, row, row_number=None, **kwargs):
        """Refuse a row that could not be read, or that an earlier one is about."""
        number, _, problems = self.table.rows[row_number - 1]
        if whole := [problem for column, problem in problems if not column]:
            raise ValidationError(whole)
        key = self.key_of(row)
        if not self.is_new_by_key(key):
            first = self.first_with.setdefault(key, number)
            if first != number:
                raise ValidationError(
                    f"Row {first} is about the same {self.noun}"
                    f" ({', '.join(filter(None, key))}). Leave one of the two."
                )
        self.unread = dict(problems)

    # ---- What the row says

    def cells_of(self, instance) -> dict[str, str]:
        return {
            field.column_name: field.export(instance)
            for field in self.get_import_fields()
        }

    def after_init_instance(self, instance, new, row, **kwargs):
        cells = self.cells_of(instance)
        self.before = dict.fromkeys(cells, "") if new else cells

    def import_instance(self, instance, row, **kwargs):
        """Set the fields that the row changes; remember what it links to."""
        self.row, self.linked = row, {}
        errors: dict[str, ValidationError] = {}
        for name, field in self.fields.items():
            if field.column_name not in row:
                continue
            if problem := self.unread.get(field.column_name):
                errors[name] = ValidationError(problem)
                continue
            text = row[field.column_name]
            if instance.pk:
                if says(text, field.export(instance)):
                    continue
            elif not tidy(text) and self.model_field(name).has_default():
                continue
            try:
                value = field.clean(row)
            except ValueError as error:
                errors[name] = ValidationError(str(error))
                continue
            if isinstance(field.widget, ManyWidget):
                self.linked[name] = value
            else:
                setattr(instance, name, value)
        if errors:
            raise ValidationError(errors)

    def skip_row(self, instance, original, row, import_validation_errors=None):
        if import_validation_errors or original.pk is None:
            return False
        for name, field in self.fields.items():
            if isinstance(field.widget, ManyWidget):
                if name in self.linked and set(self.linked[name]) != set(
                    getattr(original, name).all()
                ):
                    return False
            elif field.get_value(instance) != field.get_value(original):
                return False
        return True

    def links(self, instance, name: str) -> list:
        """Return the records that the row will be linked to once it is written."""
        if name in self.linked:
            return self.linked[name]
        return list(getattr(instance, name).all()) if instance.pk else []

    # ---- Whether it may be written

    def rules(self, instance):
        """Yield the field and the sentence of each rule that the model cannot hold."""
        yield from ()

    def validate_instance(
        self, instance, import_validation_errors=None, validate_unique=True
    ):
        self.changes += 1
        if self.changes > MOST_CHANGES:
            raise Unreadable(
                f"The file adds or changes more than {MOST_CHANGES:,} rows: divide it."
            )
        errors = dict(import_validation_errors or {})
        try:
            super().validate_instance(instance, errors, validate_unique)
        except ValidationError as error:
            errors = error.update_error_dict({})
        # What cannot be read, or is refused already, breaks no rule besides.
        refused = {*errors}
        for name, sentence in self.rules(instance):
            if name not in refused:
                errors.setdefault(name, []).append(ValidationError(sentence))
        is_new = instance.pk is None
        for name in [*errors]:
            if is_new and name in self.fields and name not in self.row:
                errors[name] = [
                    ValidationError("The column is missing, and a new row needs it.")
                ]
        if errors:
            raise ValidationError(errors)

    # ---- Writing

    def save_instance(self, instance, is_create, row, **kwargs):
        try:
            with transaction.atomic():
                super().save_instance(instance, is_create, row, **kwargs)
        except IntegrityError as error:
            raise ValidationError(
                "The registry cannot hold this row beside the others."
            ) from error

    def save_m2m(self, instance, row, **kwargs):
        for name, records in self.linked.items():
            getattr(instance, name).set(records)

    def after_import(self, dataset, result, dry_run=False, **kwargs):
        if dry_run or result.has_validation_errors():
            return
        self.keep_history()
        for kind, flag in (("new", ADDITION), ("update", CHANGE)):
            written = [row.instance for row in result.rows if row.import_type == kind]
            if written:
                LogEntry.objects.log_actions(
                    self.user.pk, written, flag, f"Imported from a file: {self.reason}"
                )

    def keep_history(self):
        """Keep what the written rows changed, where their record has a history."""
