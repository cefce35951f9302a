# awk -F, -v names="RUN/ALGORITHM RUN/ALGORITHM ..." -f numbered.awk TABLE
# A table of a report (sim/report/tables.h) with the numbers of the curves in place of their names. Rows of no curve are left out.

BEGIN {
    n = split(names, name, " ")
    for (i = 1; i <= n; i++)
        number[name[i]] = i
}

NR == 1 && $1 == "curve" {
    print
    next
}

$1 in number { print number[$1] substr($0, length($1) + 1) }
