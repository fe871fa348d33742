"""A baseline: a bidirectional LSTM over words, learnt from scratch.

The maximum over its states is what a linear head sees (Conneau et al., 2017,
https://arxiv.org/abs/1705.02364).
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import mse_loss
from torch.nn.utils.rnn import pad_sequence

from ..model.objective import bce, cross_entropy
from .arrays import Floats, Numbers
from .inference import best_device
from .probe_solving import cut_folds, score_of
from .tfidf_svm import columns_of

WORD: Final = re.compile(r"\w+")
PADDING: Final = 0
UNKNOWN: Final = 1
MOST_WORDS: Final = 50_000
"""How many words have a vector of their own, the most frequent of the training texts first."""

LONGEST: Final = 256
"""How many words of a text are read."""

WIDTH: Final = 100
"""Of the word vectors, and of the LSTM in each direction."""

DROPOUT: Final = 0.5
WORD_DROPOUT: Final = 0.1
"""The share of words hidden while training, so that ``UNKNOWN`` comes to mean something."""

LEARNING_RATE: Final = 2e-3
LONGEST_GRADIENT: Final = 1.0
BATCH: Final = 16
READINGS: Final = 40_000
"""How many texts are read in all while training: that many passes, within ``EPOCHS``."""

EPOCHS: Final = (3, 60)
"""The fewest and the most passes over the training texts."""


class BiLstm(nn.Module):
    """Word vectors, a bidirectional LSTM, the maximum over the words, a linear head.

    Args:
        num_words: how many words have vectors, ``PADDING`` and ``UNKNOWN`` included.
        num_labels: how many outputs there are.

    Shapes:
        words: (batch, word), numbers of words
        lengths: (batch,), how many words each text has, at least 1
        output: (batch, label)
    """

    def __init__(self, num_words: int, num_labels: int) -> None:
        super().__init__()
        self.vectors = nn.Embedding(num_words, WIDTH, padding_idx=PADDING)
        self.onwards = nn.LSTM(WIDTH, WIDTH, batch_first=True)
        self.backwards = nn.LSTM(WIDTH, WIDTH, batch_first=True)
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Linear(2 * WIDTH, num_labels)

    def forward(self, words: Tensor, lengths: Tensor) -> Tensor:
        """Return the logits, or the values of a regression."""
        if self.training:
            hidden = torch.rand(words.shape, device=words.device) < WORD_DROPOUT
            words = words.masked_fill(hidden & (words != PADDING), UNKNOWN)
        x = self.dropout(self.vectors(words))  # (batch, word, width)
        place = torch.arange(words.shape[1], device=words.device)  # (word,)
        inside = (place < lengths.unsqueeze(1)).unsqueeze(-1)  # (batch, word, 1)
        # Each text back to front. A packed sequence of texts of many lengths says the same, but the
        # time of its gradient is quadratic in the length.
        reverse = (lengths.unsqueeze(1) - 1 - place).clamp_min(0).unsqueeze(-1).expand_as(x)
        # A maximum need not know which state is of which word.
        states = torch.cat((self.onwards(x)[0], self.backwards(x.gather(1, reverse))[0]), dim=-1)
        states = states.masked_fill(~inside, float("-inf"))  # (batch, word, 2 * width)
        logits: Tensor = self.head(self.dropout(states.amax(dim=1)))
        return logits


@dataclass(frozen=True)
class BiLstmSolution:
    """A fitted network.

    Args:
        model: the network.
        vocabulary: the numbers of the words.
        scale: mean and standard deviation of the values of a regression; else 0 and 1.
        held_out: its output for held-out texts, and their targets; see ``LinearSolution``.
    """

    model: BiLstm
    vocabulary: dict[str, int]
    scale: tuple[float, float]
    held_out: tuple[Floats, Numbers]

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return the output for each text; (text, label)."""
        mean, spread = self.scale
        return _predict(self.model, _read(texts, self.vocabulary)) * spread + mean


def fit_bilstm(
    texts: Sequence[str],
    targets: Numbers,
    *,
    num_labels: int,
    task: str,
    seed: int,
    class_weights: Sequence[float] | None = None,
    dev: tuple[Sequence[str], Numbers] | None = None,
) -> BiLstmSolution:
    """Fit the network with Adam; how many passes over the texts are best, held-out texts say.

    These are the development texts. Without them a fold of the training texts is held out for this
    choice (see ``cut_folds``), and then the network learns all of them anew with as many passes.

    Args:
        texts: the training texts.
        targets: numbers of labels (text,), rows of 0 and 1 (text, label), or values (text,).
        num_labels: how many outputs there are.
        task: ``single-label``, ``multi-label`` or ``regression``.
        seed: of every random choice; the global generators are left as they were.
        class_weights: how much each label counts in the loss; all the same unless given.
        dev: the development texts and their targets.
    """
    vocabulary = _vocabulary(texts)
    words = _read(texts, vocabulary)
    scale = (0.0, 1.0)
    if task == "regression":
        scale = (float(targets.mean()), float(targets.std()) or 1.0)
    course = _Course(task, num_labels, len(vocabulary) + 2, seed, class_weights, scale)
    if dev is not None:
        found = course.run(words, targets, passes(len(words)), _read(dev[0], vocabulary), dev[1])
        return BiLstmSolution(found.model, vocabulary, scale, (found.logits, dev[1]))
    fit, check = next(iter(cut_folds(targets, task=task, seed=seed)))
    found = course.run(
        [words[row] for row in fit],
        targets[fit],
        passes(2 * len(words)),  # it is trained twice
        [words[row] for row in check],
        targets[check],
    )
    model = course.run(words, targets, found.epochs).model
    return BiLstmSolution(model, vocabulary, scale, (found.logits, targets[check]))


