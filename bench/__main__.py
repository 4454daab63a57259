"""``python -m bench``: the command line, without the script that an installation makes."""

from bench.cli import main

if __name__ == "__main__":
    main()
