"""Where a reorganisation is entered once, as its order, and taken back."""

from contextlib import contextmanager

from django import forms
from django.contrib import admin
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.forms.models import BaseInlineFormSet

from ..days import in_words
from ..models import Council, ReorganisationOrder, Succession
from ..models.orders import EARLIEST
from .boxes import AS_TYPED
from .councils import SuccessionRows
from .seen import SeenMixin

NOT_KNOWN = "not known"


class OrderRowForm(forms.ModelForm):
    """Who takes over from whom. A succession that is known already joins the order."""

    class Meta:
        labels = {
            "predecessor": "Council taken over",
            "successor": "Heir",
            "is_same_legal_body": "Same legal body",
        }

    def clean(self):
        cleaned = super().clean()
        if not self.instance.pk and cleaned.get("predecessor"):
            known = Succession.objects.filter(
                predecessor=cleaned["predecessor"],
                successor=cleaned.get("successor"),
                order=None,
            ).first()
            if known:
                self.instance = known
                self.instance.was_known_before_order = True
        if cleaned.get("predecessor") and (
            cleaned["predecessor"] == cleaned.get("successor")
        ):
            self.add_error("successor", "A council cannot be its own heir.")
        was_known = self.instance.order_id and self.instance.was_known_before_order
        if was_known and {"predecessor", "successor"} & {*self.changed_data}:
            self.add_error(
                "predecessor",
                "This succession was known before the order and stays: take it out of"
                " the order, and add the other one.",
            )
        # The order gives the day: until then there is none to compare with others.
        self.instance.last_day = None
        return cleaned


class OrderRowFormSet(BaseInlineFormSet):
    """Refuses rows that contradict each other, the vesting day or what is known."""

    def clean(self):
        super().clean()
        day = self.instance.vesting_day
        if any(self.errors) or not day or day < EARLIEST:
            return  # those are refused already
        forms_kept = [
            form
            for form in self.forms
            if form.has_changed() or form.instance.pk
            if not self._should_delete_form(form)
        ]
        if not forms_kept:
            raise forms.ValidationError("Say who takes over from whom.")
        rows = [form.instance for form in forms_kept]
        for place, field, sentence in self.instance.contradictions(rows):
            forms_kept[place].add_error(field, sentence)

    def save_new(self, form, commit=True):
        form.instance.last_day = self.instance.last_day
        return super().save_new(form, commit=commit)

    def save_existing(self, form, obj, commit=True):
        form.instance.last_day = self.instance.last_day
        return super().save_existing(form, obj, commit=commit)

    def delete_existing(self, obj, commit=True):
        if commit:
            obj.leave_order()


class OrderRowInline(SuccessionRows):
    form = OrderRowForm
    formset = OrderRowFormSet
    fields = ("predecessor", "successor", "extent", "is_same_legal_body")
    verbose_name = "council taken over"
    verbose_name_plural = "Who takes over from whom"

    def get_extra(self, request, obj=None, **kwargs):
        return 1 if obj else 3


