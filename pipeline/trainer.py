"""The Trainer of transformers, with what it lacks here.

That is: groups of parameters that learn at their own pace, a stop at the first number that is not
finite, evaluation on whole documents, and checkpoints that are sealed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import Tensor, nn
from transformers import (
    EarlyStoppingCallback,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from ..errors import RunError
from .batches import Collator, DocumentDataset
from .evaluation import Metrics
from .files import MANIFEST, seal
from .optimization import make_optimizer, parameter_groups
from .sampling import LengthGroups
from .schedule import Pace

if TYPE_CHECKING:
    from ..model import OntograftForSequenceClassification
    from .progress import Progress
    from .settings import TrainingSettings

KEPT_CHECKPOINTS: Final = 3
"""Besides the best one: should the newest be broken, there is one before it."""


@dataclass(frozen=True)
class Development:
    """The development split, while training.

    Args:
        documents: it as a dataset.
        measure: returns the figures of the model as it is.
        select_by: the figure that picks the best checkpoint.
    """

    documents: DocumentDataset
    measure: Callable[[], Metrics]
    select_by: str


class GraftTrainer(Trainer):
    """Train a knowledge-grafted classifier; see the module's first line.

    Args:
        model: the model.
        arguments: how to train.
        documents: the training documents.
        collator: makes batches of them.
        settings: the training settings of the project.
        pace: the learning rates.
        development: the development split; None without one.
    """

    def __init__(
        self,
        model: OntograftForSequenceClassification,
        arguments: TrainingArguments,
        *,
        documents: DocumentDataset,
        collator: Collator,
        settings: TrainingSettings,
        pace: Pace,
        development: Development | None = None,
    ) -> None:
        self._settings = settings
        self._pace = pace
        self._development = development
        self._order = LengthGroups(
            [len(document.tokens) for document in documents.documents],
            batch_size=settings.batch_size,
            seed=settings.seed,
        )
        super().__init__(
            model,
            arguments,
            data_collator=collator,
            train_dataset=documents,
            eval_dataset=development.documents if development else None,
            callbacks=[FiniteGradients(), BestCheckpointHome(), EpochOrder(self._order)],
        )
        self.remove_callback(PrinterCallback)
        if development and settings.early_stopping:
            self.add_callback(EarlyStoppingCallback(settings.early_stopping))

    def _get_train_sampler(self, train_dataset: Any = None) -> LengthGroups:  # noqa: ARG002
        return self._order

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        """Return the optimiser of the settings, over ``parameter_groups``."""
        if self.optimizer is None:
            trained = self.model if model is None else model
            assert trained is not None
            groups = parameter_groups(trained, self._pace, weight_decay=self._settings.weight_decay)
            self.optimizer = make_optimizer(self._settings.optimizer, groups)
        return self.optimizer

    def training_step(self, *args: Any, **kwargs: Any) -> Tensor:
        """Do a forward and a backward pass; stop at a loss that is not finite."""
        loss: Tensor = super().training_step(*args, **kwargs)
        if not math.isfinite(loss.item()):
            raise RunError(
                f"the loss became {loss.item()} at step {self.state.global_step + 1}; lower "
                "training.learning_rate, or look for odd texts; the checkpoints before are whole"
            )
        return loss

    def evaluate(
        self,
        eval_dataset: Any = None,  # noqa: ARG002 - the Trainer's own signature
        ignore_keys: list[str] | None = None,  # noqa: ARG002
        metric_key_prefix: str = "eval",
    ) -> dict[str, float]:
        """Measure the model on the development split."""
        if self._development is None:
            return {}
        figures = {
            f"{metric_key_prefix}_{name}": value
            for name, value in self._development.measure().items()
            if isinstance(value, float)
        }
        self.log(figures)
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, figures
        )
        return figures

    def _save(
        self, output_dir: str | None = None, state_dict: dict[str, Tensor] | None = None
    ) -> None:
        """Save the model without what a resumed run has anyway: the encoder's frozen weights."""
        model: Any = self.model
        frozen = {
            f"encoder.{name}"
            for name, value in model.encoder.named_parameters()
            if not value.requires_grad
        }
        weights = model.state_dict() if state_dict is None else state_dict
        kept = {name: value for name, value in weights.items() if name not in frozen}
        super()._save(output_dir, state_dict=kept)

    def _save_checkpoint(self, model: nn.Module, trial: Any) -> None:
        folder = Path(self._get_output_dir(trial=trial), f"checkpoint-{self.state.global_step}")
        (folder / MANIFEST).unlink(missing_ok=True)
        super()._save_checkpoint(model, trial)
        seal(folder)


