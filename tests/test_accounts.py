"""Who gets in, who does not, and what is written down about it."""

import logging
import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings as configured
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor

pytestmark = pytest.mark.ignore_template_errors

LOGIN = "/admin/login/"
RESET = "/admin/new-password/"
CODE = "/admin/second-factor/"
SET_UP = "/admin/second-factor/set-up/"
CODES = "/admin/second-factor/backup-codes/"
PASSWORD = "made-up horse and staple"


def staff(name="editor", **fields):
    return User.objects.create_user(
        name, f"{name}@example.org", PASSWORD, is_staff=True, **fields
    )


def allowed(*codenames):
    return Permission.objects.filter(codename__in=codenames)


@pytest.fixture
def locks(settings):
    """Count wrong passwords, as the served registry does."""
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 3


def sign_in(client, name="editor", password=PASSWORD, **headers):
    return client.post(LOGIN, {"username": name, "password": password}, **headers)


def fail(client, **headers):
    return sign_in(client, "editor", "wrong-secret", **headers)


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def lines(caplog):
    return [line.getMessage() for line in caplog.records if line.name == "accounts"]


# ---- The lock


@pytest.mark.usefixtures("locks", "db")
def test_wrong_passwords_lock_the_name_for_their_network_and_say_how_long(client):
    staff()
    for _ in range(2):
        assert fail(client).status_code == 200
    locked = fail(client)
    assert locked.status_code == 429
    assert "Signing in is locked for 30 minutes" in locked.text
    assert 1790 <= int(locked.headers["Retry-After"]) <= 1800
    assert "default-src 'none'" in locked.headers["Content-Security-Policy"]

    assert sign_in(client).status_code == 429
    assert not is_signed_in(client)
    assert sign_in(client, REMOTE_ADDR="192.0.2.7").status_code == 302


@pytest.mark.usefixtures("locks", "db")
def test_trying_again_makes_the_lock_no_longer_and_it_ends(client):
    staff()
    for _ in range(3):
        fail(client)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=29))
    assert "locked for 1 minute<" in fail(client).text
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))
    assert sign_in(client).status_code == 302


@pytest.mark.usefixtures("locks", "db")
def test_the_right_password_starts_the_count_anew(client):
    staff()
    for _ in range(2):
        for _ in range(2):
            fail(client)
        assert sign_in(client).status_code == 302
        client.logout()
    assert not AccessAttempt.objects.exists()


@pytest.mark.usefixtures("locks", "db")
def test_a_name_that_nobody_has_is_locked_like_any_other(client):
    staff()
    answers = {}
    for name in ("editor", "nobody"):
        answers[name] = [sign_in(client, name, "wrong") for _ in range(4)]
    for had, lacked in zip(*answers.values(), strict=True):
        assert had.status_code == lacked.status_code
    assert answers["nobody"][-1].status_code == 429


@pytest.mark.usefixtures("locks", "db")
@pytest.mark.parametrize(
    ("proxies", "forged", "is_locked"),
    [
        (0, "192.0.2.{}", True),
        (1, "192.0.2.{}, 198.51.100.1", True),
        (1, "192.0.2.{}", False),
    ],
)
def test_only_our_own_proxies_are_believed(
    client, settings, proxies, forged, is_locked
):
    settings.PROXIES = proxies
    for number in range(3):
        answer = fail(client, HTTP_X_FORWARDED_FOR=forged.format(number))
    assert (answer.status_code == 429) is is_locked


@pytest.mark.usefixtures("locks", "db")
def test_a_whole_ipv6_network_counts_as_one(client):
    for number in range(3):
        answer = fail(client, REMOTE_ADDR=f"2001:db8::{number}")
    assert answer.status_code == 429
    assert {*AccessAttempt.objects.values_list("ip_address", flat=True)} == {
        "2001:db8::"
    }


@pytest.mark.usefixtures("locks", "db")
@pytest.mark.parametrize("forwarded", ["unknown", "192.0.2.1:4711", "", "é"])
def test_what_is_no_address_counts_as_one(client, settings, forwarded):
    settings.PROXIES = 1
    for _ in range(3):
        answer = fail(
            client,
            HTTP_X_FORWARDED_FOR=forwarded,
            REMOTE_ADDR="",
        )
    assert answer.status_code == 429


