"""What a form carries of the object it was opened with: nobody can change it unseen."""

from typing import Any

from django.core import signing
from django.core.exceptions import BadRequest
from django.db import models


def sealed(value: Any, shown: models.Model) -> str:
    """Return a value as text that is good for forms of this object alone."""
    return signing.dumps(value, salt=_salt(shown), compress=True)


def unsealed(text: str | None, shown: models.Model) -> Any:
    """Return the value; BadRequest where the text is not what a form carried."""
    try:
        return signing.loads(text or "", salt=_salt(shown))
    except signing.BadSignature as error:
        raise BadRequest(
            "The form does not say which version it was opened with. Open this"
            f" {shown._meta.verbose_name} again."
        ) from error


def _salt(shown: models.Model) -> str:
    return f"councils.sealing.{shown._meta.label}.{shown.pk}"
