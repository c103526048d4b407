"""What an organisation is: its kind, the rule set it sells under, its size, and where it stands in the party code table."""

from enum import StrEnum
from typing import Final


class OrganisationKind(StrEnum):
    """What an organisation is in the market."""

    UNIVERSITY = "university"
    INSTITUTE = "institute"
    HOSPITAL = "hospital"
    ENTERPRISE = "enterprise"
    APPRAISER = "appraiser"
    ASSOCIATION = "association"
    EXCHANGE = "exchange"
    GOVERNMENT = "government"


class Regime(StrEnum):
    """Which rule set binds a seller; the values are those of `trading_rule.regime`."""

    GOV_UNIT = "GOV_UNIT"
    """浙江省促进科技成果转化条例"""
    SOE = "SOE"
    """国资发产权规〔2025〕17号"""
    PRIVATE = "PRIVATE"


class EnterpriseSize(StrEnum):
    """大中小微, smallest first. A policy label, not a wall."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


USUAL_PARTY_TYPE: Final = {
    OrganisationKind.UNIVERSITY: "022",
    OrganisationKind.INSTITUTE: "021",
    OrganisationKind.HOSPITAL: "023",
    OrganisationKind.ASSOCIATION: "030",
    OrganisationKind.GOVERNMENT: "010",
}
"""The party type code that goes with a kind when none is given; enterprises must give theirs (110 … 400)."""
