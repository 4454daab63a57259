"""A backward pass of one's own for ex07.b: the derivatives of a mean over all flowers."""

from bench import hookimpl


@hookimpl
def bench_variants(exercise, part):
    return {"mine": mine} if (exercise, part) == ("ex07", "b.speed") else None


def mine(lab, steps):
    from bench_exercises.ex07_iris_by_hand import Network, problem, train
    from bench_exercises.ex07_iris_by_hand.network import log_softmax, one_hot

    class Mine(Network):
        def backpropagate(self, x, y):
            z, a = self.forward(x)
            log_p, t = log_softmax(z[-1]), one_hot(y, z[-1])
            loss = -(t * log_p).sum() / len(x)
            delta = (log_p.exp() - t) / len(x)
            gradient = {}
            for k in range(self.layers, 0, -1):
                gradient[f"W{k}"] = delta.T @ a[k - 1]
                gradient[f"b{k}"] = delta.sum(0)
                if k > 1:
                    delta = (delta @ self.theta[f"W{k}"]) * self.slope(z[k - 1])
            return loss, gradient

    task = problem(lab)
    return lambda: train(Mine, task, steps)
