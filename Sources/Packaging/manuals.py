#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the manual pages, in mdoc.

NAME, SYNOPSIS, DESCRIPTION, OPTIONS and EXIT STATUS come from the program's own tables, so that a page never tells of another
program than the one it is packaged with. FILES, EXAMPLES, SEE ALSO and the like are written by hand, in man/PAGE.mdoc; options
that these mention must exist. man/PAGE.5.mdoc, the format and the settings of the daemon, are whole pages.

    manuals.py PROGRAM DIRECTORY     writes DIRECTORY/man1, man5 and man8
    manuals.py --check PROGRAM       writes nothing; status 1 when a hand-written part names an option that there is not
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import textwrap
import time

HERE = pathlib.Path(__file__).resolve().parent

# Commands for the system's administrator, that change a cache.
SECTION_8 = {"fsck", "cull", "sweep", "purge", "daemon"}
# What a command is called as a program of its own.
PROGRAMS = {"du": "cache-du"}


def page_name(path):
    """The name and the section of the page of a command: git's way, cachefiles-stats-diff(1)."""
    if len(path) == 1:
        return path[0], 1
    name = PROGRAMS.get(path[1]) if len(path) == 2 else None
    return name or "-".join(path), 8 if path[1] in SECTION_8 else 1


def escape(text):
    """Text as roff takes it: backslashes, hyphens that are meant as such, quotes, and no line that begins as a request."""
    text = text.replace("\\", "\\e").replace("…", "...").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    text = re.sub(r"(?<=[a-z])\\-(?=[a-z])", "-", text)
    return "\\&" + text if text.startswith(".") else text


def prose(text):
    """A paragraph: one sentence a line, as mdoc wants it, and with the names of options and of the cache's attribute marked."""
    lines = []
    for sentence in re.split(r"(?<=[.:;?!])\s+(?=[A-Z'\-0-9(*])", " ".join(text.split())):
        if lines and re.search(r"(?:\be\.g|\bi\.e|…)\.?$", lines[-1]):
            lines[-1] += " " + sentence
        else:
            lines.append(sentence)
    return [escape(part) for line in lines for part in textwrap.wrap(line, 72, break_on_hyphens=False, break_long_words=False)]


def literal(lines):
    indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return [".Bd -literal -offset indent"] + [escape(line[indent:]) for line in lines] + [".Ed"]


def description(text):
    """The discussion of a command without its exit statuses, as mdoc."""
    # Where the packages put the documents.
    text = re.sub(r"\bDocs/(?=\w+\.md)", "/usr/share/doc/cachefiles-toolkit/", text)
    result = []
    for block in text.split("\n\n"):
        lines = block.split("\n")
        while lines:
            indented = lines[0].startswith("  ")
            count = next((n for n, line in enumerate(lines) if line.startswith("  ") != indented), len(lines))
            part, lines = lines[:count], lines[count:]
            if indented:
                result += literal(part)
            else:
                if result and not result[-1].startswith((".Ed", ".Sh", ".Bd")):
                    result.append(".Pp")
                result += prose(" ".join(part))
    return result


def exit_statuses(text):
    """Splits a discussion: what is before its exit statuses, a heading's remark, the table, and what is said behind it."""
    match = re.search(r"^EXIT STATUS(?: \((?P<remark>[^)]*)\))?\n(?P<table>(?:  .*(?:\n|$))+)(?P<rest>[\s\S]*)", text, re.M)
    if not match:
        return text, None, [], ""
    rows = []
    for line in match["table"].rstrip("\n").split("\n"):
        row = re.match(r"  (\S+)\s+(.*)", line)
        if row and not line.startswith("       "):
            rows.append([row[1], row[2]])
        else:
            rows[-1][1] += " " + line.strip()
    return text[: match.start()].strip(), match["remark"], rows, match["rest"].strip()


