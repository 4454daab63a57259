"""One run of several devices as a matrix: on a terminal, as JSON, Markdown and a page."""
