"""Refusals as sentences with facts: the docstring is for people, the fields are for programs, the family is the status."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar


class Problem(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500
    zh: ClassVar[str] = "出现错误。"
    article: ClassVar[str | None] = None
    """The article of law behind a refusal, as lawyers cite it; None where no law applies."""

    @classmethod
    def slug(cls) -> str:
        """`BidTooLow` is known on the wire as `bid-too-low`, once and for all."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def title(cls) -> str:
        """The first line of the docstring."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]

    def facts(self) -> dict[str, Any]:
        """The fields of the refusal, by name, as they were raised."""
        names = getattr(type(self), "__dataclass_fields__", {})
        return {name: getattr(self, name) for name in names}

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.facts().items())
        return f"{self.title()} ({facts})" if facts else self.title()


class NotFound(Problem):
    """There is nothing here that you may see."""

    status = 404
    zh = "没有找到，或者您无权查看。"


class Forbidden(Problem):
    """You may not do this."""

    status = 403
    zh = "您没有执行此操作的权限。"


class Unauthenticated(Problem):
    """Sign in first, or send a valid API key."""

    status = 401
    zh = "请先登录，或提供有效的 API 密钥。"


class Refused(Problem):
    """The rules of the market refuse this."""

    status = 409
    zh = "市场规则不允许此操作。"


class Malformed(Problem):
    """The request is not well formed."""

    status = 422
    zh = "请求格式不正确。"


class TooMany(Problem):
    """Too many requests; wait a little."""

    status = 429
    zh = "请求过于频繁，请稍后再试。"


class Unavailable(Problem):
    """This part of the market is busy; try again shortly."""

    status = 503
    zh = "服务暂时不可用，请稍后再试。"


@dataclass(eq=False)
class MissingRole(Forbidden):
    """Your roles do not allow this."""

    zh = "您的角色无权执行此操作。"
    needed: tuple[str, ...]


@dataclass(eq=False)
class WrongState(Refused):
    """This step is not open in the present state."""

    zh = "当前状态下不能执行此步骤。"
    machine: str
    state: str
    action: str
    allowed: tuple[str, ...]
