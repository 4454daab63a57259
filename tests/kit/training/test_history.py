"""What a training leaves behind names every score for what it is."""

import torch

from bench.kit.training import Epoch, History


def epoch(number: int) -> Epoch:
    return Epoch.of(number, 0.1, [(1.0, 0.5), (1.0 + number, 0.4)])


def test_scores_come_in_the_order_train_test_validation() -> None:
    scored = Epoch.of(3, 0.01, [(0.1, 0.9), (0.4, 0.8), (0.3, 0.85)])
    assert (scored.train_loss, scored.train_accuracy) == (0.1, 0.9)
    assert (scored.test_loss, scored.test_accuracy) == (0.4, 0.8)
    assert (scored.validation_loss, scored.validation_accuracy) == (0.3, 0.85)
    assert (scored.number, scored.rate) == (3, 0.01)
    assert scored.gap == 0.4 - 0.1


def test_without_a_validation_set_there_is_no_score_of_one() -> None:
    scored = epoch(1)
    assert (scored.validation_loss, scored.validation_accuracy) == (None, None)


def test_the_last_epoch_is_not_always_the_one_that_was_kept() -> None:
    history = History(tuple(map(epoch, range(4))), torch.zeros(12), best=2)
    assert (history.last.number, history.kept.number) == (3, 2)


def test_packed_and_unpacked_it_is_the_same() -> None:
    history = History(tuple(map(epoch, range(3))), torch.arange(12.0), best=1)
    again = History.unpacked(history.packed())
    assert (again.epochs, again.best) == (history.epochs, history.best)
    assert torch.equal(again.losses, history.losses)