class FiniteGradients(TrainerCallback):
    """Stop training at a gradient that is not finite, before it ruins the weights."""

    def on_pre_optimizer_step(
        self,
        args: TrainingArguments,  # noqa: ARG002 - the callback's signature
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002
        **kwargs: Any,
    ) -> None:
        """Look at the gradients of all parameters at once."""
        model: nn.Module = kwargs["model"]
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        if not gradients:
            return
        norms = torch.stack(torch._foreach_norm(gradients))
        if not bool(torch.isfinite(norms).all()):
            raise RunError(
                f"a gradient became infinite or not a number at step {state.global_step + 1}; "
                "lower training.learning_rate; the checkpoints before are whole"
            )


class BestCheckpointHome(TrainerCallback):
    """On resuming, find the best checkpoint where it is now, or forget it if it is gone."""

    def on_train_begin(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002 - the callback's signature
        **_: Any,
    ) -> None:
        """Mend the path, which the Trainer keeps as it was when the run began."""
        if state.best_model_checkpoint is None:
            return
        here = Path(str(args.output_dir)) / Path(state.best_model_checkpoint).name
        if here.is_dir():
            state.best_model_checkpoint = str(here)
        else:
            state.best_model_checkpoint = state.best_metric = state.best_global_step = None


class EpochOrder(TrainerCallback):
    """Tell the sampler which epoch begins, or is gone on with."""

    def __init__(self, order: LengthGroups) -> None:
        self._order = order

    def on_epoch_begin(
        self,
        args: TrainingArguments,  # noqa: ARG002 - the callback's signature
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002
        **_: Any,
    ) -> None:
        """Note the epoch; within it, the state counts in fractions."""
        self._order.epoch = int((state.epoch or 0.0) + 1e-6)


class StepProgress(TrainerCallback):
    """Tell someone about each step."""

    def __init__(self, start: Callable[[int], Progress]) -> None:
        self._start = start
        self._advance: Progress | None = None

    def on_train_begin(
        self,
        args: TrainingArguments,  # noqa: ARG002 - the callback's signature
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002
        **_: Any,
    ) -> None:
        """Say how many steps there will be, and how many are done."""
        self._advance = self._start(state.max_steps)
        self._advance(state.global_step)

    def on_step_end(self, *_: Any, **__: Any) -> None:
        """Count a step."""
        if self._advance:
            self._advance(1)


def training_arguments(
    folder: Path, settings: TrainingSettings, pace: Pace, *, development: Development | None
) -> TrainingArguments:
    """Turn the settings of a project into those of transformers."""
    when = "steps" if settings.save_steps else "epoch"
    best: dict[str, Any] = {}
    if development:
        best = {
            "load_best_model_at_end": True,
            "metric_for_best_model": f"eval_{development.select_by}",
            "greater_is_better": development.select_by not in {"loss", "mse", "mae"},
        }
    return TrainingArguments(
        output_dir=str(folder),
        seed=settings.seed,
        num_train_epochs=pace.epochs,
        learning_rate=pace.encoder,
        per_device_train_batch_size=settings.batch_size,
        gradient_accumulation_steps=settings.gradient_accumulation,
        lr_scheduler_type=(
            "constant_with_warmup" if settings.schedule == "constant" else settings.schedule
        ),
        warmup_steps=settings.warmup,  # below 1: a share
        max_grad_norm=settings.max_gradient_norm,
        eval_strategy=when if development else "no",
        eval_steps=settings.save_steps or None,
        save_strategy=when,
        save_steps=settings.save_steps or 500,
        save_total_limit=KEPT_CHECKPOINTS,
        logging_strategy="epoch",
        logging_nan_inf_filter=False,  # it would report a loss of 0.0 for one that is not finite
        restore_callback_states_from_checkpoint=True,
        remove_unused_columns=False,
        label_names=["labels"],
        dataloader_pin_memory=torch.cuda.is_available(),
        report_to="none",
        disable_tqdm=True,
        **best,
    )