@admin.register(ReorganisationOrder)
class ReorganisationOrderAdmin(SeenMixin, admin.ModelAdmin):
    """Writes successions and councils' days with the order, in one transaction."""

    formfield_overrides = AS_TYPED
    list_display = ("name", "number", "vesting_day")
    date_hierarchy = "vesting_day"
    search_fields = (
        "name",
        "number",
        "successions__predecessor__name",
        "successions__successor__name",
    )
    search_help_text = "Words of the instrument, its number, and names of councils."
    inlines = (OrderRowInline,)
    fieldsets = (
        (
            None,
            {
                "fields": ("name", ("number", "vesting_day"), "url"),
                "description": (
                    "Saving this ends the councils taken over on the day before the"
                    " vesting day, and begins new ones on it: add a new council first,"
                    " and leave its first day blank. A day in the future is a plan, and"
                    " readers are told so. Deleting the order puts everything back."
                ),
            },
        ),
    )

    def lock(self, request, shown):
        # Its councils' days are written last, and their own pages lock them first.
        list(Council.objects.order_by("pk").select_for_update(no_key=True))
        super().lock(request, shown)

    def save_related(self, request, form, formsets, change):
        order = form.instance
        with noting_days(request, order):
            order.take_back_days()
            super().save_related(request, form, formsets, change)
            order.take_effect()

    def construct_change_message(self, request, form, formsets, add=False):
        """Say each change in words, before and after: the order's own history."""
        day = in_words(form.cleaned_data["vesting_day"])
        said = [f"Vesting day: {day}."] if add else list(changes_of(form))
        for formset in formsets:
            said += [f"Added: {in_full(row)}." for row in formset.new_objects]
            said += [
                f"Changed ({', '.join(fields)}): {in_full(row)}."
                for row, fields in formset.changed_objects
            ]
            said += [f"Taken out: {in_full(row)}." for row in formset.deleted_objects]
        return " ".join(said) or "Nothing changed."

    def get_deleted_objects(self, objs, request):
        """Say what deleting would put back, in place of the rows that it deletes."""
        said = []
        for order in objs:
            rows = order.successions.select_related("predecessor", "successor")
            said.append(f"{order}, vesting day {in_words(order.vesting_day)}")
            said.append([effect for row in rows for effect in effects_of(order, row)])
        allowed = self.has_delete_permission(request)
        return said, {}, set() if allowed else {self.opts.verbose_name}, []

    def delete_model(self, request, obj):
        with noting_days(request, obj):
            obj.undo()

    def delete_queryset(self, request, queryset):
        for order in queryset:
            self.delete_model(request, order)

    def log_deletions(self, request, queryset):
        for order in queryset:
            rows = order.successions.select_related("predecessor", "successor")
            LogEntry.objects.log_actions(
                request.user.pk,
                [order],
                DELETION,
                f"Undone. It said: vesting day {in_words(order.vesting_day)};"
                f" {'; '.join(map(in_full, rows))}.",
                single_object=True,
            )


@contextmanager
def noting_days(request, order: ReorganisationOrder):
    """Note in each council's own history which of its days an order changes."""
    before = days_of_councils()
    yield
    after = days_of_councils()
    changed = [pk for pk in after if after[pk] != before.get(pk)]
    for council in Council.objects.filter(pk__in=changed):
        labels = ("First day", "Last full day")
        days = zip(labels, before[council.pk], after[council.pk], strict=True)
        said = [
            f"{label}: {in_words(was)} before, {in_words(day)} now."
            for label, was, day in days
            if was != day
        ]
        LogEntry.objects.log_actions(
            request.user.pk,
            [council],
            CHANGE,
            f"By “{order}”. {' '.join(said)}",
            single_object=True,
        )


def days_of_councils() -> dict[int, tuple]:
    rows = Council.objects.order_by().values_list("pk", "started", "ended")
    return {pk: (started, ended) for pk, started, ended in rows}


def changes_of(form: forms.ModelForm):
    """Yield what the form changed, field by field, before and after."""
    for name in form.changed_data:
        was, now = form.initial.get(name), form.cleaned_data[name]
        yield f"{form[name].label}: {was or NOT_KNOWN} before, {now or NOT_KNOWN} now."


def in_full(row: Succession) -> str:
    """Say a row with all that it says: who to whom, whole or part."""
    same = ", the same legal body" if row.is_same_legal_body else ""
    return f"{row}, {row.get_extent_display().lower()}{same}"


def effects_of(order: ReorganisationOrder, row: Succession):
    """Yield what becomes of a row, and of its councils' days, without the order."""
    if row.was_known_before_order:
        yield f"{in_full(row)}: stays, as it was known before"
    else:
        yield f"{in_full(row)}: goes"
    old, new = row.predecessor, row.successor
    if order.known_last_day(old) != old.ended:
        yield f"{old}: its last full day, {in_words(old.ended)}, is not known again"
    if order.known_first_day(new) != new.started:
        yield f"{new}: its first day, {in_words(new.started)}, is not known again"
