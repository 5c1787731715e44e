"""One-time codes besides the password: who owes one, and how they are checked."""

import logging
from base64 import b32encode
from math import ceil

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.safestring import mark_safe
from django_otp import devices_for_user, user_has_device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

logger = logging.getLogger("accounts")

NUMBER_OF_BACKUP_CODES = 10


def is_owed(user) -> bool:
    """Return whether a user has to sign in with a code besides the password."""
    named = settings.SECOND_FACTOR_GROUPS
    if not named or not user.is_authenticated:
        return False
    return user.is_superuser or user.groups.filter(name__in=named).exists()


def is_missing(user) -> bool:
    """Return whether this session still lacks the code that its user owes."""
    return is_owed(user) and not user.is_verified()


def has_device(user) -> bool:
    return user_has_device(user)


def warn_of_unknown_groups() -> None:
    """Log the names in the setting that no group has: a slip would protect nobody."""
    named = {*settings.SECOND_FACTOR_GROUPS}
    if not named:
        return
    found = Group.objects.filter(name__in=named).values_list("name", flat=True)
    for name in sorted(named - {*found}):
        logger.warning("SECOND_FACTOR_GROUPS names “%s”, which is no group", name)


class Refused(Exception):
    """A code was not taken; the message says why."""


def check(user, typed: str):
    """Return the device of a user that takes a code, or raise Refused.

    Six digits come from the authenticator; anything else is a backup code, which works
    once. Asking one device alone keeps a wrong code from slowing down the other.
    """
    code = "".join(typed.split()).lower()
    is_from_app = code.isdecimal()
    model = TOTPDevice if is_from_app else StaticDevice
    with transaction.atomic():
        device = (
            model.objects.select_for_update().filter(user=user, confirmed=True).first()
        )
        if device is None:
            refusal = "You have no backup codes. Type the code that the app shows."
        elif refusal := must_wait(device):
            pass
        elif device.verify_token(code):
            return device
        elif is_from_app:
            refusal = (
                "The code is wrong or was used before. Wait until the app shows a new"
                " one and type that. If it is refused too, check the phone’s clock."
            )
        else:
            refusal = "No backup code is like this, or it was used before."
    # Outside the transaction, which keeps the count of failures.
    logger.warning("The second factor failed for “%s”", user)
    raise Refused(refusal)


def must_wait(device) -> str:
    """Say how long a device takes no code after wrong ones; empty if it takes one."""
    is_allowed, why = device.verify_is_allowed()
    if is_allowed:
        return ""
    seconds = max(ceil((why["locked_until"] - timezone.now()).total_seconds()), 1)
    if seconds < 120:
        wait = f"{seconds} second{'' if seconds == 1 else 's'}"
    else:
        wait = f"{ceil(seconds / 60)} minutes"
    return f"Too many wrong codes. Wait {wait}, then type the next one."


def set_up(user, key: str, typed: str) -> TOTPDevice:
    """Make an authenticator the user's only one if it gives the right code, and make
    new backup codes; else raise Refused and leave what there was."""
    device = TOTPDevice(user=user, name="Authenticator", key=key)
    code = "".join(typed.split())
    with transaction.atomic():
        remove(user)
        # Saved first, as a code that was taken is remembered with its device.
        device.save()
        if device.verify_token(code):
            new_backup_codes(user)
            return device
        transaction.set_rollback(True)
    raise Refused(
        "That is not the code for this key. Add the key to the app again, wait for a"
        " new code and type it. If it is refused too, check the clock of the phone."
    )


def new_backup_codes(user) -> None:
    """Put new backup codes in place of those that a user has."""
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="Backup codes")
        StaticToken.objects.bulk_create(
            StaticToken(device=device, token=StaticToken.random_token())
            for _ in range(NUMBER_OF_BACKUP_CODES)
        )


def backup_codes(user) -> list[str]:
    """Return the backup codes that have not been used."""
    tokens = StaticToken.objects.filter(device__user=user, device__confirmed=True)
    return list(tokens.order_by("token").values_list("token", flat=True))


def remove(user) -> int:
    """Remove all that a user could give codes with; return how many there were."""
    found = [
        device for device in devices_for_user(user, confirmed=None) if device.delete()
    ]
    return len(found)


def in_words(key: str) -> str:
    """Return a key as apps take it when it is typed, in groups of four letters."""
    text = b32encode(bytes.fromhex(key)).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def drawing(address: str) -> str:
    """Return an address as a QR code: an SVG element without any style."""
    import segno  # heavy, and needed once for each editor

    code = segno.make(address, error="m")
    return mark_safe(  # noqa: S308 - drawn by segno from rectangles alone
        code.svg_inline(omitsize=True, light="#fff", svgclass=None, lineclass=None)
    )
