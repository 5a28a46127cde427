"""Reads the reports for forges in a folder, and compares what they say with the JSON report beside them."""

import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import cmarkgfm
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

SEVERITIES = {"info", "minor", "major", "critical", "blocker"}
OURS = {"h3", "p", "strong", "code", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "pre", "details", "summary"}


class Page(HTMLParser):
    """The rows of all tables, each cell as its text, every block of code, and every tag there is."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.rows, self.tags, self.cell = [], set(), None
        self.blocks, self.in_block = [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag == "pre":
            self.blocks.append("")
            self.in_block = True
        if tag in ("td", "th"):
            self.cell = ""

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.rows[-1].append(self.cell)
            self.cell = None
        if tag == "pre":
            self.in_block = False

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data
        if self.in_block:
            self.blocks[-1] += data


def read_markdown(text, report):
    assert len(text) < 65_000
    environments = [environment["name"] for environment in report["environments"]]
    expected = sorted(map(endpoint, report["endpoints"]))
    marks = {"✗": report["summary"]["mismatch"], "!": report["summary"]["error"], "-": report["summary"]["skipped"]}
    probes = [probe for entry in report["endpoints"] for probe in entry["probes"]]
    commands = sorted(without_port(probe["curl"] + "\n") for probe in probes if "curl" in probe)
    renderers = {
        "cmark-gfm": lambda: cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE),
        "markdown-it": lambda: MarkdownIt("gfm-like", {"html": True}).render(text),
    }
    for name, render in renderers.items():
        page = Page(render())
        assert page.tags <= OURS, f"{name}: {page.tags - OURS}"
        rows = [row for row in page.rows if len(row) == len(environments) + 1 and row[0] != "endpoint"]
        others = [row for row in page.rows if row not in rows and row[0] not in ("endpoint", "environment")]
        assert [row[0] for row in others] == environments, f"{name}: {others}"
        # No path has a space, so what comes after one is the endpoint's name.
        told = sorted(row[0].split(" (")[0] for row in rows)
        assert told == expected, f"{name}: {told}, expected {expected}"
        blocks = sorted(map(without_port, page.blocks))
        assert blocks == commands, f"{name}: {blocks}, expected {commands}"
        for mark, count in marks.items():
            seen = sum(cell[:1] == mark for row in rows for cell in row[1:])
            assert seen == count, f"{name}: {mark} stands {seen} times, expected {count}"


def without_port(command):
    """An embedded environment listens elsewhere in every run."""
    return re.sub(r"127\.0\.0\.1:[0-9]+", "HOST", command)


def endpoint(entry):
    method = "" if entry["method"] == "GET" else entry["method"] + " "
    return method + entry["path"]


def read_gitlab(issues, again, problems):
    assert len(issues) == problems, f"{len(issues)} issues, expected {problems}"
    for issue in issues:
        assert issue["severity"] in SEVERITIES, issue
        assert issue["description"] and issue["check_name"], issue
        path = issue["location"]["path"]
        assert path == ".ci/consumers.d/hostile.yaml", path
        assert Path(path).is_file() and issue["location"]["lines"]["begin"] >= 1, issue
    fingerprints = [issue["fingerprint"] for issue in issues]
    assert len(set(fingerprints)) == len(fingerprints)
    assert all(re.fullmatch("[0-9a-f]{32}", fingerprint) for fingerprint in fingerprints)
    assert fingerprints == [issue["fingerprint"] for issue in again]


def read_github(text, problems):
    # As the runner looks for commands: at the start of a line, whatever white space is before it.
    commands = [line.strip() for line in re.split(r"[\r\n]+", text) if line.lstrip().startswith("::")]
    assert "##[" not in text
    for command in commands:
        word, properties, _ = re.fullmatch(r"::(\w+) (.*?)::(.*)", command).groups()
        assert word in ("error", "warning", "notice"), command
        pairs = dict(pair.split("=", 1) for pair in properties.split(","))
        assert set(pairs) <= {"file", "line", "title"}, command
        assert unquote(pairs["file"]) == ".ci/consumers.d/hostile.yaml", command
    errors = [command for command in commands if command.startswith("::error ")]
    assert len(errors) == min(problems, 10)
    rest = re.search("title=and ([0-9]+) more::", errors[-1])
    assert int(rest[1]) == problems - 9, rest


def read_sarif(log, problems):
    results = log["runs"][0]["results"]
    assert len(results) == problems
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    for result in results:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    fingerprints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]
    assert len(set(fingerprints)) == len(fingerprints)


def main():
    folder = Path(sys.argv[1])
    text = lambda name: (folder / name).read_text(encoding="utf-8")
    report = json.loads(text("report.json"))
    problems = report["summary"]["mismatch"] + report["summary"]["error"]
    assert problems > 10 and report["summary"]["flaky"] == 0
    read_markdown(text("report.md"), report)
    read_gitlab(json.loads(text("gitlab.json")), json.loads(text("gitlab-again.json")), problems)
    read_github(text("github.txt"), problems)
    read_sarif(json.loads(text("report.sarif")), problems)


main()