@pytest.mark.usefixtures("locks", "db")
def test_an_endless_name_is_refused_like_any_other(client):
    assert sign_in(client, "n" * 5000, "wrong").status_code == 200
    assert "Null characters" in sign_in(client, "n\0", "wrong").text
    for _ in range(2):
        answer = sign_in(client, "n" * 5000, "wrong")
    assert answer.status_code == 429


# ---- The log


@pytest.mark.usefixtures("locks", "db")
def test_signing_in_and_failing_to_is_logged_without_passwords_or_addresses(
    client, caplog
):
    caplog.set_level(logging.DEBUG)
    staff()
    sign_in(client, "my-secret-password", "wrong-secret")
    for _ in range(3):
        fail(client)
    sign_in(client, REMOTE_ADDR="192.0.2.7")
    client.post("/admin/logout/")
    first, *failures, signed_in, signed_out = lines(caplog)
    assert first == "Signing in failed for a name that nobody has"
    assert sorted(failures) == [
        *["Signing in failed for “editor”"] * 3,
        "Signing in is locked for a while for “editor”",
    ]
    assert (signed_in, signed_out) == ("“editor” signed in", "“editor” signed out")
    shown = [line for line in caplog.records if line.levelno >= logging.INFO]
    kept = [line.getMessage() for line in shown if not line.name.startswith("axes")]
    for secret in ("secret", PASSWORD, "192.0.2.7", "127.0.0.1"):
        assert secret not in " ".join(kept)


def test_the_lock_s_own_lines_stay_out_of_the_log():
    assert configured.LOGGING["loggers"]["axes"]["level"] == "ERROR"


# ---- Sessions


@pytest.mark.usefixtures("db")
def test_a_session_ends_after_a_while_without_a_page(client, settings):
    settings.SESSION_IDLE = timedelta(minutes=10)
    staff()
    sign_in(client)
    until = Session.objects.get().expire_date
    assert until <= timezone.now() + timedelta(minutes=10)

    kept = client.session
    kept["seen"] -= 120
    kept.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=8))
    client.get("/admin/")
    assert Session.objects.get().expire_date > timezone.now() + timedelta(minutes=9)

    Session.objects.update(expire_date=timezone.now())
    assert client.get("/admin/").headers["Location"].startswith(LOGIN)


@pytest.mark.usefixtures("db")
def test_a_session_ends_at_the_latest_after_so_long(client, settings):
    settings.SESSION_IDLE = timedelta(minutes=120)
    settings.SESSION_COOKIE_AGE = 12 * 3600
    staff()
    sign_in(client)
    kept = client.session
    kept["began"] -= 11.75 * 3600
    kept["seen"] -= 120
    kept.save()
    client.get("/admin/")
    left = Session.objects.get().expire_date - timezone.now()
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)


@pytest.mark.usefixtures("db")
def test_the_pages_of_one_minute_write_the_session_once(client):
    client.force_login(staff())
    before = Session.objects.get().session_data
    client.get("/admin/")
    client.get("/admin/")
    assert Session.objects.get().session_data == before


# ---- Passwords


@pytest.mark.parametrize(
    "password", ["elevenchars", "1qaz2wsx3edc", "839275610482", "editor@example"]
)
def test_weak_passwords_are_refused(client, db, password):
    user = staff()
    client.force_login(user)
    client.post(
        "/admin/password_change/",
        {
            "old_password": PASSWORD,
            "new_password1": password,
            "new_password2": password,
        },
    )
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("password", ["short", "first@example.org", "123456789012"])
def test_the_command_for_the_first_user_keeps_the_rules(db, monkeypatch, password):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "first@example.org")
    with pytest.raises(CommandError, match="DJANGO_SUPERUSER_PASSWORD: "):
        call_command("createsuperuser", interactive=False, username="first")
    assert not User.objects.exists()

    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, username="first", verbosity=0)
    assert User.objects.get().check_password(PASSWORD)


# ---- A new password by e-mail


def link_in(mail) -> str:
    (address,) = re.findall(r"http://testserver(/admin/new-password/\S+)", mail.body)
    return address


