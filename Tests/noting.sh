#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Stands in the place of a program and notes what it prints as JSON, so that it can be held to the schemas. Tests/schemas.py and the
# guest of the kernel lab write a copy for each program: @REAL@ is the program, @NOTES@ the directory for the notes.
case " $* " in
  " send "*"--json "*) output=archive ;;
  " top "*"--jsonl "* | *" --watch "*"--jsonl "*) output=stream ;;
  *" --json "* | *" --jsonl "* | *" --format json "* | *" --format=json "* | *" --record "* | " manifest "*) output=json ;;
  *) exec @REAL@ "$@" ;;
esac
# Where it may write nothing, nothing is noted.
noted=$(mktemp "@NOTES@/XXXXXXXX" 2> /dev/null) || exec @REAL@ "$@"
if [ "$output" = stream ]; then
  # Somebody waits for the lines as they come, and ends the program by its number.
  stream=$(mktemp -u "@NOTES@/../XXXXXXXX") && mkfifo "$stream" && { tee "$noted" < "$stream" & } && exec @REAL@ "$@" > "$stream"
fi
if [ "$output" = archive ]; then
  # Its standard output is an archive; what it tells of it goes to standard error.
  @REAL@ "$@" 2> "$noted"
  status=$?
  cat "$noted" >&2
else
  @REAL@ "$@" > "$noted"
  status=$?
  cat "$noted"
fi
exit $status
