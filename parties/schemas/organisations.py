"""Organisations on the wire: particulars, decisions, bank account, size declarations, code tables."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from kernel.http.fields import (
    Code,
    Count,
    Email,
    Flag,
    IntBetween,
    LongText,
    Name,
    RegionCode,
    Sha256Hex,
    ShortText,
    Uscc,
    Wire,
)
from kernel.ids import OrganisationId, PersonId
from kernel.money import Money
from parties.applications import Account, Figures, NewPerson, Particulars
from parties.kinds import EnterpriseSize, OrganisationKind, Regime
from parties.schemas.common import NewPassword
from parties.states import OrganisationAction, OrganisationState
from parties.tables import BankAccount, Organisation, PartyType, SizeDeclaration, SizeThreshold

BOOKS_FEN_MAX: Final = 10**16
"""Revenue or assets of an enterprise: the largest pass 10^13 fen, none reaches a hundred trillion yuan."""

PartyTypeCode = Annotated[str, Code("party_type_code", "^[0-9]{3}$", "应为三位代码。", "A code of three digits.", 3, 3)]
AccountNumber = Annotated[
    str, Code("account_number", "^[0-9]{8,30}$", "应为 8 至 30 位数字。", "An account number of 8 to 30 digits.", 8, 30)
]
BooksFen = Annotated[int, IntBetween(0, BOOKS_FEN_MAX)]


class PersonIn(Wire):
    """A person without an account."""

    name: Name
    email: Email
    password: NewPassword

    def new(self) -> NewPerson:
        """As the commands take it."""
        return NewPerson(self.name, self.email, self.password)


class RegisterOrganisation(Wire):
    """An organisation's particulars; `founder` for a new person, left out when signed in."""

    name: ShortText
    uscc: Uscc
    kind: OrganisationKind
    regime: Regime
    is_gov_run: Flag
    region_code: RegionCode
    party_type_code: PartyTypeCode | None = None
    founder: PersonIn | None = None

    def particulars(self) -> Particulars:
        """As the commands take it."""
        return Particulars(
            self.name, self.uscc, self.kind, self.regime, self.is_gov_run, self.region_code, self.party_type_code
        )


class OrganisationOut(Wire):
    """What anybody may know of an organisation."""

    id: OrganisationId
    name: str
    kind: OrganisationKind
    region_code: str
    state: OrganisationState

    @classmethod
    def of(cls, row: Organisation) -> OrganisationOut:
        """The row as the public sees it."""
        return cls(id=row.id, name=row.name, kind=row.kind, region_code=row.region_code, state=row.state)


class LookAlike(Wire):
    """Another organisation whose name looks the same."""

    id: OrganisationId
    name: str
    kind: OrganisationKind


class OrganisationDetailOut(OrganisationOut):
    """What its members and the exchange know of an organisation; for others the additional fields are null."""

    uscc: str | None
    regime: Regime | None
    is_gov_run: bool | None
    party_type_code: str | None
    size: EnterpriseSize | None
    state_reason: str | None
    registered_at: datetime | None
    verified_at: datetime | None
    look_alikes: list[LookAlike]

    @classmethod
    def detail(cls, row: Organisation, look_alikes: list[Organisation], *, inside: bool) -> OrganisationDetailOut:
        """The row for insiders or for the public."""
        return cls(
            **OrganisationOut.of(row).model_dump(),
            uscc=row.uscc if inside else None,
            regime=row.regime if inside else None,
            is_gov_run=row.is_gov_run if inside else None,
            party_type_code=row.party_type_code if inside else None,
            size=row.size if inside else None,
            state_reason=row.state_reason if inside else None,
            registered_at=row.registered_at if inside else None,
            verified_at=row.verified_at if inside else None,
            look_alikes=[LookAlike(id=one.id, name=one.name, kind=one.kind) for one in look_alikes],
        )


class RegisteredOut(Wire):
    """A registered organisation, and who acts for it."""

    organisation: OrganisationDetailOut
    person_id: PersonId


class DecideOrganisation(Wire):
    """The exchange's decision, with its reason, and the hash of the file that shows it was checked."""

    action: OrganisationAction
    reason: ShortText
    evidence_sha256: Sha256Hex | None = None


class BankAccountIn(Wire):
    """对公账户."""

    holder: ShortText
    bank: ShortText
    number: AccountNumber

    def account(self) -> Account:
        """As the commands take it."""
        return Account(self.holder, self.bank, self.number)


class BankAccountOut(Wire):
    """A bank account; the number masked but for FINANCE and ADMIN of the organisation and FINANCE of the exchange."""

    holder: str
    bank: str
    number: str
    updated_at: datetime

    @classmethod
    def of(cls, row: BankAccount, *, whole: bool) -> BankAccountOut:
        """The row, whole or masked."""
        account = Account(row.holder, row.bank, row.number)
        number = row.number if whole else account.masked
        return cls(holder=row.holder, bank=row.bank, number=number, updated_at=row.updated_at)


class DeclareSize(Wire):
    """中小企业声明函: staff in people, revenue of the last full year and assets in fen, industry as in the standard."""

    industry: ShortText
    staff: Count
    revenue_fen: BooksFen
    assets_fen: BooksFen | None = None
    evidence: LongText
    evidence_sha256: Sha256Hex | None = None

    def figures(self) -> Figures:
        """As the commands take it."""
        assets = None if self.assets_fen is None else Money(self.assets_fen)
        return Figures(self.industry, self.staff, Money(self.revenue_fen), assets, self.evidence, self.evidence_sha256)


class SizeDeclarationOut(Wire):
    """A declaration and the class it gave."""

    id: UUID
    industry: str
    staff: int
    revenue_fen: int
    assets_fen: int | None
    size: EnterpriseSize
    standard: str
    declared_at: datetime

    @classmethod
    def of(cls, row: SizeDeclaration) -> SizeDeclarationOut:
        """The row."""
        return cls(
            id=row.id,
            industry=row.industry,
            staff=row.staff,
            revenue_fen=row.revenue.fen,
            assets_fen=None if row.assets is None else row.assets.fen,
            size=row.size,
            standard=row.standard,
            declared_at=row.declared_at,
        )


class PartyTypeOut(Wire):
    """交易主体类型."""

    code: str
    parent: str | None
    name_zh: str
    name_en: str
    source: str
    confidence: str

    @classmethod
    def of(cls, row: PartyType) -> PartyTypeOut:
        """The row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class SizeThresholdOut(Wire):
    """Lower limits of one measure in one industry: people for staff, fen for revenue and assets."""

    industry: str
    industry_zh: str
    measure: str
    small_from: int
    medium_from: int
    large_from: int
    source: str
    confidence: str

    @classmethod
    def of(cls, row: SizeThreshold) -> SizeThresholdOut:
        """The row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})
