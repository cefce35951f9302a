#!/usr/bin/env python3
"""Looks at a report: one well-formed page with well-formed figures, whole in itself, whatever names are in it.

usage: check_report.py REPORT [--figures N] [--has TEXT]... [--rows N]
What is wrong goes to stdout; status 1 then. --has: the text that a reader sees contains this.
"""
import argparse
import html.parser
import re
import sys
import xml.etree.ElementTree

VOID = {"meta", "br", "wbr", "link", "img", "hr", "input"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.text, self.rows, self.figures, self.wrong = [], [], [], 0, 0, []
        self.targets, self.heads, self.cells = [], None, 0

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        self.take(tag, attrs)

    def handle_startendtag(self, tag, attrs):
        self.take(tag, dict(attrs))

    def take(self, tag, attrs):
        if tag in ("script", "link", "img", "iframe", "object", "base", "embed"):
            self.wrong.append(f"an element <{tag}>")
        if "id" in attrs:
            self.ids.append(attrs["id"])
        for name in ("href", "xlink:href"):
            if name in attrs:
                self.targets.append(attrs[name])
        if any(name.startswith("on") or name == "src" for name in attrs):
            self.wrong.append(f"<{tag}> with {attrs}")
        self.figures += tag == "svg"
        if tag == "svg" and not (attrs.get("role") == "img" and attrs.get("aria-label")):
            self.wrong.append("a figure without a name")
        self.take_table(tag, attrs)
        self.rows += tag == "tr" and "tbody" in self.open and "figure" not in self.open

    def take_table(self, tag, attrs):
        """A comparison can be folded: each cell names its column, and there is a rule for the table's class."""
        if tag == "table":
            fit = re.match(r"comparison (fit\d+)", attrs.get("class", ""))
            self.heads, self.cells = 0 if fit else None, 0
            if fit and f".{fit[1]}{{" not in self.source:
                self.wrong.append(f"no rule for {fit[1]}")
        if self.heads is not None and "table" in self.open:
            self.heads += tag == "th" and "thead" in self.open
            self.cells += tag == "td"
            if tag == "td" and not attrs.get("data-head"):
                self.wrong.append("a cell without the name of its column")

    def handle_endtag(self, tag):
        if tag == "tr" and "tbody" in self.open and self.heads is not None:
            if self.cells != self.heads - 1:
                self.wrong.append(f"{self.cells} cells below {self.heads} heads")
            self.cells = 0
        if tag == "table":
            self.heads = None
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text.append(data)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("report")
    parser.add_argument("--figures", type=int)
    parser.add_argument("--rows", type=int, help="the least number of rows of tables")
    parser.add_argument("--has", action="append", default=[])
    arguments = parser.parse_args()
    with open(arguments.report, encoding="utf-8", newline="") as file:
        source = file.read()
    page = Page()
    page.source = source
    page.feed(source)
    page.close()
    wrong = page.wrong
    if page.open:
        wrong.append(f"not closed: {page.open}")
    if len(set(page.ids)) != len(page.ids):
        wrong.append("an id twice")
    for target in page.targets:
        if not (target.startswith("#") and target[1:] in page.ids):
            wrong.append(f"a reference to {target!r}")
    for name in re.findall(r"url\(([^)]*)\)", source):
        if not (name.startswith("#") and name[1:] in page.ids):
            wrong.append(f"a url of {name!r}")
    if re.search(r"https?://|@import", source):
        wrong.append("something from outside")
    for svg in re.findall(r"<svg.*?</svg>", source, re.S):
        try:
            xml.etree.ElementTree.fromstring(svg)
        except xml.etree.ElementTree.ParseError as error:
            wrong.append(f"a figure that is no XML: {error}")
        for colour in set(re.findall(r"rgb\([^)]*\)", svg)):
            wrong.append(f"a colour that is not the page's: {colour}")
    text = re.sub(r"\s+", " ", "".join(page.text))
    for wanted in arguments.has:
        if wanted not in text:
            wrong.append(f"not said: {wanted!r}")
    if arguments.figures is not None and page.figures != arguments.figures:
        wrong.append(f"{page.figures} figures, expected {arguments.figures}")
    if arguments.rows is not None and page.rows < arguments.rows:
        wrong.append(f"{page.rows} rows, expected at least {arguments.rows}")
    print("\n".join(wrong), end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)


main()
