"""The five kinds of technology contract and their sub-kinds, and which of them a deal makes.

Source: Civil Code 民法典 arts 843–887; the order of the sub-kinds follows the registration form. The codes are the house's
own (the official list is not published in full); the statistics keep them as a versioned code table.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class ContractKind(StrEnum):
    """Civil Code arts 851, 862, 862, 878, 878: transfer and licence are kinds of their own."""

    DEVELOPMENT = "development"
    TRANSFER = "transfer"
    LICENCE = "licence"
    CONSULTING = "consulting"
    SERVICE = "service"


KIND_NAMES: Final = {
    ContractKind.DEVELOPMENT: ("技术开发", "technology development"),
    ContractKind.TRANSFER: ("技术转让", "technology transfer"),
    ContractKind.LICENCE: ("技术许可", "technology licence"),
    ContractKind.CONSULTING: ("技术咨询", "technology consulting"),
    ContractKind.SERVICE: ("技术服务", "technology service"),
}

SUB_KIND_NAMES: Final = {
    "development.commissioned": ("委托开发", "commissioned development"),
    "development.joint": ("合作开发", "joint development"),
    "transfer.patent_right": ("专利权转让", "transfer of a patent"),
    "transfer.patent_application": ("专利申请权转让", "transfer of the right to apply for a patent"),
    "transfer.know_how": ("技术秘密转让", "transfer of know-how"),
    "transfer.software": ("计算机软件著作权转让", "transfer of software copyright"),
    "transfer.ic_layout": ("集成电路布图设计专有权转让", "transfer of a layout design"),
    "transfer.plant_variety": ("植物新品种权转让", "transfer of a plant variety right"),
    "transfer.bio_medicine": ("生物、医药新品种转让", "transfer of a biological or medical variety"),
    "transfer.equity": ("技术入股", "technology contributed as equity"),
    "licence.patent": ("专利实施许可", "patent licence"),
    "licence.know_how": ("技术秘密使用许可", "know-how licence"),
    "licence.software": ("计算机软件著作权许可", "software licence"),
    "licence.ic_layout": ("集成电路布图设计专有权许可", "layout design licence"),
    "licence.plant_variety": ("植物新品种权许可", "plant variety licence"),
    "licence.bio_medicine": ("生物、医药新品种许可", "licence of a biological or medical variety"),
    "consulting.general": ("技术咨询", "consulting"),
    "service.general": ("一般技术服务", "general service"),
    "service.intermediary": ("技术中介", "intermediary service"),
    "service.training": ("技术培训", "training"),
}

IP_KIND_NAMES: Final = {
    "invention": ("发明专利", "invention patent"),
    "utility_model": ("实用新型专利", "utility model"),
    "design": ("外观设计专利", "design patent"),
    "application": ("专利申请权", "pending patent application"),
    "know_how": ("技术秘密", "know-how"),
    "software": ("计算机软件著作权", "software copyright"),
    "ic_layout": ("集成电路布图设计专有权", "layout design"),
    "plant_variety": ("植物新品种权", "plant variety right"),
    "bio_medicine": ("生物、医药新品种", "biological or medical variety"),
    "none": ("未涉及知识产权", "no intellectual property"),
}

PATENT_KINDS: Final = frozenset({"invention", "utility_model", "design"})


class UnknownContractType(ValueError):
    """A deal names a contract type that is in no code table: a fault of the caller, not of the user."""


def contract_type(way: str, ip_kind: str, named: str | None = None) -> str:
    """The sub-kind that a deal makes: by transfer of a patent `transfer.patent_right`, by licence `licence.patent`, ….

    A sub-kind named by the caller stands; a kind named alone is completed. Technology given for equity counts as transfer
    (浙江省技术市场条例 art 19). Raises UnknownContractType.
    """
    if named in SUB_KIND_NAMES:
        return str(named)
    kind = named if named in (ContractKind.TRANSFER, ContractKind.LICENCE) else _KIND_OF_WAY.get(way)
    if kind is None or (named is not None and named not in tuple(ContractKind)):
        raise UnknownContractType(f"{named or way}")
    if way == "equity":
        return "transfer.equity"
    if ip_kind in PATENT_KINDS:
        return "transfer.patent_right" if kind == ContractKind.TRANSFER else "licence.patent"
    if ip_kind == "application":
        return "transfer.patent_application" if kind == ContractKind.TRANSFER else "licence.patent"
    code = f"{kind}.{ip_kind}"
    return code if code in SUB_KIND_NAMES else f"{kind}.know_how"


def kind_of(code: str) -> ContractKind:
    """The kind to which a sub-kind belongs. Raises ValueError."""
    return ContractKind(code.partition(".")[0])


_KIND_OF_WAY: Final = {
    "transfer": ContractKind.TRANSFER,
    "equity": ContractKind.TRANSFER,
    "licence": ContractKind.LICENCE,
}
