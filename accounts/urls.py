"""Addresses below the admin's own: codes, a kept form, and a new password by e-mail.

The names of the last four are Django's: its admin looks for them.
"""

from django.urls import include, path

from . import views

ours = [
    path("second-factor/", views.SecondFactorView.as_view(), name="second-factor"),
    path(
        "second-factor/set-up/",
        views.SetUpView.as_view(),
        name="second-factor-set-up",
    ),
    path(
        "second-factor/backup-codes/",
        views.BackupCodesView.as_view(),
        name="backup-codes",
    ),
    path("kept-form/", views.KeptFormView.as_view(), name="kept-form"),
]

urlpatterns = [
    path("", include((ours, "accounts"))),
    path(
        "new-password/", views.PasswordResetView.as_view(), name="admin_password_reset"
    ),
    path(
        "new-password/sent/",
        views.PasswordResetDoneView.as_view(),
        name="password_reset_done",
    ),
    path(
        "new-password/<uidb64>/<token>/",
        views.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path(
        "new-password/done/",
        views.PasswordResetCompleteView.as_view(),
        name="password_reset_complete",
    ),
]
