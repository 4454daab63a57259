"""Bad input by the thousand, from one seed: every file, word and variable that bench takes from others."""
