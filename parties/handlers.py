"""What follows among the parties from what happened: a reset link is made and mailed, out of the asker's sight."""

from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from kernel.db import lock
from kernel.events import hears
from kernel.ids import new_id
from parties import mails
from parties.events import PasswordResetAsked
from parties.limits import RESET_LIFE, RESETS_MAILED_MAX
from parties.tables import Mail, PasswordReset, Person
from parties.tokens import make_token


@hears(PasswordResetAsked)
def mail_reset_link(session: Session, event: PasswordResetAsked, now: datetime) -> None:  # wall time is in the row
    """Make the link and queue the mail, if anybody has that address and has not had three already."""
    row = lock(session, PasswordReset, event.reset_id)
    known = select(Person).where(Person.email_key == row.email_key, Person.disabled_at.is_(None))
    person = session.execute(known).scalar_one_or_none()
    if person is None or row.token_sha256 is not None:
        return
    mailed = select(func.count()).where(
        PasswordReset.person_id == person.id, PasswordReset.asked_at > row.asked_at - RESET_LIFE
    )
    if session.execute(mailed).scalar_one() >= RESETS_MAILED_MAX:
        return
    secret = make_token()
    row.person_id, row.token_sha256 = person.id, secret.sha256
    subject, body = mails.reset(token=secret.text, expires_at=row.expires_at)
    mail = {"recipient": person.email, "subject": subject, "body": body, "queued_at": row.asked_at, "sent_at": None}
    session.execute(insert(Mail), [{"id": new_id(), **mail}])
