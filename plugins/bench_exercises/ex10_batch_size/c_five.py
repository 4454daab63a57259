"""10c: five losses and the yardstick: their targets, what they have in common, how low they get, and traps."""

from bench import Lab

from . import c_break, c_calibration, c_infima, c_targets, c_traps, c_twins


def study(lab: Lab) -> None:
    logits, y = c_targets.problem(lab)
    c_targets.written_out(lab, logits, y)
    c_targets.identities(lab, logits, y)
    c_infima.study(lab, logits, y)
    c_traps.traps(lab, logits, y)
    c_calibration.study(lab)
    c_twins.poisson_is_nll(lab)
    c_break.study(lab, logits, y)
