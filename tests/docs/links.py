#!/usr/bin/python3
"""Links of Markdown pages to files and headings that exist; addresses of the web are not looked at. usage: links.py PAGE ..."""
import re
import sys
from pathlib import Path


def without_code(text):
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))


def anchors(page):
    """As GitHub makes them of headings."""
    heads = re.findall(r"^#+ +(.*)$", re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


bad = 0
for page in map(Path, sys.argv[1:]):
    for link in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            print(f"{page}: {link}: no such {'heading' if target.exists() else 'file'}")
            bad += 1
sys.exit(bad > 0)
