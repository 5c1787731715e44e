"""How a reader's report is taken in: what it may be about, and what keeps robots out.

No account, no script and no puzzle: a field that people do not see, a signed time at
which the form was opened, sizes with limits, and a number of reports an hour.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django import forms
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import Truncator

from .models import Partnership, ReportCount, Suggestion

WHOLE_RECORD = ("", "The whole record, or something that it lacks")
PARTS_OF_THE_SITE = [
    ("", "Choose one"),
    ("arrangement", "An arrangement that the registry does not hold"),
    ("council", "What the registry says about a council"),
    ("accessibility", "Something that I cannot use or read"),
    ("privacy", "How the registry handles personal data"),
    ("other", "Something else"),
]


def parts_of(partnership: Partnership) -> list[tuple[str, str]]:
    """Return what a report about a record may be about: the page's anchors, in words.

    Asks nothing more of a partnership from `for_detail`.
    """
    return [WHOLE_RECORD, *_parts(partnership)]


def _parts(partnership: Partnership) -> Iterator[tuple[str, str]]:
    yield "facts", "The key facts"
    for member in partnership.members:
        yield member.anchor, f"Member: {member.short_name}"
    for kind, words, text in (
        ("milestones", "Turning point", "text"),
        ("aims", "Aim", "text"),
        ("outcomes", "Outcome", "text"),
        ("sources", "Source", "title"),
    ):
        for row in getattr(partnership, kind).all():
            said = f"{words} {row.number}: {getattr(row, text)}"
            yield row.anchor, Truncator(said).chars(100)


class Stamp:
    """When a form was opened, signed, so that its sender cannot choose the time."""

    # People need longer than this to write a sentence, and shorter than that.
    least = timedelta(seconds=3)
    most = timedelta(hours=24)
    signer = TimestampSigner(salt="partnerships.reports")

    @classmethod
    def new(cls) -> str:
        return cls.signer.sign("opened")

    @classmethod
    def is_valid(cls, stamp: str) -> bool:
        return cls._is_younger(stamp, cls.most)

    @classmethod
    def is_hasty(cls, stamp: str) -> bool:
        return cls._is_younger(stamp, cls.least)

    @classmethod
    def _is_younger(cls, stamp: str, age: timedelta) -> bool:
        """Return whether the stamp is ours, and younger than that."""
        try:
            cls.signer.unsign(stamp, max_age=age)
        except BadSignature:
            return False
        return True


class TextField(forms.CharField):
    """Text with a limit that is said, not one that cuts off what was pasted."""

    def __init__(self, *, most: int, rows: int, **kwargs):
        self.most = most
        attrs = {"rows": rows, "class": "govuk-textarea"}
        super().__init__(widget=forms.Textarea(attrs=attrs), **kwargs)

    def to_python(self, value):
        # Browsers send two characters for each line end.
        return super().to_python(value).replace("\r\n", "\n")

    def validate(self, value):
        super().validate(value)
        if len(value) > self.most:
            raise forms.ValidationError(
                f"Write at most {self.most:,} characters: there are {len(value):,}.",
                code="too_long",
            )


class ReportForm(forms.ModelForm):
    """What is wrong or missing, and which source says so."""

    part = forms.ChoiceField(
        label="What is it about?",
        widget=forms.Select(attrs={"class": "govuk-select"}),
        error_messages={
            "required": "Choose what it is about.",
            "invalid_choice": "That part is not there, or no longer: choose again.",
        },
    )
    message = TextField(
        label="What is wrong or missing?",
        help_text=(
            "At most 4,000 characters. Editors keep this text, so leave out what is"
            " private."
        ),
        most=4000,
        rows=6,
        error_messages={"required": "Say what is wrong or missing."},
    )
    source = TextField(
        label="Which source says so?",
        help_text="A web address, the title of a paper, or how you know.",
        most=1000,
        rows=2,
        error_messages={
            "required": "Name a source, or say how you know: “I worked there” will do."
        },
    )
    email = forms.EmailField(
        label="Your e-mail address (optional)",
        required=False,
        widget=forms.EmailInput(
            attrs={
                "class": "govuk-input",
                "autocomplete": "email",
                "spellcheck": "false",
            }
        ),
        error_messages={
            "invalid": "Type an address like name@example.org, or leave this empty."
        },
    )
    # Programs fill every field; people do not see this one.
    subject = forms.CharField(required=False)
    opened = forms.CharField(required=False)

    class Meta:
        model = Suggestion
        fields = ("part", "message", "source", "email")

    def __init__(self, *args, partnership: Partnership | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.partnership = partnership
        self.parts = parts_of(partnership) if partnership else PARTS_OF_THE_SITE
        part, source = self.fields["part"], self.fields["source"]
        part.choices = self.parts  # type: ignore[attr-defined]
        if partnership:
            part.required = False
        else:
            # Not every remark about the site has a source; a fact needs one.
            source.required = False
            source.label = f"{source.label} (optional)"
        self.fields["email"].help_text = (
            "Used only to ask you about this report. Deleted once the report has been"
            f" dealt with, and after {settings.REPORT_EMAIL_DAYS} days at the latest."
        )

    @property
    def stamp(self) -> str:
        """The time for the form's next sending: the first, unless it is useless."""
        kept = self["opened"].value() or ""
        return kept if Stamp.is_valid(kept) else Stamp.new()

    def clean(self):
        """Refuse robots, once nothing else keeps the report back."""
        cleaned = super().clean()
        opened = cleaned.get("opened", "")
        if self.errors:
            return cleaned
        if cleaned["subject"]:
            raise forms.ValidationError(
                "A field that people do not see was filled in, perhaps by your browser."
                " It is empty again: press “Send report” once more.",
                code="robot",
            )
        if not Stamp.is_valid(opened):
            raise forms.ValidationError(
                "The form was open for too long, or came without its time. What you"
                " wrote is still here: press “Send report” once more.",
                code="stale",
            )
        if Stamp.is_hasty(opened):
            raise forms.ValidationError(
                "That was as fast as programs are. What you wrote is still here:"
                " look through it and press “Send report” once more.",
                code="hasty",
            )
        return cleaned

    def save(self, commit=True):
        self.instance.part_in_words = dict(self.parts)[self.cleaned_data["part"]]
        return super().save(commit)


def sender_of(request: HttpRequest) -> str:
    """Return the address that a request came from.

    Behind proxies of ours it is the one that the outermost of them saw. What stands
    before that in X-Forwarded-For is the sender's own word.
    """
    passed = request.headers.get("X-Forwarded-For", "").split(",")
    if settings.PROXIES and len(passed) >= settings.PROXIES:
        return passed[-settings.PROXIES].strip()
    return request.META.get("REMOTE_ADDR", "")


def delete_personal_data(now: datetime | None = None) -> tuple[int, int]:
    """Delete what has been kept long enough; return how many e-mails and counts."""
    now = now or timezone.now()
    return (
        Suggestion.objects.delete_old_emails(now),
        ReportCount.objects.delete_old(now),
    )
