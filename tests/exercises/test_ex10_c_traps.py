"""ex10, c: what wrong targets do."""

import torch

from bench_exercises.ex10_batch_size import c_losses, c_traps


class TestTraps:
    def test_one_hot_rows_say_nothing_of_the_label(self):
        x = torch.randn(3, 10, generator=torch.Generator().manual_seed(0)).double()
        values = {float(c_losses.one_hot_as_classes(x, torch.full((3,), k))) for k in range(10)}
        assert max(values) - min(values) < 1e-12

    def test_what_happens_is_told(self):
        assert c_traps.tried(lambda: torch.tensor(2.5)) == "gives 2.5"
        assert c_traps.tried(lambda: torch.zeros(2) + torch.zeros(3)).startswith(c_traps.REFUSED)

    def test_a_batch_of_ten_hides_three_mistakes(self):
        x, y = torch.zeros(10, 10).double().log_softmax(1), torch.arange(10)
        found = [c_traps.tried(call).startswith(c_traps.REFUSED) for _, _, call in c_traps.wrong_forms(x, y)]
        assert sum(found) == 4
