"""The mails of the house to people, in both languages: subject and text. Pure."""

from datetime import datetime

from kernel.calendar import SHANGHAI


def invitation(*, organisation: str, token: str, expires_at: datetime) -> tuple[str, str]:
    """An organisation asks a person in."""
    until = _until(expires_at)
    return (
        f"邀请加入 {organisation} · Invitation to {organisation}",
        f"{organisation} 邀请您加入网上技术市场。请在 {until} 前使用以下一次性邀请码：\n\n{token}\n\n"
        f"{organisation} invites you to the technology market. Use this code once, before {until} (Beijing time).\n",
    )


def reset(*, token: str, expires_at: datetime) -> tuple[str, str]:
    """A link to set a new password."""
    until = _until(expires_at)
    return (
        "重置密码 · Reset your password",
        f"请在 {until} 前使用以下一次性重置码设置新密码：\n\n{token}\n\n如非本人操作，请忽略本邮件，密码不会改变。\n\n"
        f"Use this code once, before {until} (Beijing time), to set a new password. If you did not ask for it, do nothing.\n",
    )


def _until(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
