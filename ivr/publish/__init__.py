"""How edited flow files become the hotline's live version, and how calls come to be served by it.

    flows/ ──read──▶ check ──▶ try the calls ──▶ build the prompts ──▶ store ──▶ engine
                        └───────────── any of them may refuse ─────────┘

`release` publishes and goes back, `origin` remembers which version a folder came from, `merge` puts
two people's work together, and `live` has a running engine follow.
"""
