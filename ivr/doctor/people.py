"""Is there anybody to answer?"""

from collections.abc import Iterator

from ivr.doctor.finding import Finding
from ivr.flow.files import FlowFiles
from ivr.flow.load import load
from ivr.flow.problem import BrokenFlow
from ivr.settings import Settings
from ivr.store.database import Database


def database(settings: Settings) -> Iterator[Finding]:
    """The database, and the flows published in it."""
    with Database.open(settings.url) as opened:
        live = opened.versions.live()
    yield Finding("good", "the database can be used")
    if live is None:
        yield Finding("good", "no version of the flows is published yet; the first start does it")
    elif not settings.flows.is_dir():
        yield Finding("good", f"version {live.number} of the flows is live")
    elif FlowFiles.read(settings.flows).hash == live.hash:
        yield Finding("good", f"version {live.number} of the flows is live, as it is in flows/")
    else:
        what = f"version {live.number} of the flows is live, and flows/ differs from it"
        yield Finding("warning", what, "careline diff, then careline publish")


def agents(settings: Settings) -> Iterator[Finding]:
    """The agents, and what they can do between them."""
    with Database.open(settings.url) as opened:
        everybody = opened.agents.list()
    if not everybody:
        remedy = "careline agents add NAME --skill zh=3"
        yield Finding("bad", "there are no agents", remedy)
        return
    there = [agent.name for agent in everybody if agent.logged_in]
    if there:
        yield Finding("good", f"{len(there)} of {len(everybody)} agents are logged in")
    else:
        remedy = f"*45 on an agent's phone, or: careline agents ready {everybody[0].name}"
        yield Finding("warning", "no agent is logged in", remedy)
    try:
        known = load(settings.flows).center.skills
    except BrokenFlow:
        return  # said before
    had = {skill for agent in everybody for skill in agent.skills}
    if lacking := [skill for skill in known if skill not in had]:
        what = f"no agent has {', '.join(lacking)}"
        remedy = "careline agents skill NAME --skill … (name all the skills the agent has)"
        yield Finding("warning", what, remedy)
    for agent in everybody:
        if unknown := [skill for skill in agent.skills if skill not in known]:
            what = f"{agent.name} has {', '.join(unknown)}, which center.yaml does not name"
            yield Finding("warning", what, f"careline agents skill {agent.name} --skill …")
