#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Completions in the real shells: what bash, zsh and fish offer for command lines that are not finished.

    test-completions.py PROGRAM      needs bash-completion, zsh and fish; a shell that is missing is an error"""

import fcntl
import os
import pathlib
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time

# A command line up to the cursor, words that are offered, and words that are not.
CASES = [
    ("cachefiles st", ["stats"], ["show"]),
    ("cachefiles stats ", ["diff", "forecast", "directory-one/"], ["show", "file-one"]),
    ("cachefiles stats diff --", ["--json"], ["--records"]),
    ("cachefiles stats forecast --", ["--days"], ["--records"]),
    ("cachefiles stats diff fil", ["file-one"], []),
    ("cachefiles stats --format ", ["text", "json", "openmetrics", "prometheus", "csv"], []),
    ("cachefiles stats --format=op", ["openmetrics"], ["--records"]),
    ("cachefiles stats --format=", ["openmetrics", "text"], []),
    ("cachefiles stats --records --report=fil", ["file-one"], []),
    ("cachefiles fsck --only=O06,V0", ["O06,V01"], ["O06,O01"]),
    ("cachefiles cull --netfs=nfs --vol", ["--volume"], []),
    ("cache-du --by=ser", ["server"], ["volume"]),
    ("cachefiles stats --no-", ["--no-walk", "--no-kernel"], []),
    ("cachefiles du --by ", ["server", "volume", "path"], []),
    ("cachefiles cull --netfs ", ["nfs", "cifs", "9p"], []),
    ("cachefiles fsck --only O0", ["O01", "O06"], ["O10"]),
    ("cachefiles fsck --only O06,V0", ["O06,V01"], ["O06,O01"]),
    ("cachefiles sample --capture 6.1", ["6.12", "6.1-afs"], ["5.10"]),
    ("cachefiles help st", ["stats"], ["cull"]),
    ("cachefiles help ful", ["full"], ["stats"]),
    ("cachefiles fsck --journal fil", ["file-one"], []),
    ("cachefiles stats --output fil", ["file-one"], []),
    ("cachefiles stats --proc dir", ["directory-one/"], ["file-one"]),
    ("cachefiles sweep dir", ["directory-one/"], ["file-one"]),
    ("cachefiles show fil", ["file-one"], []),
    ("cachefiles keep ", ["add", "remove", "check"], []),
    ("cachefiles verify --dis", ["--discard"], []),
    ("cachefiles verify --against dir", ["directory-one/"], ["file-one"]),
    ("cachefiles prefill --from fil", ["file-one"], []),
    ("cachefiles explain O0", ["O06"], []),
    ("cachefiles-fsck --only V0", ["V01"], ["O01"]),
    ("cache-du --by ", ["server"], []),
]

BASH = r"""
source /usr/share/bash-completion/bash_completion
for file in completions/bash/*; do source "$file"; done
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9 COMP_KEY=9
# Bash makes a word of each sign of equality.
read -ra COMP_WORDS <<<"${1//=/ = }"
[[ $1 == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
function=$(complete -p "${COMP_WORDS[0]}" | sed 's/.*-F \([^ ]*\) .*/\1/')
"$function" "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>/dev/null
printf '%s\n' "${COMPREPLY[@]}"
"""

# An interactive zsh in a terminal of its own; what it inserts and lists is read from its screen.
ZSH = r"""
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; unsetopt prompt_sp prompt_cr; fpath=($PWD/completions/zsh $fpath); autoload -Uz compinit; compinit -u -D; stty rows 200 cols 200; zstyle ":completion:*" list-prompt ""; LISTMAX=0; print READY'
zpty -r -m z line '*READY*READY*'
zpty -w -n z "$1"$'\t\t'
sleep 2
zpty -r -t z screen; while zpty -r -t z more; do screen+=$more; done
print -r -- "$screen"
"""


def typed(line, folder, environment):
    """What an interactive fish lists: what is asked of the program is offered there alone."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.execvpe("fish", ["fish", "--no-config", "-i", "-C",
                            "for file in completions/fish/*; source $file; end; function fish_prompt; end"], environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 200, 200, 0, 0))

    def screen(seconds):
        seen, end = b"", time.monotonic() + seconds
        while time.monotonic() < end:
            if not select.select([terminal], [], [], 0.2)[0]:
                continue
            try:
                data = os.read(terminal, 1 << 16)
            except OSError:
                break
            seen += data
            # It asks what the terminal is, and waits for the answer.
            if b"\x1b[c" in data:
                os.write(terminal, b"\x1b[?62;c")
        return seen
    screen(3)
    os.write(terminal, line.encode() + b"\t\t")
    seen = screen(4)
    os.close(terminal)
    os.waitpid(process, 0)
    return seen.decode(errors="replace")


def offered(shell, line, folder):
    if shell == "bash":
        command = ["bash", "-c", BASH, "bash", line]
    elif shell == "fish":
        quoted = line.replace("'", "\\'")
        command = ["fish", "-c", f"for file in completions/fish/*; source $file; end; complete -C '{quoted}'"]
    else:
        command = ["zsh", "-f", "-c", ZSH, "zsh", line]
    environment = dict(os.environ, PATH=f"{folder}/bin:" + os.environ["PATH"], TERM="xterm", HOME=str(folder), LC_ALL="C.UTF-8")
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL)
    output = result.stdout
    if shell == "fish" and "non-interactive" in result.stderr:
        output = typed(line, folder, environment)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|[\r\a\b]", "", output)
    return {word.strip() for words in text.splitlines() for word in re.split(r"\t|\s{2,}|\s--\s|\s", words)}, text


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    wrong = []
    with tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory)
        (folder / "bin").mkdir()
        (folder / "directory-one").mkdir()
        (folder / "file-one").touch()
        for name in ("cachefiles", "cachefiles-fsck", "cachefiles-cull", "cache-du"):
            (folder / "bin" / name).symlink_to(program)
            for shell, form in (("bash", "{}"), ("zsh", "_{}"), ("fish", "{}.fish")):
                target = folder / "completions" / shell / form.format(name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(subprocess.run([folder / "bin" / name, "--generate-completion-script", shell], check=True,
                                                  capture_output=True).stdout)
        shells = sys.argv[2:] or ["bash", "zsh", "fish"]
        for shell in shells:
            count = 0
            for line, wanted, unwanted in CASES:
                words, text = offered(shell, line, folder)
                # Zsh and fish offer the whole of `--option=value`, bash the value.
                plain = {word.rstrip("/=").split("=")[-1] for word in words}
                missing = [word for word in wanted if word.rstrip("/") not in plain]
                extra = [word for word in unwanted if word.rstrip("/") in plain - {line.split()[-1]}]
                if missing or extra:
                    wrong.append(f"{shell}: '{line}' lacks {missing}, has {extra}: {sorted(words)[:12]}")
                else:
                    count += 1
            print(f"{shell}: {count} of {len(CASES)} command lines")
    if wrong:
        raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main()