@pytest.mark.usefixtures("locks", "db")
def test_a_link_by_e_mail_lets_its_reader_choose_a_password(client, mailoutbox, caplog):
    caplog.set_level(logging.INFO)
    user = staff()
    for _ in range(3):
        fail(client)
    assert RESET in client.get(LOGIN).text
    assert client.post(RESET, {"email": "EDITOR@example.org"}).status_code == 302
    (mail,) = mailoutbox
    assert mail.to == ["editor@example.org"]
    page = client.get(link_in(mail), follow=True)
    address = page.redirect_chain[-1][0]
    weak = {"new_password1": "short", "new_password2": "short"}
    assert "too short" in client.post(address, weak).text
    new = "another made-up phrase"
    client.post(address, {"new_password1": new, "new_password2": new})
    user.refresh_from_db()
    assert user.check_password(new)
    assert LogEntry.objects.get().change_message == "New password chosen by e-mail."
    assert "New password chosen by e-mail." in lines(caplog)[-1]

    assert sign_in(client, password=new).status_code == 302
    assert "cannot be used" in client.get(link_in(mail), follow=True).text


@pytest.mark.usefixtures("db")
def test_nothing_tells_whether_an_address_has_an_account(client, mailoutbox):
    staff()
    staff("left", is_active=False)
    answers = [
        client.post(RESET, {"email": f"{name}@example.org"}, follow=True)
        for name in ("editor", "left", "nobody")
    ]
    assert len({answer.text for answer in answers}) == 1
    assert [mail.to for mail in mailoutbox] == [["editor@example.org"]]


@pytest.mark.usefixtures("db")
def test_mail_is_sent_once_the_answer_is_on_its_way(client, mailoutbox, monkeypatch):
    staff()
    from accounts.views import PasswordResetView, ThenDo

    done = []
    monkeypatch.setattr(ThenDo, "close", lambda self: done.append(self.action))
    client.post(RESET, {"email": "editor@example.org"})
    assert mailoutbox == []
    done[0]()
    assert len(mailoutbox) == 1
    assert PasswordResetView.most_to_one_address == 3


@pytest.mark.usefixtures("db")
def test_a_network_and_a_mailbox_get_so_many_an_hour(client, settings, mailoutbox):
    settings.RESETS_AN_HOUR = 5
    staff()
    sent = {"email": "editor@example.org"}
    for _ in range(5):
        assert client.post(RESET, sent).status_code == 302
    assert len(mailoutbox) == 3
    refused = client.post(RESET, sent)
    assert refused.status_code == 429
    assert "Too many new passwords were asked for" in refused.text
    assert 'value="editor@example.org"' in refused.text
    assert int(refused.headers["Retry-After"]) <= 3600
    assert client.post(RESET, sent, REMOTE_ADDR="192.0.2.7").status_code == 302
    assert len(mailoutbox) == 3


def test_a_mailserver_comes_from_the_environment():
    from tests.test_settings import python, setting

    url = "smtp+tls://me%40example:p%2Fw@mail.example"
    assert setting("EMAIL_HOST", EMAIL_URL=url) == "mail.example"
    assert setting("EMAIL_PORT", EMAIL_URL=url) == 587
    assert setting("EMAIL_HOST_USER", EMAIL_URL=url) == "me@example"
    assert setting("EMAIL_HOST_PASSWORD", EMAIL_URL=url) == "p/w"
    assert setting("EMAIL_USE_TLS", EMAIL_URL=url) is True
    assert setting("EMAIL_BACKEND").endswith("console.EmailBackend")
    done = python("-c", "import config.settings", EMAIL_URL="mail.example:secret")
    assert "EMAIL_URL is no mail server" in done.stderr
    assert "secret" not in done.stderr


# ---- A second factor


@pytest.fixture
def reviewers(db, settings):
    settings.SECOND_FACTOR_GROUPS = ["Made-up reviewers"]
    return Group.objects.create(name="Made-up reviewers")


@pytest.fixture
def reviewer(reviewers):
    user = staff("reviewer")
    user.groups.add(reviewers)
    return user


def code_of(key: str, later: int = 0) -> str:
    """Return what the app shows, now or so many half minutes later."""
    return f"{totp(bytes.fromhex(key), t0=-30 * later):06}"


def enrol(client, later: int = 0):
    page = client.get(SET_UP)
    key = client.session["second_factor_key"]
    assert second_factor.in_words(key) in page.text
    return client.post(SET_UP, {"code": code_of(key, later), "next": "/admin/auth/"})


def test_without_the_setting_nobody_owes_a_code(client, db):
    user = staff()
    user.groups.add(Group.objects.create(name="Made-up reviewers"))
    sign_in(client)
    assert client.get("/admin/").status_code == 200
    assert client.get(CODE).status_code == 302
    assert client.get(SET_UP).status_code == 302


