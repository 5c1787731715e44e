"""The tables of a record's rows: its members, its outcomes and its sources."""

from collections import defaultdict
from functools import cached_property

from councils.sheets.cells import tidy
from councils.sheets.resources import ManyWidget, TableResource

from ..choices import Publication
from ..models import Membership, Outcome, Partnership, Source
from .partnerships import RecordResource


class SourcesWidget(ManyWidget):
    """The sources of a fact, by their numbers in its own record: "1; 3"."""

    @cached_property
    def of_records(self) -> dict[str, dict[str, Source]]:
        records = Partnership.objects.prefetch_related("sources")
        return {
            record.slug: {str(source.number): source for source in record.sources.all()}
            for record in records
        }

    def offered(self):
        return []  # every record has its own

    def known_to(self, row):
        return self.of_records.get(tidy(row["partnership"]))

    def clean(self, value, row=None, **kwargs):
        known = self.known_to(row)
        if known is None:
            return []  # the row is refused for its partnership
        try:
            return super().clean(value, row=row, **kwargs)
        except ValueError:
            numbers = "; ".join(known) or "none"
            raise ValueError(
                f"“{value}” names a source that the record does not have. It has:"
                f" {numbers}."
            ) from None

    def key(self, record):
        return str(record.number)

    def render(self, value, obj=None, **kwargs):
        sources = value.all() if value is not None else []
        return "; ".join(map(str, sorted(source.number for source in sources)))


class RowResource(RecordResource):
    """Rows that belong to a partnership."""

    @classmethod
    def widget_for(cls, field):
        if field.related_model is Source:
            return SourcesWidget(Source)
        return super().widget_for(field)

    def get_queryset(self):
        rows = self._meta.model.objects.select_related("partnership")
        if "sources" in self.fields:
            rows = rows.prefetch_related("sources")
        return rows.order_by("partnership__slug", *self.key_columns()[1:])

    def held_for(self, dataset):
        slugs = {*map(tidy, dataset["partnership"])}
        # Their rows are compared, then written: nobody else writes them in between.
        list(
            Partnership.objects.select_for_update()
            .filter(slug__in=slugs)
            .order_by("pk")
        )
        return self.get_queryset().filter(partnership__slug__in=slugs)

    def partnership_of(self, instance):
        return instance.partnership

    def stored_publication(self, instance):
        return instance.partnership.publication if instance.partnership_id else None

    def rules(self, instance):
        yield from super().rules(instance)
        if (
            "sources" in self.fields
            and self.stored_publication(instance) == Publication.PUBLISHED
            and not self.links(instance, "sources")
        ):
            yield "sources", "Readers see this record: name the source that says so."


class NumberedResource(RowResource):
    """Rows with a number in their record. Without one, a row is new."""

    given = frozenset({"number"})

    def is_new_by_key(self, key):
        return not key[-1]

    def import_instance(self, instance, row, **kwargs):
        super().import_instance(instance, row, **kwargs)
        if instance.number is None and instance.partnership_id:
            rows = self._meta.model.objects
            instance.number = rows.next_number(instance.partnership)

    def rules(self, instance):
        yield from super().rules(instance)
        if instance.number == 0:
            yield "number", "Numbers begin with 1."


class SourceResource(NumberedResource):
    class Meta(TableResource.Meta):
        model = Source
        import_id_fields = ["partnership", "number"]
        fields = (
            "partnership",
            "number",
            "title",
            "publisher",
            "url",
            "published",
            "kind",
        )


class OutcomeResource(NumberedResource):
    class Meta(TableResource.Meta):
        model = Outcome
        import_id_fields = ["partnership", "number"]
        fields = (
            "partnership",
            "number",
            "kind",
            "result",
            "amount",
            "period",
            "text",
            "sources",
        )


class MembershipResource(RowResource):
    """A membership is known by its council and by when that joined.

    A row with another date of joining is the same membership where the two periods
    overlap: the record could not hold both.
    """

    class Meta(TableResource.Meta):
        model = Membership
        import_id_fields = ["partnership", "council", "joined"]
        fields = ("partnership", "council", "role", "joined", "left", "sources")

    def get_queryset(self):
        return (
            Membership.objects.select_related("partnership", "council")
            .prefetch_related("sources")
            .order_by("partnership__slug", "council__slug", "joined_earliest", "pk")
        )

    def before_import(self, dataset, **kwargs):
        super().before_import(dataset, **kwargs)
        rows = (dict(zip(dataset.headers, cells, strict=True)) for cells in dataset)
        named = {self.key_of(row) for row in rows}
        self.unnamed = defaultdict(list)
        for key, membership in self.held.items():
            if key not in named:
                self.unnamed[key[:2]].append(membership)

    def get_instance(self, instance_loader, row):
        exact = super().get_instance(instance_loader, row)
        return exact or self.with_other_dates(row)

    def with_other_dates(self, row) -> Membership | None:
        """Return the one membership of that council that the row must mean."""
        left = self.fields["left"]
        try:
            period = Membership(joined=self.fields["joined"].clean(row))
            period.left = left.clean(row) if "left" in row else None
        except ValueError:
            return None  # the row is refused for its dates
        meant = self.unnamed[self.key_of(row)[:2]]
        overlapping = [other for other in meant if period.overlaps(other)]
        return overlapping.pop() if len(overlapping) == 1 else None

    def rules(self, instance):
        yield from super().rules(instance)
        is_known = instance.partnership_id and instance.council_id
        if is_known and (problem := instance.outside_lifetime()):
            yield "council", f"{problem}."
