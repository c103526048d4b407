"""Laws of the log: the tree is RFC 6962's, every proof made is accepted, and no proof with a flipped bit is."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.merkle import (
    CompactRange,
    ProofInvalid,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.support.counting import counts

sizes = st.integers(1, 130)


def log(size, salt=b""):
    return [leaf_hash(salt + number.to_bytes(4, "big")) for number in range(size)]


def recursive_root(leaves):
    """MTH of RFC 6962 §2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(recursive_root(leaves[:k]), recursive_root(leaves[k:]))


def recursive_path(m, leaves):
    """PATH of RFC 6962 §2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*recursive_path(m, leaves[:k]), recursive_root(leaves[k:])]
    return [*recursive_path(m - k, leaves[k:]), recursive_root(leaves[:k])]


def recursive_proof(m, leaves, known):
    """SUBPROOF of RFC 6962 §2.1.2, word for word."""
    if m == len(leaves):
        return [] if known else [recursive_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*recursive_proof(m, leaves[:k], known), recursive_root(leaves[k:])]
    return [*recursive_proof(m - k, leaves[k:], False), recursive_root(leaves[:k])]


@settings(max_examples=counts(2_000))
@given(st.integers(0, 130))
def test_the_root_is_that_of_the_recursive_definition__rfc_6962_2_1(size):
    assert root_of(log(size)) == recursive_root(log(size))


@settings(max_examples=counts(2_000))
@given(sizes, st.data())
def test_every_entry_can_be_proven__rfc_6962_2_1_1(size, data):
    leaves, index = log(size), data.draw(st.integers(0, size - 1))

    proof = inclusion_proof(leaves, index)

    assert proof == recursive_path(index, leaves)
    verify_inclusion(proof, leaf=leaves[index], index=index, size=size, root=root_of(leaves))


@settings(max_examples=counts(2_000))
@given(sizes, st.data())
def test_every_past_size_can_be_proven__rfc_6962_2_1_2(size, data):
    leaves, old_size = log(size), data.draw(st.integers(1, size))

    proof = consistency_proof(leaves, old_size)

    assert proof == recursive_proof(old_size, leaves, True)
    verify_consistency(
        proof, old_size=old_size, old_root=root_of(leaves[:old_size]), new_size=size, new_root=root_of(leaves)
    )


@settings(max_examples=counts(2_000))
@given(st.integers(2, 130), st.data())
def test_a_flipped_bit_spoils_a_proof(size, data):
    leaves, index = log(size), data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(leaves, index)
    place, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    proof[place] = (int.from_bytes(proof[place], "big") ^ (1 << bit)).to_bytes(32, "big")

    with pytest.raises(ProofInvalid):
        verify_inclusion(proof, leaf=leaves[index], index=index, size=size, root=root_of(leaves))


@settings(max_examples=counts(2_000))
@given(st.integers(2, 130), st.data())
def test_a_log_with_another_past_is_never_consistent(size, data):
    old_size = data.draw(st.integers(1, size - 1))
    leaves = log(size)
    changed = data.draw(st.integers(0, old_size - 1))
    rewritten = [*leaves[:changed], leaf_hash(b"rewritten"), *leaves[changed + 1 :]]

    for proof in (consistency_proof(leaves, old_size), consistency_proof(rewritten, old_size)):
        with pytest.raises(ProofInvalid):
            verify_consistency(
                proof,
                old_size=old_size,
                old_root=root_of(leaves[:old_size]),
                new_size=size,
                new_root=root_of(rewritten),
            )


@settings(max_examples=counts(2_000))
@given(st.integers(0, 130), st.integers(0, 130))
def test_a_compact_range_survives_storage_and_grows_on(first, more):
    leaves = log(first + more)

    stored = CompactRange().extend(leaves[:first]).to_bytes()
    grown = CompactRange.from_bytes(stored).extend(leaves[first:])

    assert (grown.size, grown.root()) == (first + more, recursive_root(leaves))
