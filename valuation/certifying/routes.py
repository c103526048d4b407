"""The certificate of a valuation over HTTP: for whoever may see the valuation, as a file to keep."""

from __future__ import annotations

from fastapi.responses import Response

from kernel.http.context import CurrentActor, Db, Keys, WallNow
from kernel.http.problems import problems
from kernel.http.routing import Router
from kernel.ids import ValuationId
from valuation.certifying.commands import NotCertifiable, issue
from valuation.reviewing.commands import open_valuation

router = Router(prefix="/v1/valuations", tags=["valuations"])


@router.get(
    "/{valuation_id}/certificate",
    operation_id="get_valuation_certificate",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}}, **problems(NotCertifiable)},
)
def get_certificate(valuation_id: ValuationId, db: Db, actor: CurrentActor, keys: Keys, now: WallNow) -> Response:
    """A signed file with features, model, price, range, reasons and comparables.

    Whoever has it and a key of `/v1/signing-keys` can compute the price again: `market valuation verify FILE --key PUB`.
    """
    found = open_valuation(db, actor, valuation_id)
    content = issue(db, found, keys=keys, wall_now=now)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="valuation-{found.id}.json"',
    }
    return Response(content, media_type="application/json", headers=headers)
