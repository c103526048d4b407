"""How contracts are refused: each refusal with its article and its facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.errors import Forbidden, Malformed, Refused, WrongState
from kernel.money import Money


class PlanStepClosed(WrongState):
    """The payment plan is part of the contract and stands once the contract is signed."""

    zh = "付款安排是合同内容，签订后不得单方更改。"
    article = "民法典 art 846"


class SigningStepClosed(WrongState):
    """This contract is not open for signature."""

    zh = "合同当前不处于可签署状态。"
    article = "民法典 art 863"


class PaymentStepClosed(WrongState):
    """Only a contract in force can be paid: it is not yet signed by both sides, or already settled, or cancelled."""

    zh = "合同未生效、已结清或已取消，不能收款。"
    article = "民法典 arts 502, 846"


class RegistrationStepClosed(WrongState):
    """The registration of this contract is not at this step."""

    zh = "技术合同认定登记当前不能执行此步骤。"
    article = "浙江省技术市场条例 art 15"


class CancelStepClosed(WrongState):
    """This contract can no longer be cancelled."""

    zh = "合同当前不能取消。"
    article = "民法典 art 562"


@dataclass(eq=False)
class NotInForce(Refused):
    """A contract is registered after it has taken effect."""

    zh = "技术合同须在生效后申请认定登记。"
    article = "浙江省技术市场条例 art 15"
    state: str


class StillRegistered(Refused):
    """The registration must be cancelled at the registry before the contract is."""

    zh = "合同已认定登记，须先撤销登记。"
    article = "浙江省技术市场条例 art 24"


@dataclass(eq=False)
class PlanDoesNotSum(Refused):
    """The instalments do not sum to the price, or one of them is not positive."""

    zh = "各期款项之和与合同价款不一致，或某期款项不为正数。"
    article = "民法典 art 846"
    price: Money
    planned: Money


@dataclass(eq=False)
class TooManyInstalments(Refused):
    """A plan has at least one and at most 240 instalments."""

    zh = "分期数须为 1 至 240 期。"
    article = "民法典 art 846"
    instalments: int
    instalments_max: int


@dataclass(eq=False)
class DueDatesOutOfOrder(Refused):
    """The due dates of the instalments must run forward, from the day of agreement on."""

    zh = "各期付款日须自成交日起依次递增。"
    article = "民法典 art 846"
    instalment: int
    before: date
    after: date


@dataclass(eq=False)
class PlanAlreadySigned(Refused):
    """A side has already signed the contract with the present terms."""

    zh = "已有一方签署，合同条款不得再变更。"
    article = "民法典 art 543"
    side: str


@dataclass(eq=False)
class AlreadySigned(Refused):
    """This side's signature has already been recorded."""

    zh = "该方签署件已登记。"
    article = "民法典 art 490"
    side: str


class NoSignatureToCheck(Refused):
    """There is no signature of this side waiting for its check."""

    zh = "该方没有待复核的签署件。"
    article = "民法典 art 490"


class SamePersonChecks(Refused):
    """A second person must check the stamped scan: whoever recorded it may not."""

    zh = "签署件须由登记人以外的第二人复核。"


class ScanDiffers(Refused):
    """The scan that was checked is not the scan that was recorded."""

    zh = "复核的扫描件与登记的扫描件不一致。"
    article = "电子签名法 art 5"


class RegistrationNumberMalformed(Malformed):
    """A registration number has 14 or 16 digits."""

    zh = "认定登记编号应为 14 位或 16 位数字。"


class RegistrationNumberTaken(Refused):
    """Another contract carries this registration number."""

    zh = "该认定登记编号已被其他合同使用。"


@dataclass(eq=False)
class TechnologyValueTooHigh(Refused):
    """技术性收入 ≤ 技术交易额 ≤ 合同成交额 does not hold."""

    zh = "须满足：技术性收入 ≤ 技术交易额 ≤ 合同成交额。"
    article = "浙江省技术市场条例 art 18"
    amount: str
    given: Money
    most: Money


@dataclass(eq=False)
class RegisteredTooEarly(Refused):
    """The registration is dated before the contract took effect, or in the future."""

    zh = "登记日期早于合同生效日，或晚于今日。"
    article = "浙江省技术市场条例 art 15"
    earliest: date
    latest: date


@dataclass(eq=False)
class LicenceOutlivesPatent(Refused):
    """A licence is valid only as long as the patent."""

    zh = "专利实施许可合同仅在该专利权的存续期限内有效。"
    article = "民法典 art 865"
    patent_expires_on: date


@dataclass(eq=False)
class LicenceTermEmpty(Refused):
    """The licence ends before it begins."""

    zh = "许可期限的终止日早于起始日。"
    article = "民法典 art 865"
    starts_on: date
    ends_on: date


@dataclass(eq=False)
class LicenceConflict(Refused):
    """Another licence in force leaves no room for this one."""

    zh = "与现行有效的许可相冲突。"
    article = "技术合同司法解释 art 25"
    kind: str
    starts_on: date
    ends_on: date | None


class NotALicence(Refused):
    """This contract grants no licence."""

    zh = "该合同不是许可合同。"
    article = "民法典 art 862"


class NotYourSide(Forbidden):
    """Only the people of that side of the contract may do this."""

    zh = "只有合同该方的人员可以执行此操作。"


@dataclass(eq=False)
class AlreadyDrafted(Refused):
    """A contract has already been drafted from this deal."""

    zh = "该笔成交已生成合同。"
    number: str


class NoLicenceToFile(Refused):
    """There is no licence in force to file, or it has been filed."""

    zh = "没有待备案的许可。"
    article = "专利法实施细则 art 15"


class AlreadyTransferred(Refused):
    """The right has been transferred by another contract."""

    zh = "该权利已通过其他合同转让。"
    article = "专利法 art 10"
