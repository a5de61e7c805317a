"""How does a CI server read what was tried? As JUnit's XML, the format all of them know."""

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as Xml

from ivr.trial.case import Tried

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(path: Path, tried: Sequence[Tried]) -> None:
    """Write one test suite a file of calls, one test case a call, times in simulated seconds."""
    suites = Xml.Element("testsuites", name="careline")
    for file in dict.fromkeys(one.case.source.path for one in tried):
        own = [one for one in tried if one.case.source.path == file]
        failed = sum(bool(one.problems) for one in own)
        suite = Xml.SubElement(
            suites, "testsuite", name=file, tests=str(len(own)), failures=str(failed), errors="0"
        )
        for one in own:
            lasted = (one.trial.events[-1].at - one.trial.events[0].at).total_seconds()
            test = Xml.SubElement(
                suite,
                "testcase",
                classname=file,
                name=_clean(one.case.spec.call),
                file=file,
                line=str(one.case.source.value(one.case.loc).line),
                time=f"{lasted:.1f}",
            )
            for problem in one.problems:
                failure = Xml.SubElement(test, "failure", message=_clean(problem.message))
                failure.text = _clean(str(problem))
    Xml.indent(suites)
    Xml.ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("�", text)
