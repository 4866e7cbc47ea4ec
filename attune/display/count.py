"""How many did something: one number."""

from dataclasses import dataclass, replace

from attune.display.picture import Count, Picture, Task
from attune.display.small import named
from attune.i18n import Message, say, say_n


@dataclass(frozen=True)
class Total:
    count: int
    said: Message


def draw(task: Task) -> Picture:
    """Everybody who has a value has done it, so the number is n."""
    title = named(task.section.title)
    if task.form == "words":
        said = say("Several of us: %(name)s.", name=title) if title else say("Several of us are.")
        return replace(task.blank(), sentences=(said,))
    said = (
        say("%(name)s: %(count)s", name=title, count=task.n)
        if title
        else say_n("%(count)s ready", "%(count)s ready", task.n)
    )
    return replace(
        task.blank(),
        sentences=(said,),
        counts=(Count(task.section.title, title or say("ready"), task.n),),
        shape=Total(task.n, said),
    )
