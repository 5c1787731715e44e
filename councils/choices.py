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


class Extent(models.TextChoices):
    """How much of a council's area a successor took over."""

    WHOLE = "whole", "The whole area"
    PART = "part", "A part of the area"
