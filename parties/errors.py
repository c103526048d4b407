"""What the rules of taking part refuse, each as a sentence with its facts."""

from dataclasses import dataclass
from datetime import datetime

from kernel.errors import Forbidden, Malformed, Refused, TooMany, Unauthenticated
from kernel.ids import OrganisationId


@dataclass(eq=False)
class NotVerified(Refused):
    """The exchange has not verified this organisation; until then it may not sell, buy or bid."""

    zh = "该机构尚未通过交易所核验，不得出让、受让或参与竞价。"
    article = "电子商务法 art 27"
    organisation_id: OrganisationId
    state: str


class UsccNotValid(Malformed):
    """This is not a valid unified social credit code."""

    zh = "统一社会信用代码不正确。"


class RegionNotValid(Malformed):
    """This is not an administrative division code of six digits."""

    zh = "行政区划代码不正确。"


class UsccTaken(Refused):
    """An organisation with this unified social credit code is registered already."""

    zh = "该统一社会信用代码已注册。"


class ExchangeIsFounded(Refused):
    """An exchange cannot be registered; the market has one, made when it was set up."""

    zh = "交易所机构不能自行注册。"


@dataclass(eq=False)
class PartyTypeNotValid(Malformed):
    """This party type code is not in force, or none was given where one is needed."""

    zh = "交易主体类型代码无效或缺失。"
    party_type_code: str | None


@dataclass(eq=False)
class RoleNotHere(Refused):
    """These roles cannot be held in an organisation of this kind."""

    zh = "该类机构中不能授予这些角色。"
    kind: str
    roles: tuple[str, ...]


class NoRoles(Refused):
    """A member holds at least one role."""

    zh = "成员至少须有一个角色。"


class LastAdmin(Refused):
    """An organisation keeps at least one administrator."""

    zh = "机构至少须保留一名管理员。"


class AlreadyMember(Refused):
    """This person belongs to the organisation already."""

    zh = "该人员已是本机构成员。"


class EmailTaken(Refused):
    """There is an account with this e-mail address; sign in with it first."""

    zh = "该邮箱已有账号，请先登录。"


class InvitationNotGood(Refused):
    """This invitation is unknown, used, withdrawn or expired."""

    zh = "邀请无效、已使用、已撤回或已过期。"


class InvitationForAnother(Refused):
    """This invitation is for another e-mail address; sign in with that account."""

    zh = "该邀请属于另一个邮箱，请以该账号登录。"


class ResetNotGood(Refused):
    """This reset link is unknown, used or expired; ask for a new one."""

    zh = "重置链接无效、已使用或已过期，请重新申请。"


class PasswordTooShort(Malformed):
    """A password has at least 8 and at most 128 characters."""

    zh = "密码长度须为 8 至 128 个字符。"


class PasswordTooCommon(Malformed):
    """This password is among the first that anybody would try; choose another."""

    zh = "该密码过于常见，请另设密码。"


class BadCredentials(Unauthenticated):
    """E-mail address or password is wrong."""

    zh = "邮箱或密码不正确。"


@dataclass(eq=False)
class TooManyAttempts(TooMany):
    """Too many failed attempts from here; wait before the next."""

    zh = "尝试次数过多，请稍后再试。"
    retry_after_seconds: int


class NotBySession(Forbidden):
    """This is done by a signed-in person, not with an API key."""

    zh = "该操作须由本人登录后进行，不能使用 API 密钥。"


@dataclass(eq=False)
class KeyLivesTooLong(Malformed):
    """A key expires later than now, and within a year."""

    zh = "密钥有效期须晚于当前时间，且不超过一年。"
    expires_max: datetime


@dataclass(eq=False)
class RolesNotHeld(Refused):
    """A key cannot hold roles that its person does not hold."""

    zh = "密钥不能拥有本人未持有的角色。"
    roles: tuple[str, ...]


class AffiliatedToItself(Refused):
    """An organisation is not declared affiliated to itself."""

    zh = "不能将机构声明为自身的关联方。"


class IndustryNotKnown(Malformed):
    """The size standard has no such industry, or a figure it needs is missing."""

    zh = "划型标准中没有该行业，或缺少所需指标。"


class OnlyEnterprises(Refused):
    """Only an enterprise has a size class."""

    zh = "仅企业适用大中小微划型。"
    article = "中小企业促进法 art 2"


class NameAndPasswordNeeded(Malformed):
    """A new person needs a name and a password."""

    zh = "新用户须填写姓名和密码。"


class AlreadyConfirmed(Refused):
    """This affiliation has been confirmed already."""

    zh = "该关联关系已确认。"


class PeriodNotValid(Malformed):
    """The last day does not come before the first."""

    zh = "截止日期不得早于开始日期。"
