"""What a facilitator writes as Markdown becomes HTML here, and nowhere else.

Only the listed elements survive. No pictures: a remote one would tell its host who is in the room.
"""

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup

ELEMENTS = {"h2", "h3", "h4", "p", "strong", "em", "ul", "ol", "li", "blockquote", "a", "br"}


def _one_level_down(state: StateCore) -> None:
    """The page's own heading is the first level; a slide's begin at the second."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 4)}"


_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["image", "code", "fence", "hr"])
_MARKDOWN.core.ruler.push("one_level_down", _one_level_down)


def html(markdown: str) -> Markup:
    """Markdown as safe HTML. A link opens beside the room and carries nothing along."""
    return Markup(  # noqa: S704  # cleaned on the next line
        nh3.clean(
            _MARKDOWN.render(markdown),
            tags=ELEMENTS,
            attributes={"a": {"href"}, "ol": {"start"}},
            set_tag_attribute_values={"a": {"target": "_blank"}},
            url_schemes={"https", "http", "mailto"},
            link_rel="noopener noreferrer",
        ).strip()
    )
