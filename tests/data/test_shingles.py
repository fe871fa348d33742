from __future__ import annotations

import numpy as np
import pytest

from ontograft.data.shingles import jaccard, minhash_signatures, normalised, shingle_sets


def plain_shingles(text: str) -> set[str]:
    padded = f" {text} ".ljust(5)
    return {padded[i : i + 5] for i in range(len(padded) - 4)}


def test_sets_and_jaccard_are_those_of_the_plain_definition() -> None:
    texts = ["the heart of the matter", "the heart of the 𝒳 matter", "a", "heart"]
    plain = [plain_shingles(text) for text in texts]
    sets = shingle_sets(texts)
    assert [len(one) for one in sets] == [len(one) for one in plain]
    for i in range(len(texts)):
        for j in range(len(texts)):
            expected = len(plain[i] & plain[j]) / len(plain[i] | plain[j])
            assert jaccard(sets[i], sets[j]) == pytest.approx(expected)


def test_signatures_estimate_jaccard() -> None:
    sets = [np.arange(0, 600, dtype=np.uint32), np.arange(200, 800, dtype=np.uint32)]
    signatures = minhash_signatures(sets, 1000, np.random.default_rng(0))
    assert (signatures[0] == signatures[1]).mean() == pytest.approx(0.5, abs=0.06)


def test_signatures_do_not_depend_on_company() -> None:
    sets = shingle_sets([f"text number {i} of many" for i in range(50)])
    together = minhash_signatures(sets, 8, np.random.default_rng(0))
    alone = minhash_signatures(sets[30:31], 8, np.random.default_rng(0))
    assert (together[30] == alone[0]).all()


def test_normalised_text_has_no_case_no_compatibility_forms_and_single_spaces() -> None:
    assert normalised(" \uff34\uff28\uff25 \ufb01ne\u00a0\n STRASSE ") == "the fine strasse"
