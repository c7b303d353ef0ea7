"""Chat models with a script, for logic that no socket is needed for."""

from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from agent.model_planner import ModelPlanner
from agent.models.config import ModelCfg


class ScriptedChat(BaseChatModel):
    """Says one thing after another, as the arguments of the tool; raises what is an exception, and at its end."""

    replies: list[Any]
    asked: list[Any]

    @property
    def _llm_type(self):
        return "scripted"

    def bind_tools(self, tools, **kwargs):
        return self

    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        self.asked.append(messages)
        reply = self.replies.pop(0)
        if isinstance(reply, BaseException):
            raise reply
        usage = {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}
        call = {"name": "plan", "args": reply, "id": "1", "type": "tool_call"}
        text = isinstance(reply, str)
        message = AIMessage(reply if text else "", tool_calls=[] if text else [call], usage_metadata=usage)
        return ChatResult(generations=[ChatGeneration(message=message)])


def planner(*replies, **settings):
    """A model planner whose model says `replies`; and the model, for what it was asked."""
    chat = ScriptedChat(replies=list(replies), asked=[])
    return ModelPlanner(ModelCfg("scripted", retry_delay=0.0, **settings), chat=chat), chat


def answer(*events, **more):
    """A model's answer: (skill, args, words quoted) each."""
    rows = [{"skill": skill, "args": args, "said": said} for skill, args, said in events]
    return {"answer": "plan", "events": rows, "not_served": [], "question": "", "reason": "", **more}
