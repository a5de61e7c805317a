"""What is missing before this hotline can answer, and how is it mended?

`examine` looks at everything in the order in which an admin sets it up:

    words       flow files and prompts
    ears        recognizers
    disk        room
    secrets     of other systems, and of the recordings
    people      the database, the published flows, the agents
    telephony   the switch, the link to it, the phones
    engine      whether it runs, and is well
"""

from ivr.doctor.examine import examine
from ivr.doctor.finding import Finding, Grade

__all__ = ["Finding", "Grade", "examine"]
