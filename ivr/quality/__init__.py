"""What do recorded talks teach? Every recording is looked at by a worker; reports add them up.

Recording → measured → taken down → judged (`reviewing.py`), claimed and kept by `worker.py`; then
`report.py`, `hot_words.py`, `topics.py` and `page.py` say it to people.
"""
