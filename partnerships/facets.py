"""The filter panel: which filters stand in it, and the count beside every option."""

from typing import NamedTuple

from councils.questions import Option

from .filters import PartnershipFilter

COUNTED = [
    "status",
    "relationship",
    "function",
    "delivery_model",
    "nation",
    "region",
    "council_type",
    "benefit",
    "result",
    "confidence",
]


class Facet(NamedTuple):
    name: str
    label: str
    options: list[Option]
    is_open: bool


def facets(questions: PartnershipFilter) -> list[Facet]:
    """Return every filter with counted options; "not recorded" only where it occurs."""
    panel = []
    for name in COUNTED:
        options = [
            option
            for option in questions.options(name)
            if option.value != "not-recorded" or option.count or option.is_chosen
        ]
        is_open = any(option.is_chosen for option in options)
        panel.append(Facet(name, questions.filters[name].label, options, is_open))
    return panel
