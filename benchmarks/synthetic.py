"""A registry of any size, made up from a seed and obviously so.

400 councils; an arrangement has 2 to 5 members, 1 to 4 services, 0 to 5 outcomes, 1 or
2 aims and 1 to 3 sources, and every row cites one of these. Filled only into a database
that holds nothing: never beside real records.
"""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction

from briefings.models import Briefing, CaseStudy
from councils.choices import CouncilType, Nation, Region
from councils.models import Council
from partnerships.choices import (
    BenefitKind,
    Confidence,
    DeliveryModel,
    Period,
    Result,
    Role,
    SourceKind,
    Status,
)
from partnerships.models import (
    Aim,
    Membership,
    Outcome,
    Partnership,
    ServiceFunction,
    Source,
)

SEED = 2013
COUNCILS, SERVICES = 400, 12
CHUNK = 1000
WORDS = [
    "amber",
    "basalt",
    "cedar",
    "dapple",
    "ember",
    "fennel",
    "granite",
    "harbour",
    "indigo",
    "juniper",
    "kestrel",
    "larch",
    "marble",
    "nettle",
    "ochre",
    "pebble",
    "quartz",
    "russet",
    "saffron",
    "teal",
    "umber",
    "violet",
    "willow",
    "yarrow",
    "zephyr",
]
REGIONS = [it.value for it in Region]


def words(chance: random.Random, number: int) -> str:
    return " ".join(chance.choices(WORDS, k=number))


def fill(number: int) -> None:
    """Make this many published arrangements; refuses a database with records."""
    if Partnership.objects.exists() or Council.objects.exists():
        raise ValueError("The database holds records: a benchmark gets its own.")
    chance = random.Random(SEED)  # noqa: S311 - no secret
    councils = Council.objects.bulk_create(
        Council(
            slug=f"made-up-council-{n}",
            gss_code=f"E06{900000 + n:06}"[:9],
            name=f"Made-up {words(chance, 1)} Council {n}",
            short_name=f"Made-up {words(chance, 1)} {n}",
            council_type=chance.choice(CouncilType.values),
            nation=chance.choice(Nation.values),
            region=chance.choice(REGIONS),
        )
        for n in range(COUNCILS)
    )
    services = ServiceFunction.objects.bulk_create(
        ServiceFunction(slug=f"made-up-{n}", name=f"Made-up {WORDS[n]}")
        for n in range(SERVICES)
    )
    briefing = Briefing.objects.create(
        slug="made-up-briefing",
        title="A made-up briefing",
        publisher="Nobody",
        available_from="Nobody",
        argument="Made up for a benchmark.",
        source_title="A made-up briefing",
        source_publisher="Nobody",
        source_url="https://example.org/made-up",
        source_kind=SourceKind.PRESS,
    )
    for start in range(0, number, CHUNK):
        numbers = range(start, min(start + CHUNK, number))
        with transaction.atomic():
            add(chance, numbers, councils, services)
    CaseStudy.objects.create(
        partnership=Partnership.objects.get(slug="made-up-0"),
        briefing=briefing,
        title="A made-up case",
        introduction="Made up.",
        beginnings="Made up.",
        obstacles="Made up.",
        analysis="Made up.",
    )


def add(chance, numbers: range, councils, services) -> None:
    partnerships = Partnership.objects.bulk_create(
        partnership(chance, n) for n in numbers
    )
    uses = Partnership.functions.through
    uses.objects.bulk_create(
        uses(partnership=one, servicefunction=service)
        for one in partnerships
        for service in chance.sample(services, chance.randint(1, 4))
    )
    sources = sources_of_all(chance, partnerships)
    facts: list[tuple[Any, Any]] = [
        (Membership, members_of),
        (Aim, aims_of),
        (Outcome, outcomes_of),
    ]
    for model, rows in facts:
        made = model.objects.bulk_create(
            row for one in partnerships for row in rows(chance, one, councils)
        )
        cites = model.sources.through
        owner = f"{model._meta.model_name}_id"
        cites.objects.bulk_create(
            cites(
                **{owner: row.pk},
                source_id=chance.choice(sources[row.partnership_id]).pk,
            )
            for row in made
        )


def sources_of_all(chance, partnerships) -> dict[int, list[Source]]:
    made = Source.objects.bulk_create(
        source for one in partnerships for source in sources_of(chance, one)
    )
    found: dict[int, list[Source]] = {}
    for source in made:
        found.setdefault(source.partnership_id, []).append(source)
    return found


def partnership(chance, n: int) -> Partnership:
    status = chance.choice(Status.values)
    started = chance.randint(2000, 2015)
    is_over = status == Status.ENDED
    return Partnership(
        slug=f"made-up-{n}",
        name=f"Made-up {words(chance, 2)} {n}",
        summary=f"Made up for a benchmark: {words(chance, 30)}.",
        delivery_model=chance.choice(DeliveryModel.values),
        status=status,
        confidence=chance.choice(Confidence.values),
        started=chance.choice(
            [None, str(started), f"{started}-04", f"{started}-04-01"]
        ),
        ended=f"{started + chance.randint(1, 9)}-03" if is_over else None,
        end_reason=f"Made up: {words(chance, 8)}." if is_over else "",
        latest_evidence=str(date.today().year),
        staff=chance.choice([None, chance.randint(1, 900)]),
        publication="published",
    )


def sources_of(chance, one) -> Iterator[Source]:
    for number in range(1, chance.randint(1, 3) + 1):
        yield Source(
            partnership=one,
            number=number,
            title=f"A made-up paper: {words(chance, 3)}",
            publisher="Nobody",
            url=f"https://example.org/made-up/{one.slug}/{number}",
            kind=chance.choice(SourceKind.values),
        )


def members_of(chance, one, councils) -> Iterator[Membership]:
    for council in chance.sample(councils, chance.randint(2, 5)):
        role = chance.choice(Role.values)
        yield Membership(
            partnership=one, council=council, role=role, joined=one.started
        )


def aims_of(chance, one, councils) -> Iterator[Aim]:
    for number in range(1, chance.randint(1, 2) + 1):
        kind = chance.choice(BenefitKind.values)
        yield Aim(partnership=one, number=number, kind=kind, text=words(chance, 8))


def outcomes_of(chance, one, councils) -> Iterator[Outcome]:
    for number in range(1, chance.randint(0, 5) + 1):
        amount = chance.choice([None, chance.randint(1, 9000) * 1000])
        yield Outcome(
            partnership=one,
            number=number,
            kind=chance.choice(BenefitKind.values),
            result=chance.choice(Result.values),
            text=words(chance, 12),
            amount=amount,
            period=chance.choice(Period.values) if amount else "",
        )
