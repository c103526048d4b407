"""The Merkle tree of RFC 6962: a log that can prove that an entry is in it, and that nothing of its past has changed.

Hashes are 32 bytes of SHA-256. Leaves are hashed with 0x00 before the content, inner nodes with 0x01. Proofs are lists
of hashes from the leaf's neighbour upwards, as in RFC 6962 §2.1; verifying follows RFC 9162 §2.1.3.2 and §2.1.4.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()
"""The root of a log without entries."""

SIZE_MAX: Final = 2**63 - 1


class ProofInvalid(ValueError):
    """The proof does not lead to the root."""


def leaf_hash(content: bytes) -> bytes:
    """The hash under which an entry stands in the log."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class CompactRange:
    """A log of which only the roots of its perfect subtrees are kept, largest first: enough to append and to sign.

    At most one hash for each bit of the size, so it grows with the logarithm of the log.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.size <= SIZE_MAX or len(self.hashes) != self.size.bit_count():
            raise ValueError("a compact range holds one hash for each bit of its size")
        if any(len(one) != HASH_BYTES for one in self.hashes):
            raise ValueError("a hash has 32 bytes")

    def append(self, leaf: bytes) -> CompactRange:
        """The range with one more leaf hash, in O(log n)."""
        hashes, size = [*self.hashes], self.size
        while size & 1:
            leaf = node_hash(hashes.pop(), leaf)
            size >>= 1
        return CompactRange(self.size + 1, (*hashes, leaf))

    def extend(self, leaves: Sequence[bytes]) -> CompactRange:
        """The range with more leaf hashes, in order."""
        grown = self
        for leaf in leaves:
            grown = grown.append(leaf)
        return grown

    def root(self) -> bytes:
        """The root of the log at this size."""
        if not self.hashes:
            return EMPTY_ROOT
        *rest, root = self.hashes
        for left in reversed(rest):
            root = node_hash(left, root)
        return root

    def to_bytes(self) -> bytes:
        """Eight bytes of size, big-endian, then the hashes."""
        return self.size.to_bytes(8, "big") + b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, data: bytes) -> CompactRange:
        """Read back what `to_bytes` wrote. Raises ValueError for anything else."""
        size, rest = int.from_bytes(data[:8], "big"), data[8:]
        if len(data) < 8 or len(rest) % HASH_BYTES:
            raise ValueError("not a compact range")
        return cls(size, tuple(rest[at : at + HASH_BYTES] for at in range(0, len(rest), HASH_BYTES)))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes in order."""
    return CompactRange().extend(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of the leaf at an index (RFC 6962 §2.1.1). Raises IndexError outside the log."""
    if not 0 <= index < len(leaves):
        raise IndexError("no such leaf")
    path: list[bytes] = []
    start, end = 0, len(leaves)
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(root_of(leaves[middle:end]))
            end = middle
        else:
            path.append(root_of(leaves[start:middle]))
            start = middle
    return path[::-1]


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """That the first `old_size` leaves are still the beginning of the log (RFC 6962 §2.1.2). Raises IndexError.

    Empty for a log that has not grown, and for one that was empty.
    """
    if not 0 <= old_size <= len(leaves):
        raise IndexError("the log was never of that size")
    if old_size in (0, len(leaves)):
        return []
    proof: list[bytes] = []
    start, end, old_end, old_root_is_known = 0, len(leaves), old_size, True
    while old_end < end:
        middle = start + _split(end - start)
        if old_end <= middle:
            proof.append(root_of(leaves[middle:end]))
            end = middle
        else:
            proof.append(root_of(leaves[start:middle]))
            start, old_root_is_known = middle, False
    if not old_root_is_known:
        proof.append(root_of(leaves[start:end]))
    return proof[::-1]


def verify_inclusion(proof: Sequence[bytes], *, leaf: bytes, index: int, size: int, root: bytes) -> None:
    """Check that the leaf hash stands at the index of the log with this size and root. Raises ProofInvalid."""
    if not 0 <= index < size <= SIZE_MAX:
        raise ProofInvalid("the index lies outside the log")
    at, last, reached = index, size - 1, leaf
    for sibling in _hashes(proof):
        if last == 0:
            raise ProofInvalid("the proof is too long")
        if at & 1 or at == last:
            reached = node_hash(sibling, reached)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling)
        at, last = at >> 1, last >> 1
    if last or reached != root:
        raise ProofInvalid("the proof does not lead to the root")


def verify_consistency(
    proof: Sequence[bytes], *, old_size: int, old_root: bytes, new_size: int, new_root: bytes
) -> None:
    """Check that the new log begins with the old one. Raises ProofInvalid."""
    if not 0 <= old_size <= new_size <= SIZE_MAX:
        raise ProofInvalid("a log does not shrink")
    if old_size in (0, new_size):
        _verify_trivial(proof, old_size=old_size, old_root=old_root, new_size=new_size, new_root=new_root)
        return
    hashes = _hashes(proof)
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = next(hashes, b"") if at else old_root
    for sibling in hashes:
        if last == 0:
            raise ProofInvalid("the proof is too long")
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    if last or old != old_root or new != new_root:
        raise ProofInvalid("the proof does not lead to both roots")


def _verify_trivial(proof: Sequence[bytes], *, old_size: int, old_root: bytes, new_size: int, new_root: bytes) -> None:
    """An empty log is the beginning of every log, and a log of itself; neither needs a proof."""
    old_is_right = old_root == (EMPTY_ROOT if old_size == 0 else new_root)
    new_is_right = new_size > 0 or new_root == EMPTY_ROOT
    if proof or not (old_is_right and new_is_right):
        raise ProofInvalid("the roots differ although nothing was added")


def _hashes(proof: Sequence[bytes]) -> Iterator[bytes]:
    if len(proof) > 64 or any(len(one) != HASH_BYTES for one in proof):
        raise ProofInvalid("a proof is a list of at most 64 hashes of 32 bytes")
    return iter(proof)


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1
