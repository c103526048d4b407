"""The market's public keys, for anybody: whoever verifies a signed document takes the key from here, not from the document."""

from __future__ import annotations

from fastapi.responses import Response

from kernel.http.context import Keys
from kernel.http.routing import Router

router = Router(prefix="/v1/signing-keys", tags=["signing keys"])


@router.get(
    "",
    operation_id="list_signing_keys",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}}},
)
def list_signing_keys(keys: Keys) -> Response:
    """The register of Ed25519 keys: id, public key in hexadecimal, purpose and term; retired ones stay."""
    return Response(keys.register().to_json(), media_type="application/json")
