"""Charts: what to draw (``model``; ``curves`` of studies, ``forest``, ``scaling``, ``measured`` and ``pareto`` of
comparisons, ``heat`` of tensors), and one specification of each, which is drawn living and still (``interactive``)."""
