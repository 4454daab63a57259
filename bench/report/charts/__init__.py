"""Charts: what to draw (``model``, ``curves``, ``measured``), and two pens (``drawing``, ``interactive``)."""