def test_others_and_their_pages_stay_as_they_are(client, reviewers):
    staff()
    sign_in(client)
    assert client.get("/admin/").status_code == 200


def test_a_member_is_led_to_set_an_app_up_and_gets_backup_codes(
    client, reviewer, caplog
):
    caplog.set_level(logging.INFO)
    sign_in(client, "reviewer")
    page = client.get("/admin/auth/", follow=True)
    assert page.redirect_chain[-1][0] == f"{SET_UP}?next=%2Fadmin%2Fauth%2F"
    assert "<svg" in page.text
    assert "style=" not in page.text
    assert "otpauth://totp/" in page.text
    answer = enrol(client)
    assert answer.headers["Location"] == f"{CODES}?next=%2Fadmin%2Fauth%2F"
    page = client.get(answer.headers["Location"])
    codes = StaticToken.objects.values_list("token", flat=True)
    assert len(codes) == 10
    for code in codes:
        assert code in page.text
    assert 'href="/admin/auth/"' in page.text
    assert client.get("/admin/").status_code == 200
    assert LogEntry.objects.get().change_message == "Second factor set up."
    key = TOTPDevice.objects.get().key
    assert key not in caplog.text
    assert "second_factor_key" not in client.session


def test_a_wrong_code_sets_nothing_up(client, reviewer):
    sign_in(client, "reviewer")
    client.get(SET_UP)
    right = code_of(client.session["second_factor_key"])
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    page = client.post(SET_UP, {"code": wrong})
    assert "not the code for this key" in page.text
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    assert client.get("/admin/").status_code == 302


def test_signing_in_takes_a_code_and_takes_it_once(client, reviewer):
    sign_in(client, "reviewer")
    enrol(client)
    key = TOTPDevice.objects.get().key
    client.logout()

    sign_in(client, "reviewer")
    page = client.get("/admin/auth/", follow=True)
    assert page.redirect_chain[-1][0] == f"{CODE}?next=%2Fadmin%2Fauth%2F"
    # The code that set the app up does not sign anybody in.
    assert "used before" in client.post(CODE, {"code": code_of(key)}).text
    assert client.get("/admin/").status_code == 302
    assert "Wait 1 second" in client.post(CODE, {"code": code_of(key)}).text
    TOTPDevice.objects.update(throttling_failure_timestamp=None)
    answer = client.post(CODE, {"code": code_of(key, 1), "next": "/admin/auth/"})
    assert answer.headers["Location"] == "/admin/auth/"
    assert client.get("/admin/").status_code == 200


def test_a_backup_code_signs_in_once(client, reviewer, caplog):
    sign_in(client, "reviewer")
    enrol(client)
    code = StaticToken.objects.first().token
    for expected in (302, 200):
        client.logout()
        sign_in(client, "reviewer")
        answer = client.post(CODE, {"code": f" {code.upper()} "})
        assert answer.status_code == expected
    assert "it was used before" in answer.text
    assert "The second factor failed for “reviewer”" in lines(caplog)
    assert code not in caplog.text


def test_a_password_alone_cannot_change_the_second_factor(client, reviewer):
    sign_in(client, "reviewer")
    enrol(client)
    key = TOTPDevice.objects.get().key
    client.logout()
    sign_in(client, "reviewer")
    assert client.get(SET_UP).headers["Location"] == CODE
    assert client.post(SET_UP, {"code": "123456"}).headers["Location"] == CODE
    assert client.get(CODES).status_code == 302
    assert client.post(CODES).status_code == 302
    assert TOTPDevice.objects.get().key == key


def test_with_a_code_one_can_take_a_new_phone_and_new_backup_codes(client, reviewer):
    sign_in(client, "reviewer")
    enrol(client)
    key = TOTPDevice.objects.get().key
    codes = {*StaticToken.objects.values_list("token", flat=True)}
    client.post(CODES)
    assert not codes & {*StaticToken.objects.values_list("token", flat=True)}
    enrol(client)
    assert TOTPDevice.objects.get().key != key
    assert client.get("/admin/").status_code == 200


