"""Raise a record's number of staff by a step, again and again, as an editor would.

    python -m tests.saving_in_a_loop TRIES STEP

Each try opens the record's form, adds the step to the number in it and saves. Prints
how many saves were accepted and how many refused as another had saved meanwhile. Two
that run at once need different steps: two editors who type the same do not disagree.
"""

import sys

import django


def main(tries: int, step: int) -> None:
    from django.contrib.auth import get_user_model
    from django.test import Client

    from partnerships.models import Partnership
    from tests.test_together import address, form_of

    client = Client()
    client.force_login(get_user_model().objects.get())
    record = Partnership.objects.get()
    answers = {302: 0, 409: 0}
    for _ in range(tries):
        form = form_of(record)
        form["staff"] += step
        answers[client.post(address(record), form).status_code] += 1
    print(answers[302], answers[409])


if __name__ == "__main__":
    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    main(*map(int, sys.argv[1:]))
