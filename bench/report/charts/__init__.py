"""Charts: what to draw (``model``; ``curves`` of studies, ``forest``, ``scaling``, ``measured``, ``pareto`` and
``roofline`` of comparisons, ``heat`` of tensors), and one specification of each, which is drawn living and still
(``interactive``)."""