def names(argument):
    """The forms of an option, the short ones first."""
    order = sorted(argument.get("names", []), key=lambda name: name["kind"] != "short")
    return [("" if name["kind"] == "short" else "-") + name["name"] for name in order]


def flag(form):
    return "Fl " + form.replace("-", "\\-")


def synopsis(command, program):
    result = [".Nm " + program]
    for argument in sorted(command["arguments"], key=lambda argument: argument["kind"] == "positional"):
        if not argument.get("shouldDisplay", True):
            continue
        value = argument.get("valueName", "")
        if argument["kind"] == "positional":
            item = "Ar " + value + (" ..." if argument["isRepeating"] else "")
        else:
            item = flag(names(argument)[0]) + (" Ar " + value if argument["kind"] == "option" else "")
        result.append(("." if not argument["isOptional"] else ".Op ") + item)
    return result


def options(command):
    result = []
    for argument in command["arguments"]:
        if not argument.get("shouldDisplay", True):
            continue
        value = argument.get("valueName", "")
        if argument["kind"] == "positional":
            result.append(".It Ar " + value)
        else:
            forms = " , ".join(flag(form) for form in names(argument))
            result.append(".It " + forms + (" Ar " + value if argument["kind"] == "option" else ""))
        text = argument.get("abstract", "")
        result += prose(text) if text else ["\\&"]
        values = argument.get("allValues")
        if values and argument["kind"] != "flag":
            listed = ", ".join(values)
            if not all(re.search(rf"\b{re.escape(word)}\b", text) for word in values):
                result += prose(f"One of {listed}.")
        if argument.get("defaultValue") and argument["kind"] == "option":
            result.append(escape(f"The default is {argument['defaultValue']}."))
    return [".Bl -tag -width Ds"] + result + [".El"]


def extra(name):
    path = HERE / "man" / (name + ".mdoc")
    text = path.read_text()
    # The licence of the source is no part of the page.
    return [line for line in text.rstrip("\n").split("\n") if not line.startswith('.\\" SPDX')]


def page(command, path, version, date):
    name, section = page_name(path)
    before, remark, rows, after = exit_statuses(command.get("discussion", ""))
    abstract = command["abstract"].rstrip(".?")
    if not re.match(r"[A-Z]{2}", abstract):
        abstract = abstract[0].lower() + abstract[1:]
    lines = [
        f'.\\" Written by Sources/Packaging/manuals.py from the tables of the program and man/{name}.mdoc.',
        f".Dd {date}", f".Dt {name.upper()} {section}", f".Os cachefiles\\-toolkit {version}",
        ".Sh NAME", f".Nm {name}", ".Nd " + escape(abstract), ".Sh SYNOPSIS",
    ]
    lines += synopsis(command, " ".join(path) if name not in PROGRAMS.values() else name)
    if name in ("cachefiles-fsck", "cachefiles-cull"):
        lines += [f".Nm {name}", ".Op Ar options", ".Op Ar dir"]
    if name == "cache-du":
        lines += [".Nm cachefiles du", ".Op Ar options", ".Op Ar dir"]
    lines += [".Sh DESCRIPTION"] + description(before)
    groups = command.get("subcommands", [])
    parts = extra(name)
    if groups:
        lines += [".Ss Commands", ".Bl -tag -width Ds"]
        for sub in groups:
            if sub["commandName"] == "help" or not sub.get("shouldDisplay", True):
                continue
            title, number = page_name(path + [sub["commandName"]])
            lines += [f".It Xr {title} {number}"] + prose(sub["abstract"])
        lines += [".El"]
    if command["arguments"]:
        lines += [".Sh OPTIONS"] + options(command)
    # The order in which mdoc has sections: FILES, EXIT STATUS, EXAMPLES.
    later = next(n for n, line in enumerate(parts) if line.startswith((".Sh EX", ".Sh SEE")))
    lines += parts[:later]
    parts = parts[later:]
    own = [line for line in parts if line.startswith(".Sh EXIT STATUS")]
    if rows and not own:
        lines += [".Sh EXIT STATUS"]
        lines += prose((remark[0].upper() + remark[1:] + ":") if remark else "The status tells what came of it:")
        lines += [".Bl -tag -width 128+"]
        for status, meaning in rows:
            lines += [".It " + escape(status)] + prose(meaning)
        lines += [".El"]
        if after:
            lines += [".Pp"] + prose(after)
    elif not own:
        raise SystemExit(f"{name}: the help page says nothing of its exit statuses")
    lines += parts
    text = "\n".join(lines) + "\n"
    # A list or a display opens its own paragraph, and a section needs none before it.
    return re.sub(r"\.Pp\n(?=\.(Bl|Bd|Sh|Ss|Pp))", "", text)


