"""``python -m bench``: the command line, without the script that an installation makes."""

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        # -m puts the working directory first: a random.py or torch.py there would be taken for the library.
        sys.path.append(sys.path.pop(0))
    from bench.cli import interrupts, main

    with interrupts.keeping_its_code():
        main()
