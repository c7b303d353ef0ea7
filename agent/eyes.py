"""A chat model that is shown pictures: whether an outcome has come about, and whether a video shows its step.

It is told what is expected, never what was measured, so that its word is evidence of its own. What it answers is read
by a schema and cut short; what that may change, `agent.second_opinion` says.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from agent.models.calls import UNTOLD, Calls
from agent.models.config import ModelCfg
from agent.models.connect import structured
from agent.models.failures import ModelFailure, quoted
from agent.models.meter import Meter
from agent.pictures import Picture
from agent.prompting import as_data, render
from agent.second_opinion import Answer, Sight

About = Literal["outcome", "video"]
_TEXTS: Final[dict[About, tuple[str, ...]]] = {"outcome": ("before", "after"), "video": ("seen",)}
_CLAIMS: Final[dict[tuple[About, bool], tuple[str, ...]]] = {
    ("outcome", False): ("reached",),
    ("outcome", True): ("missed",),
    ("video", False): ("shows_step", "one_person"),
    ("video", True): ("something_else", "somebody_else"),
}
_ANSWERS: Final = ("yes", "no", "cannot_tell")
_TURNED: Final[dict[str, Answer]] = {"yes": "no", "no": "yes"}


class Eyes:
    """Asks a chat model that takes pictures.

    Args:
        cfg: which model, what it may spend and do.
        key: for the endpoint.
        chat: the model, where it is not to be made from `cfg`.

    Raises:
        ModelFailure: "no_model".
    """

    def __init__(self, cfg: ModelCfg, key: str = "", chat: BaseChatModel | None = None) -> None:
        self.cfg = cfg
        self._structured = structured(cfg, key, chat)

    def look(
        self,
        about: About,
        data: Mapping[str, Any],
        pictures: Sequence[Picture],
        calls: Calls = UNTOLD,
        *,
        turned: bool = False,
    ) -> Sight:
        """Ask once.

        Args:
            about: the outcome of an attempt, or an imagined video.
            data: what is expected, and the things it names.
            pictures: in order.
            calls: what goes with the request; it counts as "check" or "gate".
            turned: ask whether it is missed.
        """
        purpose = "check" if about == "outcome" else "gate"
        messages = question(about, data, pictures, turned)
        try:
            reply = self._structured.ask(messages, schema(about, turned), Meter(self.cfg, calls), purpose)
            return read_sight(reply, about, turned)
        except ModelFailure as failure:
            return Sight("failed", {}, failure.code, quoted(str(failure)))


def question(
    about: About, data: Mapping[str, Any], pictures: Sequence[Picture], turned: bool = False
) -> list[BaseMessage]:
    """The messages: rules without a name of any thing; then the data, and each picture after its own name."""
    on_the_way = any(picture.name.startswith("on the way") for picture in pictures)
    rules = render(f"eyes.{about}.md.j2", turned=turned, claim=_CLAIMS[about, turned][0], on_the_way=on_the_way)
    content: list[str | dict[str, Any]] = [{"type": "text", "text": as_data(dict(data))}]
    for picture in pictures:
        url = f"data:image/jpeg;base64,{base64.b64encode(picture.jpeg).decode()}"
        content += [{"type": "text", "text": f"{picture.name}:"}, {"type": "image_url", "image_url": {"url": url}}]
    return [SystemMessage(rules), HumanMessage(content)]


def schema(about: About, turned: bool = False) -> dict[str, Any]:
    """Of the answer: what is seen comes first, so that it is not made to fit."""
    properties: dict[str, Any] = {name: {"type": "string"} for name in _TEXTS[about]}
    properties |= {name: {"type": "string", "enum": list(_ANSWERS)} for name in _CLAIMS[about, turned]}
    return {
        "title": "look",
        "description": "What the pictures show.",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def read_sight(reply: Mapping[str, Any], about: About, turned: bool = False) -> Sight:
    """What a model answered. Of several claims all have to hold, and one that does not is enough against it.

    Raises:
        ModelFailure: "nonsense", something is missing or is of another kind.
    """
    texts, claims = ({n: reply.get(n) for n in names} for names in (_TEXTS[about], _CLAIMS[about, turned]))
    wrong = [n for n, v in texts.items() if not isinstance(v, str)]
    wrong += [n for n, v in claims.items() if not isinstance(v, str) or v not in _ANSWERS]
    if wrong:
        raise ModelFailure("nonsense", f"{', '.join(wrong)} missing, or none of {', '.join(_ANSWERS)}")
    held = [_TURNED.get(str(v), "cannot_tell") if turned else v for v in claims.values()]
    answer: Answer = "no" if "no" in held else "cannot_tell" if "cannot_tell" in held else "yes"
    return Sight(answer, {name: quoted(str(text)) for name, text in texts.items()})
