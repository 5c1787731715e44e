"""The closed vocabularies of councils. Their values stand in addresses."""

from django.db import models

# The value of a filter that asks for records without any value.
NOT_RECORDED = "not-recorded"


class Nation(models.TextChoices):
    ENGLAND = "england", "England"
    NORTHERN_IRELAND = "northern-ireland", "Northern Ireland"
    SCOTLAND = "scotland", "Scotland"
    WALES = "wales", "Wales"


class Region(models.TextChoices):
    """The nine regions of England; the other three nations are a region each."""

    EAST_MIDLANDS = "east-midlands", "East Midlands"
    EAST_OF_ENGLAND = "east-of-england", "East of England"
    LONDON = "london", "London"
    NORTH_EAST = "north-east", "North East"
    NORTH_WEST = "north-west", "North West"
    NORTHERN_IRELAND = "northern-ireland", "Northern Ireland"
    SCOTLAND = "scotland", "Scotland"
    SOUTH_EAST = "south-east", "South East"
    SOUTH_WEST = "south-west", "South West"
    WALES = "wales", "Wales"
    WEST_MIDLANDS = "west-midlands", "West Midlands"
    YORKSHIRE_AND_THE_HUMBER = "yorkshire-and-the-humber", "Yorkshire and The Humber"

    @property
    def place(self) -> str:
        """Return "the South East" or "London", as it stands after "in"."""
        without_article = {
            Region.LONDON,
            Region.NORTHERN_IRELAND,
            Region.SCOTLAND,
            Region.WALES,
            Region.YORKSHIRE_AND_THE_HUMBER,
        }
        return str(self.label if self in without_article else f"the {self.label}")


class CouncilType(models.TextChoices):
    COUNTY = "county", "County"
    DISTRICT = "non-metropolitan-district", "Non-metropolitan district"
    UNITARY = "unitary", "Unitary authority"
    METROPOLITAN_DISTRICT = "metropolitan-district", "Metropolitan district"
    LONDON_BOROUGH = "london-borough", "London borough"
    WELSH_PRINCIPAL_AREA = "welsh-principal-area", "Welsh principal area"
    SCOTTISH_COUNCIL_AREA = "scottish-council-area", "Scottish council area"
    NORTHERN_IRELAND_DISTRICT = "northern-ireland-district", "Northern Ireland district"
    SUI_GENERIS = "sui-generis", "Of its own kind (City of London, Isles of Scilly)"

    @property
    def noun(self) -> str:
        """Return "a unitary authority", as it stands inside a sentence."""
        return {
            CouncilType.COUNTY: "a county council",
            CouncilType.LONDON_BOROUGH: "a London borough",
            CouncilType.WELSH_PRINCIPAL_AREA: "a Welsh principal area",
            CouncilType.SCOTTISH_COUNCIL_AREA: "a Scottish council area",
            CouncilType.NORTHERN_IRELAND_DISTRICT: "a Northern Ireland district",
            CouncilType.SUI_GENERIS: "a council of its own kind",
        }.get(self, f"a {self.label.lower()}")

    @property
    def names_its_place(self) -> bool:
        """Whether the noun says where such a council is."""
        return self in {
            CouncilType.LONDON_BOROUGH,
            CouncilType.WELSH_PRINCIPAL_AREA,
            CouncilType.SCOTTISH_COUNCIL_AREA,
            CouncilType.NORTHERN_IRELAND_DISTRICT,
        }


class Extent(models.TextChoices):
    """How much of a council's area a successor took over."""

    WHOLE = "whole", "The whole area"
    PART = "part", "A part of the area"
