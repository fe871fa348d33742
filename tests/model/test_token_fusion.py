"""Concepts mixed into the tokens of their mentions."""

import copy
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from ontograft.model.token_fusion import MentionLinks, TokenFusion

# Two windows of five tokens. In window 0, tokens 1 and 2 name either of two concepts and token 2
# also lies in a mention of a third; window 1 has one link that is absent.
LINKS: dict[str, list[int]] = {
    "window": [0, 0, 0, 1],
    "start": [1, 1, 2, 3],
    "end": [3, 3, 4, 5],
}
SCORE = torch.tensor([0.9, 0.3, 0.5, 0.0])


def links(
    concept: Tensor, score: Tensor = SCORE, changes: dict[str, list[int]] | None = None
) -> MentionLinks:
    arrays = {name: torch.tensor(values) for name, values in (LINKS | (changes or {})).items()}
    return MentionLinks(
        window=arrays["window"],
        start=arrays["start"],
        end=arrays["end"],
        score=score,
        concept=concept,
    )


def no_links() -> MentionLinks:
    none = torch.zeros(0, dtype=torch.long)
    return MentionLinks(none, none, none, torch.zeros(0), torch.zeros(0, 3))


@pytest.fixture
def concept() -> Tensor:
    return torch.randn(4, 3, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def tokens() -> Tensor:
    return torch.randn(2, 5, 4, generator=torch.Generator().manual_seed(2))


@pytest.fixture
def fusion() -> TokenFusion:
    torch.manual_seed(0)
    module = TokenFusion(text_width=4, concept_width=3, inner_width=6)
    with torch.no_grad():
        module.gate.fill_(0.6)
    return module


def test_token_pairs_lists_each_token_of_each_link(concept: Tensor) -> None:
    pair_link, pair_token = links(concept).token_pairs(5)
    assert pair_link.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert pair_token.tolist() == [1, 2, 1, 2, 2, 3, 8, 9]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"end": [3, 1, 4, 5]}, "link 1 covers tokens 1 to 1, expected at least one token"),
        ({"end": [3, 3, 4, 6]}, "link 3 covers tokens 3 to 6, .* within the 5 of its window"),
        ({"start": [-1, 1, 2, 3]}, "link 0 covers tokens -1 to 3"),
    ],
)
def test_links_out_of_their_window_are_refused(
    concept: Tensor, changes: dict[str, list[int]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        links(concept, changes=changes).token_pairs(5)


def test_links_of_one_mention_share_their_number(concept: Tensor) -> None:
    numbers = links(concept).mentions(5).tolist()
    assert numbers[0] == numbers[1]
    assert len(set(numbers)) == 3


def test_mean_tokens_is_the_mean_over_the_mention(concept: Tensor, tokens: Tensor) -> None:
    means = links(concept).mean_tokens(tokens)
    expected = [tokens[0, 1:3], tokens[0, 1:3], tokens[0, 2:4], tokens[1, 3:5]]
    torch.testing.assert_close(means, torch.stack([part.mean(0) for part in expected]))


def test_fusion_is_its_formula(fusion: TokenFusion, concept: Tensor, tokens: Tensor) -> None:
    result = fusion(tokens, links(concept))
    expected = tokens.clone()
    for token, covering in ((1, [0, 1]), (2, [0, 1, 2]), (3, [2])):
        x = tokens[0, token]
        powers = [
            math.exp((fusion.query(x) @ fusion.key(concept[c])).item() / math.sqrt(6))
            * SCORE[c].item()
            for c in covering
        ]
        mixed = sum(
            power / sum(powers) * fusion.value(concept[c])
            for power, c in zip(powers, covering, strict=True)
        )
        expected[0, token] = x + math.tanh(0.6) * fusion.output(mixed)
    torch.testing.assert_close(result, expected)


def test_a_token_without_a_link_stays_unchanged(
    fusion: TokenFusion, concept: Tensor, tokens: Tensor
) -> None:
    result = fusion(tokens, links(concept))
    assert torch.equal(result[0, [0, 4]], tokens[0, [0, 4]])
    assert torch.equal(result[1], tokens[1])  # its only link is absent
    assert not torch.equal(result[0, 1], tokens[0, 1])


def test_at_the_start_nothing_changes(fusion: TokenFusion, concept: Tensor, tokens: Tensor) -> None:
    with torch.no_grad():
        fusion.gate.zero_()
    assert torch.equal(fusion(tokens, links(concept)), tokens)


def test_an_absent_link_has_no_effect_even_with_nan(
    fusion: TokenFusion, concept: Tensor, tokens: Tensor
) -> None:
    score = torch.tensor([0.9, 0.0, 0.5, 0.0])
    expected = fusion(tokens, links(concept, score))
    concept[[1, 3]] = math.nan
    result = fusion(tokens, links(concept, score))
    assert torch.equal(result, expected)
    result.sum().backward()
    for parameter in fusion.parameters():
        assert parameter.grad is not None
        assert parameter.grad.isfinite().all()


def test_the_order_of_the_links_does_not_matter(
    fusion: TokenFusion, concept: Tensor, tokens: Tensor
) -> None:
    order = [3, 1, 0, 2]
    changes = {name: [values[i] for i in order] for name, values in LINKS.items()}
    mixed = fusion(tokens, links(concept[order], SCORE[order], changes))
    torch.testing.assert_close(mixed, fusion(tokens, links(concept)))


def test_no_links_work_and_give_zero_gradients(fusion: TokenFusion, tokens: Tensor) -> None:
    tokens.requires_grad_()
    result = fusion(tokens, no_links())
    assert torch.equal(result, tokens)
    result.sum().backward()
    for parameter in fusion.parameters():
        assert parameter.grad is not None
        assert not parameter.grad.any()


class Layer(nn.Module):
    """A layer that returns what it gets, under either way of passing it."""

    def forward(self, hidden_states: Tensor, **_: Any) -> Tensor:
        return hidden_states


@pytest.mark.parametrize("by_name", [False, True])
def test_it_hooks_before_a_layer_only_while_links_are_given(
    fusion: TokenFusion, concept: Tensor, tokens: Tensor, by_name: bool
) -> None:
    layer = Layer()
    fusion.attach(layer)

    def run() -> Tensor:
        result: Tensor = layer(hidden_states=tokens) if by_name else layer(tokens, mask=None)
        return result

    with fusion.linked(links(concept)):
        torch.testing.assert_close(run(), fusion(tokens, links(concept)))
    assert run() is tokens


def test_a_deep_copy_hooks_its_own_fusion(concept: Tensor, tokens: Tensor) -> None:
    model: Any = nn.Module()
    model.layer, model.fusion = Layer(), TokenFusion(text_width=4, concept_width=3, inner_width=6)
    model.fusion.attach(model.layer)
    twin: Any = copy.deepcopy(model)
    torch.nn.init.ones_(twin.fusion.gate)
    with twin.fusion.linked(links(concept)), model.fusion.linked(links(concept)):
        assert torch.equal(model.layer(tokens), tokens)
        assert not torch.equal(twin.layer(tokens), tokens)


def test_threads_do_not_see_the_links_of_each_other(
    fusion: TokenFusion, concept: Tensor, tokens: Tensor
) -> None:
    layer = nn.Identity()
    fusion.attach(layer)
    inside = threading.Barrier(2, timeout=10)

    def run(own: MentionLinks | None) -> Tensor:
        with fusion.linked(own):
            inside.wait()
            mixed: Tensor = layer(tokens)
            inside.wait()
        return mixed

    with torch.no_grad(), ThreadPoolExecutor(2) as pool:
        mixed, plain = pool.map(run, [links(concept), None])
    assert not torch.equal(mixed, tokens)
    assert torch.equal(plain, tokens)
