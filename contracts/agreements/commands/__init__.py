"""What can be done with a contract: draft, plan, sign, pay, register, cancel. Each loads and locks, asks, writes, tells."""

from contracts.agreements.commands.drafting import call_off, cancel, draft, plan_payments, set_licence_terms
from contracts.agreements.commands.licensing import file_licence
from contracts.agreements.commands.paying import note_payment
from contracts.agreements.commands.registering import (
    apply_for_registration,
    cancel_registration,
    change_registration,
    refuse_registration,
    register,
)
from contracts.agreements.commands.signing import check_signature, record_signature

__all__ = [
    "apply_for_registration",
    "call_off",
    "cancel",
    "cancel_registration",
    "change_registration",
    "check_signature",
    "draft",
    "file_licence",
    "note_payment",
    "plan_payments",
    "record_signature",
    "refuse_registration",
    "register",
    "set_licence_terms",
]
