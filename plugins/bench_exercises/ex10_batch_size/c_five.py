"""10c: five losses and the yardstick: their targets, what they have in common, how low they get, and traps."""

from bench import Lab

from . import c_targets, c_trained, c_traps


def study(lab: Lab) -> None:
    logits, y = c_targets.problem(lab)
    c_targets.written_out(lab, logits, y)
    c_targets.identities(lab, logits, y)
    c_targets.infima(lab, logits, y)
    c_traps.traps(lab, logits, y)
    c_trained.poisson_is_nll(lab)
