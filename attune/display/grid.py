"""Two directions at once: a grid of cells, or four quarters and the middle with counts.

No average point: the mean of an agitated and a calm person is a place where nobody is.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from attune.display.picture import Count, Directions, Mark, Name, Picture, Scale, Task
from attune.display.quantiles import HALF, QUARTER, quantile
from attune.display.small import folded, in_words, joined, named
from attune.display.strip import SAME
from attune.i18n import Message, say, say_n

LARGEST_DISC = 3  # people; more look the same

Place = tuple[int, int]
# High to low, as the picture is read; the middle is everything on one of the two lines.
QUARTERS: tuple[Place, ...] = ((-1, 1), (1, 1), (0, 0), (-1, -1), (1, -1))


@dataclass(frozen=True)
class Cells:
    """Rows from high to low; each cell is a step from 0 to 3."""

    rows: tuple[tuple[int, ...], ...]
    cells: int
    axes: Directions
    parts: tuple["Quarter", ...]  # what the four quarters and the middle are called
    quarters: bool = False


@dataclass(frozen=True)
class Quarter:
    name: Message
    count: int | None  # None: named together with others
    place: str


@dataclass(frozen=True)
class Quarters:
    parts: tuple[Quarter, ...]
    axes: Directions
    quarters: bool = True


def draw(task: Task) -> Picture:
    axes = task.section.axes
    assert axes, "a grid has axes"
    points = [(int(x), int(y)) for x, y in task.values]
    tally = _tally(points)
    if task.form == "words":
        named: list[tuple[Name, int]] = [(_name(axes, quarter), count) for quarter, count in tally]
        return replace(task.blank(), sentences=in_words(named, task.n), marks=_same(points))
    if task.form == "soft":
        kept, also = folded(tally)
        return replace(_by_quarters(task, axes, kept, also), marks=_same(points))
    drawn = _by_quarters(task, axes, tally, [])
    drawn = replace(drawn, marks=(*_lone(points), *_same(points)))
    if task.n < 2 * task.need:
        return drawn
    cells = Cells(_rows(axes, points), axes.cells, axes, _called(axes))
    return replace(drawn, scales=_scales(axes, points), shape=cells)


def _called(axes: Directions) -> tuple[Quarter, ...]:
    return tuple(Quarter(_name(axes, at), None, _place(at)) for at in QUARTERS)


def coarse(picture: Picture) -> Picture:
    """The same in quarters, which hold what cells do: of two pictures neither is finer."""
    if not isinstance(picture.shape, Cells):
        return picture
    parts = (
        replace(part, count=count.count)
        for part, count in zip(picture.shape.parts, picture.counts, strict=True)
    )
    return replace(picture, scales=(), shape=Quarters(tuple(parts), picture.shape.axes))


def _tally(points: Sequence[Place]) -> list[tuple[Place, int]]:
    people = Counter(_quarter(point) for point in points)
    return [(quarter, people[quarter]) for quarter in QUARTERS]


def _quarter(point: Place) -> Place:
    x, y = point
    return ((x > 0) - (x < 0), (y > 0) - (y < 0)) if x and y else (0, 0)


def _name(axes: Directions, quarter: Place) -> Message:
    x, y = quarter
    if not x:
        return say("in between")
    return say("%(x)s and %(y)s", x=named(axes.x[x > 0]), y=named(axes.y[y > 0]))


def _by_quarters(
    task: Task, axes: Directions, kept: Sequence[tuple[Place, int]], also: Sequence[Place]
) -> Picture:
    counts: dict[Place, int | None] = {**dict(kept), **dict.fromkeys(also)}
    # Softened, a quarter that nobody is in is not told from one that is not there.
    there = [quarter for quarter in QUARTERS if quarter in counts]
    item = task.section.title
    return replace(
        task.blank(),
        sentences=_sentences(axes, kept, also),
        counts=tuple(Count(item, _name(axes, at), counts[at]) for at in there),
        shape=Quarters(
            tuple(Quarter(_name(axes, at), counts[at], _place(at)) for at in there), axes
        ),
    )


def _place(quarter: Place) -> str:
    x, y = quarter
    if not x:
        return "middle"
    return f"{'high' if y > 0 else 'low'}-{'end' if x > 0 else 'start'}"


def _sentences(
    axes: Directions, kept: Sequence[tuple[Place, int]], also: Sequence[Place]
) -> tuple[Message, ...]:
    sentences = [
        say_n(
            "%(count)s of us: %(name)s.",
            "%(count)s of us: %(name)s.",
            count,
            name=_name(axes, quarter),
        )
        for quarter, count in kept
        if count
    ]
    if also:
        names = joined([_name(axes, quarter) for quarter in also])
        sentences.append(say("Also: %(names)s.", names=names))
    return tuple(sentences)


def _rows(axes: Directions, points: Sequence[Place]) -> tuple[tuple[int, ...], ...]:
    people = Counter(points)
    reach = axes.cells // 2
    return tuple(
        tuple(min(people[x, y], LARGEST_DISC) for x in range(-reach, reach + 1))
        for y in range(reach, -reach - 1, -1)
    )


def _scales(axes: Directions, points: Sequence[Place]) -> tuple[Scale, ...]:
    return tuple(
        Scale(
            f"{low} / {high}",
            len(points),
            quantile(ordered, QUARTER),
            quantile(ordered, HALF),
            quantile(ordered, 1 - QUARTER),
            ordered[0],
            ordered[-1],
        )
        for (low, high), ordered in (
            (axes.x, sorted(x for x, _ in points)),
            (axes.y, sorted(y for _, y in points)),
        )
    )


def _same(points: Sequence[Place]) -> tuple[Mark, ...]:
    return (SAME,) if len(set(points)) == 1 else ()


def _lone(points: Sequence[Place]) -> tuple[Mark, ...]:
    """An answer with nobody on its cell or on one beside it."""
    alone = sum(sum(abs(x - u) <= 1 and abs(y - v) <= 1 for u, v in points) == 1 for x, y in points)
    if not alone:
        return ()
    text = say_n("One answer stands alone.", "%(count)s answers stand alone.", alone)
    return (Mark("lone", text),)
