"""What the market is, by which rules it works, and where to turn."""

from starlette.responses import Response

from app.web.routing import PageRouter
from app.web.visits import Visit
from kernel.errors import NotFound
from parties import queries as parties

router = PageRouter()


@router.get("/about")
def about(visit: Visit) -> Response:
    """The rules, with their articles."""
    try:
        exchange = parties.exchange(visit.db).name
    except NotFound:
        exchange = None  # not founded yet
    return visit.show("about.html", exchange=exchange)
