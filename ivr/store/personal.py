"""What of a call is personal, and what is left of it when the person is forgotten?"""

from collections.abc import Mapping
from typing import Any

# What may stay of each kind of event. A kind or field that is not named here is erased: a new
# event is safe before anybody has thought of it.
STATISTICS: dict[str, tuple[str, ...]] = {
    "arrived": ("dialled", "version"),
    "caller": ("known", "number_kind", "age", "language", "guessed", "country"),
    "rule": ("name",),
    "step": ("flow", "step", "kind"),
    "said": ("prompt", "language"),
    "language": ("language",),
    "heard": ("secret", "count"),
    "silence": (),
    "utterance": ("language", "confidence", "meaning"),
    "unclear": ("cause",),
    "understood": ("intent", "answer", "confidence"),
    "no_match": (),
    "command": ("command",),
    "human_wanted": ("at",),
    "branch": ("when", "to"),
    "share": ("to", "share"),
    "tries": ("count", "most"),
    "do": ("to", "given"),
    "returned": ("to", "values"),
    "dialog_left": (),
    "lookup": ("name", "outcome"),
    "sms": ("prompt", "taken"),
    "ticket": ("topic", "taken"),
    "consent": ("recording",),
    "ivr_recorded": ("recording", "recorded"),
    "ivr_muted": ("certain",),
    "ivr_heard": ("certain",),
    "secure_entry_begins": (),
    "secure_entry": ("outcome", "recording", "token"),
    "recorded": ("seconds", "ended"),
    "message": ("kind", "seconds", "queue", "kept"),
    "survey": ("question", "score"),
    "set": ("name",),
    "hours": ("hours", "open"),
    "closed": ("queue", "hours"),
    "supervised": ("act", "by", "queue", "agent", "phone"),
    "turned_away": ("why", "told"),
    "closed_by_hand": ("by", "prompt"),
    "unstaffed": ("queue",),
    "queue_full": ("queue",),
    "returns": ("head_start",),
    "waited_too_long": ("queue",),
    "taken_out": ("queue",),
    "waiting": (
        "queue",
        "need",
        "relax",
        "head_start",
        "position",
        "low",
        "high",
        "waited",
        "before",
        "own_agent",
        "patience",
    ),
    "announced": ("position", "low", "high", "longer"),
    "offer": ("agent", "need", "stage", "waited", "verdicts"),
    "withdrawn": ("agent", "cause"),
    "refused": ("agent", "cause"),
    "callback_offered": (),
    "callback_asked": ("queue",),
    "callback": ("of", "queue", "waited", "tried", "head_start"),
    "callback_rings": ("agent",),
    "agent_lost": ("of", "agent"),
    "callback_put_off": ("seconds", "tried"),
    "callback_taken_over": ("waited",),
    "transfer": ("to",),
    "not_joined": ("to", "cause"),
    "joined": ("agent", "to", "recording", "recorded"),
    "hold": (),
    "hold_over": ("seconds",),
    "talk_over": ("by",),
    "trouble": (),
    "link_lost": (),
    "picked_up": ("gap", "in_talk"),
    "lost": ("how",),
    "engine_stops": (),
    "ended": ("outcome", "by"),
}

# The columns of a call that name or describe the person, and what they become.
ERASED_SUMMARY: dict[str, str | None] = {"number": None, "masked": "", "name": "", "reason": ""}

# The columns of a message by which it could be found again. What it says is in its file.
ERASED_MESSAGE: dict[str, str | None] = {"number": None, "file": "", "sha256": ""}

# What a callback becomes that is not to be any more.
ERASED_CALLBACK: dict[str, str | None] = {"number": None, "state": "forgotten"}

# What may be stored of something secret (a PIN, a one-time code): that it was, and how long.
OF_A_SECRET = ("secret", "count", "step", "into")


def erase(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """An event's data without the person; `erased` is True in it if anything had to go."""
    kept = {name: data[name] for name in STATISTICS.get(kind, ()) if name in data}
    lost = set(data) - set(kept) - {"erased"}
    return {**kept, "erased": True} if lost or "erased" in data else kept


def without_secrets(data: Mapping[str, Any]) -> dict[str, Any]:
    """An event's data as it may be stored.

    Whoever makes an event leaves secrets out already; this holds even if one day somebody does not.
    """
    if data.get("secret"):
        return {name: data[name] for name in OF_A_SECRET if name in data}
    return dict(data)
