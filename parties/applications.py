"""What people hand in: an organisation's particulars, a new person, a bank account, the figures for a size class. Pure."""

from dataclasses import dataclass

from kernel.ids import InvitationId, OrganisationId, PersonId
from kernel.money import Money
from parties.errors import PartyTypeNotValid, RegionNotValid, UsccNotValid
from parties.kinds import USUAL_PARTY_TYPE, OrganisationKind, Regime


@dataclass(frozen=True, slots=True)
class Particulars:
    """Who an organisation says it is; the exchange checks it (电子商务法 art 27)."""

    name: str
    uscc: str
    kind: OrganisationKind
    regime: Regime
    is_gov_run: bool
    region_code: str
    party_type_code: str | None = None

    def party_type(self) -> str:
        """The code given, or the usual one of the kind. Raises PartyTypeNotValid where there is neither."""
        code = self.party_type_code or USUAL_PARTY_TYPE.get(self.kind)
        if code is None:
            raise PartyTypeNotValid(None)
        return code

    def check(self, *, uscc_is_valid: bool, region_is_valid: bool) -> None:
        """Raises UsccNotValid (GB 32100) or RegionNotValid (GB/T 2260)."""
        if not uscc_is_valid:
            raise UsccNotValid
        if not region_is_valid:
            raise RegionNotValid


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person who has no account yet. The password never shows in a log."""

    name: str
    email: str
    password: str

    def __repr__(self) -> str:
        return "NewPerson(…)"


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account 对公账户."""

    holder: str
    bank: str
    number: str

    @property
    def masked(self) -> str:
        """All but the last four digits hidden."""
        return "*" * (len(self.number) - 4) + self.number[-4:]


@dataclass(frozen=True, slots=True)
class Figures:
    """What an enterprise declares for its size class: staff in people, money of the last full year; assets where needed."""

    industry: str
    staff: int
    revenue: Money
    assets: Money | None
    evidence: str
    evidence_sha256: str | None = None

    def by_measure(self) -> dict[str, int | None]:
        """The figures under the names of the standard's measures, in people and fen."""
        return {
            "staff": self.staff,
            "revenue": self.revenue.fen,
            "assets": self.assets.fen if self.assets is not None else None,
        }


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sign-in comes from: network address and what the browser calls itself."""

    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """What an e-mail address leads to before anybody is signed in."""

    person_id: PersonId
    password_hash: str | None
    is_disabled: bool


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """What a good invitation token opens."""

    id: InvitationId
    organisation_id: OrganisationId
    organisation_kind: OrganisationKind
    email: str
    email_key: str
    roles: tuple[str, ...]
