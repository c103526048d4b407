"""The log's tree against the published vectors of Certificate Transparency."""

import pytest

from kernel.merkle import (
    EMPTY_ROOT,
    CompactRange,
    ProofInvalid,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# The eight entries and their roots in the reference tests of github.com/google/certificate-transparency.
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES]

A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"


def in_hex(hashes):
    return [one.hex() for one in hashes]


def test_an_empty_log_has_the_root_of_nothing__rfc_6962_2_1():
    assert root_of([]) == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_the_root_at_every_size_is_the_published_one__rfc_6962_2_1(size):
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(
    ("size", "index", "path"), [(1, 0, []), (8, 0, [A, B, C]), (8, 5, [F, E, ROOTS[3]]), (3, 2, [ROOTS[1]])]
)
def test_the_audit_path_is_the_published_one__rfc_6962_2_1_1(size, index, path):
    assert in_hex(inclusion_proof(LEAVES[:size], index)) == path


@pytest.mark.parametrize(
    ("old_size", "new_size", "path"), [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [D, E, ROOTS[3]]), (2, 5, [B, F])]
)
def test_the_consistency_path_is_the_published_one__rfc_6962_2_1_2(old_size, new_size, path):
    assert in_hex(consistency_proof(LEAVES[:new_size], old_size)) == path


def test_a_leaf_is_never_taken_for_an_inner_node__rfc_6962_2_1():
    two = root_of(LEAVES[:2])

    assert leaf_hash(LEAVES[0] + LEAVES[1]) != two


def test_a_proof_for_another_place_or_root_is_refused():
    proof = inclusion_proof(LEAVES, 3)
    root = root_of(LEAVES)

    verify_inclusion(proof, leaf=LEAVES[3], index=3, size=8, root=root)

    for leaf, index, size, wrong_root in [
        (LEAVES[4], 3, 8, root),
        (LEAVES[3], 4, 8, root),
        (LEAVES[3], 3, 16, root),
        (LEAVES[3], 3, 8, EMPTY_ROOT),
        (LEAVES[3], 8, 8, root),
        (LEAVES[3], -1, 8, root),
    ]:
        with pytest.raises(ProofInvalid):
            verify_inclusion(proof, leaf=leaf, index=index, size=size, root=wrong_root)


@pytest.mark.parametrize("wrong", [lambda p: p[:-1], lambda p: [*p, p[0]], lambda p: p[::-1], lambda p: [b"", *p[1:]]])
def test_a_changed_proof_is_refused(wrong):
    root = root_of(LEAVES)
    with pytest.raises(ProofInvalid):
        verify_inclusion(wrong(inclusion_proof(LEAVES, 3)), leaf=LEAVES[3], index=3, size=8, root=root)
    with pytest.raises(ProofInvalid):
        verify_consistency(
            wrong(consistency_proof(LEAVES, 3)), old_size=3, old_root=root_of(LEAVES[:3]), new_size=8, new_root=root
        )


def test_a_log_that_rewrote_its_past_cannot_prove_consistency():
    rewritten = [*LEAVES[:2], leaf_hash(b"another bid"), *LEAVES[3:]]

    with pytest.raises(ProofInvalid):
        verify_consistency(
            consistency_proof(rewritten, 4),
            old_size=4,
            old_root=root_of(LEAVES[:4]),
            new_size=8,
            new_root=root_of(rewritten),
        )


def test_an_empty_log_is_the_beginning_of_every_log():
    verify_consistency([], old_size=0, old_root=EMPTY_ROOT, new_size=8, new_root=root_of(LEAVES))
    verify_consistency([], old_size=0, old_root=EMPTY_ROOT, new_size=0, new_root=EMPTY_ROOT)

    with pytest.raises(ProofInvalid):
        verify_consistency([], old_size=0, old_root=LEAVES[0], new_size=8, new_root=root_of(LEAVES))
    with pytest.raises(ProofInvalid):
        verify_consistency([], old_size=0, old_root=EMPTY_ROOT, new_size=0, new_root=LEAVES[0])


def test_a_log_does_not_shrink():
    with pytest.raises(ProofInvalid, match="shrink"):
        verify_consistency([], old_size=8, old_root=root_of(LEAVES), new_size=7, new_root=root_of(LEAVES[:7]))


def test_a_proof_outside_the_log_is_an_error_of_the_caller():
    with pytest.raises(IndexError):
        inclusion_proof(LEAVES, 8)
    with pytest.raises(IndexError):
        consistency_proof(LEAVES, 9)


@pytest.mark.parametrize("data", [b"", b"\0" * 7, b"\0" * 8 + b"x" * 32, b"\0" * 7 + b"\1", b"\xff" * 8, b"\0" * 41])
def test_a_damaged_compact_range_is_refused(data):
    with pytest.raises(ValueError):
        CompactRange.from_bytes(data)


def test_a_compact_range_keeps_one_hash_a_bit():
    grown = CompactRange().extend(LEAVES[:7])

    assert len(grown.hashes) == 3
    assert len(grown.append(LEAVES[7]).hashes) == 1
