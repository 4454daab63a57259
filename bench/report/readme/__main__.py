"""``python -m bench.report.readme results/reference README.md``."""

from bench.report.readme.writing import main

main()