def test_nothing_of_the_admin_opens_before_the_code(client, reviewer):
    reviewer.is_superuser = True
    reviewer.save()
    sign_in(client, "reviewer")
    from django.contrib import admin

    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        answer = client.get(reverse(name))
        assert answer.status_code == 302, name
        assert answer.headers["Location"].startswith(CODE), name
    posted = client.post("/admin/auth/group/add/", {"name": "Made up"})
    assert posted.headers["Location"] == CODE
    assert not Group.objects.filter(name="Made up").exists()


def test_on_other_pages_a_session_without_its_code_is_a_readers(client, reviewer):
    sign_in(client, "reviewer")
    assert not client.get("/").context["user"].is_authenticated
    enrol(client)
    assert client.get("/").context["user"].is_authenticated


def test_superusers_owe_a_code_once_a_group_is_named(client, reviewers):
    client.force_login(User.objects.create_superuser("root", password=PASSWORD))
    assert client.get("/admin/").status_code == 302


def test_a_slip_in_the_setting_is_logged(client, reviewer, settings, caplog):
    settings.SECOND_FACTOR_GROUPS = ["Made-up reviewers", "Reveiwers"]
    sign_in(client, "reviewer")
    assert "SECOND_FACTOR_GROUPS names “Reveiwers”, which is no group" in lines(caplog)


def test_an_open_redirect_is_not_offered(client, reviewer):
    sign_in(client, "reviewer")
    client.get(SET_UP)
    key = client.session["second_factor_key"]
    away = {"code": code_of(key), "next": "https://elsewhere.example/"}
    assert "elsewhere" not in client.post(SET_UP, away).headers["Location"]


def test_an_administrator_removes_the_second_factor_of_a_colleague(
    client, reviewer, caplog
):
    caplog.set_level(logging.INFO)
    sign_in(client, "reviewer")
    enrol(client)
    administrator = staff("administrator")
    administrator.user_permissions.set(allowed("view_user", "change_user"))
    from django.test import Client

    other = Client()
    other.force_login(administrator)
    address = reverse("admin:auth_user_second_factor", args=[reviewer.pk])
    assert "Remove the second factor" in other.get(address).text
    assert TOTPDevice.objects.exists()
    other.post(address)
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    assert LogEntry.objects.first().change_message == "Second factor removed."
    assert any("Second factor removed." in line for line in lines(caplog))
    # The colleague's session counts no longer.
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(SET_UP)


def test_who_may_not_change_users_removes_no_second_factor(client, reviewer):
    sign_in(client, "reviewer")
    enrol(client)
    reviewer.user_permissions.set(allowed("view_user"))
    for user in (reviewer, User.objects.create_superuser("root")):
        address = reverse("admin:auth_user_second_factor", args=[user.pk])
        assert client.post(address).status_code == 403
    assert TOTPDevice.objects.exists()


def test_the_secrets_of_second_factors_are_no_page_of_the_admin(admin_client):
    for name in (
        "otp_totp/totpdevice",
        "otp_static/staticdevice",
        "axes/accessattempt",
    ):
        assert admin_client.get(f"/admin/{name}/").status_code == 404


# ---- Rights

RIGHTS = (
    "view_user",
    "add_user",
    "change_user",
    "delete_user",
    "view_group",
    "add_group",
    "change_group",
    "delete_group",
    "view_partnership",
    "change_partnership",
)


@pytest.fixture
def administrator(db, client):
    user = staff("administrator")
    user.user_permissions.set(allowed(*RIGHTS))
    client.force_login(user)
    return user


def form_of(user, **fields):
    return {
        "username": user.username,
        "email": user.email,
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00",
        "last_login_0": "",
        "last_login_1": "",
        **{
            f"is_{name}": "on"
            for name in ("active", "staff")
            if getattr(user, f"is_{name}")
        },
        **fields,
    }


def change(client, user, **fields):
    address = reverse("admin:auth_user_change", args=[user.pk])
    return client.post(address, form_of(user, **fields))


def test_an_administrator_gives_rights_and_both_are_written_down(
    client, administrator, caplog
):
    caplog.set_level(logging.INFO)
    editors = Group.objects.create(name="Made-up editors")
    editors.permissions.set(allowed("change_partnership"))
    user = staff()
    assert change(client, user, groups=[editors.pk]).status_code == 302
    assert user.groups.get() == editors
    assert "Groups: added Made-up editors" in str(LogEntry.objects.get())
    (line,) = [line for line in lines(caplog) if "Groups" in line]
    assert line.startswith("“administrator” changed user “editor”: ")

    assert change(client, user, is_staff="").status_code == 302
    entry = LogEntry.objects.first().get_change_message()
    assert "Groups: removed Made-up editors" in entry
    assert "Staff status: no" in entry


