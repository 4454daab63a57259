"""A chart that stands still on a page of its own kind, or a box: what stands around it is worth reading without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.report.charts import interactive
from bench.report.charts.broken import reason
from bench.report.page import setting

if TYPE_CHECKING:
    from markupsafe import Markup

    from bench.report.charts.model import Chart

BOX = '<span class="error" role="alert">This cannot be drawn: '
"""How a box begins; no text of others can, for it is escaped."""


def still(chart: Chart, points: int, width: int, prefix: str) -> Markup:
    """The drawing, its ids beginning with ``prefix``. Raises ``OSError`` where the machine refuses."""
    from markupsafe import escape

    try:
        return setting.safe(interactive.static_svg(interactive.specification(chart, points, width), prefix))
    except OSError:
        raise
    except Exception as error:  # numbers that no scale holds, or a process that draws and has no memory or files
        return setting.safe(f"<p>{BOX}{escape(reason(error))}</span></p>")