def commands(tree):
    """All commands that have a page: (path, command)."""
    def walk(command, path):
        path = path + [command["commandName"]]
        subcommands = [sub for sub in command.get("subcommands", []) if sub["commandName"] != "help"]
        default = command.get("defaultSubcommand")
        shown = next((sub for sub in subcommands if sub["commandName"] == default), None)
        if shown:
            # What a group does by itself: the page of the group has its options.
            command = dict(shown, abstract=command["abstract"], subcommands=[s for s in subcommands if s is not shown])
            subcommands = command["subcommands"]
        yield path, command
        for sub in subcommands:
            yield from walk(sub, path)
    yield from walk(tree["command"], [])


def check(tree):
    """Whether options that a hand-written part mentions exist in its page's command, or in any for a pages of several."""
    wrong = []
    every = {path_name: command for path_name, command in ((page_name(p)[0], c) for p, c in commands(tree))}
    known = {form for command in every.values() for argument in command["arguments"] for form in names(argument)}
    for path in sorted((HERE / "man").glob("*.mdoc")):
        name = path.name.removesuffix(".mdoc")
        if not name.endswith(".5") and name not in every:
            wrong.append(f"{path.name}: there is no command of this name")
        text = path.read_text()
        mentioned = {form.replace("\\-", "-") for form in re.findall(r"\bFl (\S+)", text)}
        # A command line in an example or in prose.
        for line in re.findall(r"^(?:# |\$ )?(?:cachefiles|cache-du)\b.*$", text, re.M):
            mentioned |= {"-" + form for form in re.findall(r"\s--([a-z][a-z0-9-]*)", line.replace("\\-", "-"))}
        wrong += [f"{path.name}: no command has the option -{form}" for form in sorted(mentioned - known)]
    for name in every:
        if not (HERE / "man" / (name + ".mdoc")).exists():
            wrong.append(f"{name}: man/{name}.mdoc is missing")
    return wrong


def main():
    arguments = sys.argv[1:]
    checking = "--check" in arguments
    arguments = [argument for argument in arguments if argument != "--check"]
    program = arguments[0]
    tree = json.loads(subprocess.run([program, "--experimental-dump-help"], check=True, capture_output=True).stdout)
    wrong = check(tree)
    if wrong:
        raise SystemExit("\n".join(wrong))
    if checking:
        return
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.split()[1]
    moment = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")) or time.time(), datetime.timezone.utc)
    date = moment.strftime("%B ") + f"{moment.day}, {moment.year}"
    target = pathlib.Path(arguments[1])
    for path, command in commands(tree):
        name, section = page_name(path)
        write(target, name, section, page(command, path, version, date))
    for path in (HERE / "man").glob("*.5.mdoc"):
        name = path.name.removesuffix(".5.mdoc")
        text = "\n".join(extra(name + ".5")) + "\n"
        write(target, name, 5, text.replace("@DATE@", date).replace("@VERSION@", version))
    # `man cachefiles-du`, as for all other commands.
    link = target / "man1" / "cachefiles-du.1"
    link.unlink(missing_ok=True)
    link.symlink_to("cache-du.1")


def write(target, name, section, text):
    path = target / f"man{section}" / f"{name}.{section}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


if __name__ == "__main__":
    main()