def test_nobody_gives_rights_beyond_their_own(client, administrator):
    beyond = Group.objects.create(name="Made-up merging")
    beyond.permissions.set(allowed("merge_partnership"))
    permission = allowed("delete_partnership").get()
    user = staff()
    for target in (user, administrator):
        refused = change(
            client, target, groups=[beyond.pk], user_permissions=[permission.pk]
        )
        assert refused.status_code == 200
        errors = refused.context["adminform"].form.errors
        assert {*errors} == {"groups", "user_permissions"}
        assert not target.groups.exists()
    change(client, user, is_superuser="on")
    user.refresh_from_db()
    assert not user.is_superuser


@pytest.mark.parametrize("is_active", [True, False])
def test_an_account_with_more_rights_is_out_of_reach(client, administrator, is_active):
    root = User.objects.create_superuser(
        "root", "root@example.org", PASSWORD, is_active=is_active
    )
    above = staff("above", is_active=is_active)
    above.user_permissions.set(allowed("delete_partnership"))
    for user in (root, above):
        assert change(client, user, email="taken@example.org").status_code == 403
        new = {"password1": "a new made-up phrase", "password2": "a new made-up phrase"}
        new["usable_password"] = "true"
        address = reverse("admin:auth_user_password_change", args=[user.pk])
        assert client.post(address, new).status_code == 403
        address = reverse("admin:auth_user_delete", args=[user.pk])
        assert client.post(address, {"post": "yes"}).status_code == 403
        address = reverse("admin:auth_user_second_factor", args=[user.pk])
        assert client.post(address).status_code == 403
        chosen = {
            "action": "delete_selected",
            "_selected_action": [user.pk],
            "post": "yes",
        }
        client.post(reverse("admin:auth_user_changelist"), chosen)
        address = reverse("admin:auth_user_change", args=[user.pk])
        assert client.get(address).status_code == 200
        user.refresh_from_db()
        assert user.email != "taken@example.org"
        assert user.check_password(PASSWORD)


def test_a_group_with_more_rights_is_out_of_reach(client, administrator):
    group = Group.objects.create(name="Made-up merging")
    group.permissions.set(allowed("merge_partnership"))
    address = reverse("admin:auth_group_change", args=[group.pk])
    assert client.post(address, {"name": "Taken"}).status_code == 403
    address = reverse("admin:auth_group_delete", args=[group.pk])
    assert client.post(address, {"post": "yes"}).status_code == 403
    new = {"name": "New", "permissions": [allowed("merge_partnership").get().pk]}
    before = set(Group.objects.values_list("name", flat=True))
    assert client.post("/admin/auth/group/add/", new).status_code == 200
    assert set(Group.objects.values_list("name", flat=True)) == before
    assert group.name in before


def test_an_administrator_adds_groups_and_users_within_their_rights(
    client, administrator, caplog
):
    caplog.set_level(logging.INFO)
    permission = allowed("change_partnership").get()
    new = {"name": "New", "permissions": [permission.pk]}
    assert client.post("/admin/auth/group/add/", new).status_code == 302
    assert Group.objects.get(name="New").permissions.get() == permission
    assert any("added group “New”" in line for line in lines(caplog))
    new = {
        "username": "newcomer",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    assert client.post("/admin/auth/user/add/", new).status_code == 302
    assert User.objects.filter(username="newcomer").exists()
    assert PASSWORD not in caplog.text


def test_a_superuser_gives_every_right(admin_client, caplog):
    caplog.set_level(logging.INFO)
    user = staff()
    assert change(admin_client, user, is_superuser="on").status_code == 302
    user.refresh_from_db()
    assert user.is_superuser
    assert any("Superuser status: yes" in line for line in lines(caplog))


def test_forms_of_rights_take_as_many_queries_for_many_groups_as_for_few(
    client, administrator
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    user = staff()

    def queries():
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("admin:auth_user_change", args=[user.pk]))
        return len(found)

    few = queries()
    for number in range(5):
        group = Group.objects.create(name=f"Made-up {number}")
        group.permissions.set(allowed("change_partnership"))
        user.groups.add(group)
    assert queries() == few
