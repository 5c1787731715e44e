"""The table of partnerships, and what every table of a record's has in common."""

from councils.sheets.resources import TableResource

from ..choices import Publication
from ..models import Change, Partnership
from ..publishing import PUBLISH, UNSEEN


class RecordResource(TableResource):
    """Rows that are part of a record: it keeps its history, readers keep its facts."""

    def partnership_of(self, instance) -> Partnership:
        raise NotImplementedError

    def before_import(self, dataset, **kwargs):
        super().before_import(dataset, **kwargs)
        self.touched: dict[int, Partnership] = {}

    def rules(self, instance):
        """Yield the rules of who may change which record."""
        stored = self.stored_publication(instance)
        if stored and stored not in UNSEEN and not self.user.has_perm(PUBLISH):
            yield (
                self.key_columns()[0],
                f"The record is {Publication(stored).label.lower()}: only those who may"
                " publish can change it.",
            )

    def stored_publication(self, instance) -> str | None:
        """Return what state the record is in, None if it is new."""
        raise NotImplementedError

    def before_save_instance(self, instance, row, dry_run=False, **kwargs):
        partnership = self.partnership_of(instance)
        if not dry_run and partnership.pk and partnership.pk not in self.touched:
            Change.objects.begin(partnership)

    def after_save_instance(self, instance, row, **kwargs):
        partnership = self.partnership_of(instance)
        self.touched[partnership.pk] = partnership

    def keep_history(self):
        for partnership in self.touched.values():
            Change.objects.record(partnership, reason=self.reason, by=self.user)


class PartnershipResource(RecordResource):
    class Meta(TableResource.Meta):
        model = Partnership
        import_id_fields = ["slug"]
        fields = (
            "slug",
            "name",
            "summary",
            "functions",
            "delivery_model",
            "status",
            "latest_evidence",
            "announced",
            "started",
            "ended",
            "end_reason",
            "status_in_june_2013",
            "staff",
            "confidence",
            "gaps",
            "publication",
        )

    def get_queryset(self):
        return Partnership.objects.prefetch_related("functions").order_by("slug")

    def partnership_of(self, instance):
        return instance

    def before_import(self, dataset, **kwargs):
        super().before_import(dataset, **kwargs)
        self.stored = {record.pk: record.publication for record in self.held.values()}

    def stored_publication(self, instance):
        return self.stored.get(instance.pk)

    def rules(self, instance):
        yield from super().rules(instance)
        if not self.links(instance, "functions"):
            yield "functions", "Name at least one service."
        stored = self.stored_publication(instance)
        if stored == Publication.PUBLISHED and not instance.latest_evidence:
            yield (
                "latest_evidence",
                "Readers see this record: say how new the evidence is.",
            )
        wanted = instance.publication
        if wanted != stored and wanted not in UNSEEN:
            yield (
                "publication",
                "A file cannot publish or withdraw a record. Do it on the record’s own"
                " page, which says what it still needs.",
            )
        elif wanted != stored and stored and stored not in UNSEEN:
            yield (
                "publication",
                "A file cannot take a record from its readers. Do it on the record’s"
                " own page.",
            )