def passes(num_texts: int) -> int:
    """Return how many passes over the training texts there are at most."""
    fewest, most = EPOCHS
    return min(max(READINGS // num_texts, fewest), most)


@dataclass
class _Found:
    """The best network of a course, after how many passes, and its output for the held-out texts.

    Without held-out texts it is the last one.
    """

    model: BiLstm
    epochs: int
    logits: Floats = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True)
class _Course:
    """How networks of a task are trained; for the fields see ``fit_bilstm``."""

    task: str
    num_labels: int
    num_words: int
    seed: int
    class_weights: Sequence[float] | None
    scale: tuple[float, float]

    def run(
        self,
        words: Sequence[Tensor],
        targets: Numbers,
        epochs: int,
        held_out: Sequence[Tensor] = (),
        truth: Numbers | None = None,
    ) -> _Found:
        """Train a new network; of equally good ones by score the one with the lower loss."""
        mean, spread = self.scale
        columns = columns_of(targets, num_labels=self.num_labels, task=self.task)
        goal = torch.from_numpy(((columns - mean) / spread).astype(np.float32))
        order = np.random.default_rng(self.seed)
        with torch.random.fork_rng():
            torch.manual_seed(self.seed)
            model = nn.Module.to(BiLstm(self.num_words, self.num_labels), best_device())
            optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
            found, best = _Found(model, epochs), (-np.inf, -np.inf)
            for epoch in range(1, epochs + 1):
                self._learn(model, optimizer, words, goal, order.permutation(len(words)))
                if truth is None:
                    continue
                logits = _predict(model, held_out) * spread + mean
                quality = (score_of(logits, truth, self.task), -self._surprise(logits, truth))
                if quality > best:
                    best, found = quality, _Found(copy.deepcopy(model), epoch, logits)
        return found

    def _learn(
        self,
        model: BiLstm,
        optimizer: torch.optim.Optimizer,
        words: Sequence[Tensor],
        goal: Tensor,
        order: NDArray[np.int64],
    ) -> None:
        """Do one pass over the training texts."""
        model.train(True)
        for rows in np.array_split(order, -(-len(order) // BATCH)):
            logits = model(*_batch([words[row] for row in rows], model))
            loss = self._loss(logits, goal[rows].to(logits.device))
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(model.parameters(), LONGEST_GRADIENT)
            optimizer.step()

    def _loss(self, logits: Tensor, goal: Tensor) -> Tensor:
        if self.task == "regression":
            return mse_loss(logits, goal)
        loss = cross_entropy if self.task == "single-label" else bce
        return loss(logits, goal, class_weights=self.class_weights)

    def _surprise(self, logits: Floats, truth: Numbers) -> float:
        """Return the loss on held-out texts, in the units of the task."""
        columns = columns_of(truth, num_labels=self.num_labels, task=self.task)
        goal = torch.from_numpy(np.asarray(columns, dtype=np.float32))
        return float(self._loss(torch.from_numpy(logits.astype(np.float32)), goal))


def words_of(text: str) -> list[str]:
    """Return the words of a text, in small letters."""
    return WORD.findall(text.lower())


def _vocabulary(texts: Sequence[str]) -> dict[str, int]:
    """Number the words, the most frequent first; of equally frequent ones in alphabetical order."""
    counts = Counter(word for text in texts for word in words_of(text))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))[:MOST_WORDS]
    return {word: number for number, word in enumerate(ranked, start=UNKNOWN + 1)}


def _read(texts: Sequence[str], vocabulary: dict[str, int]) -> list[Tensor]:
    """Return the numbers of the words of each text; a text without words has an unknown one."""
    return [
        torch.tensor(
            [vocabulary.get(word, UNKNOWN) for word in words_of(text)[:LONGEST]] or [UNKNOWN]
        )
        for text in texts
    ]


def _batch(words: Sequence[Tensor], model: BiLstm) -> tuple[Tensor, Tensor]:
    device = model.head.weight.device
    lengths = torch.tensor([len(text) for text in words], device=device)
    padded = pad_sequence(list(words), batch_first=True, padding_value=PADDING)
    return padded.to(device), lengths


@torch.inference_mode()
def _predict(model: BiLstm, words: Sequence[Tensor]) -> Floats:
    """Return the output for each text, those of like length together; (text, label)."""
    model.train(False)
    result = np.zeros((len(words), model.head.out_features))
    order = sorted(range(len(words)), key=lambda number: len(words[number]))
    for start in range(0, len(order), 4 * BATCH):
        rows = order[start : start + 4 * BATCH]
        result[rows] = model(*_batch([words[row] for row in rows], model)).cpu().numpy()
    return result
