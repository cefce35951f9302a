#!/bin/sh
# Prints PAGE with its generated tables filled in again: what stands between <!-- generated: WORD --> and <!-- end --> becomes
# what PROGRAM --markdown WORD prints.
# usage: man/tables.sh PROGRAM PAGE
exec awk -v program="$1" '
    /^<!-- generated: / {
        print
        command = program " --markdown " $3
        while ((command | getline line) > 0)
            print line
        if (close(command) != 0)
            exit failed = 1
        inside = 1
    }
    /^<!-- end -->/ {inside = 0}
    !inside && !/^<!-- generated: /
    END {exit failed}' "$2"
