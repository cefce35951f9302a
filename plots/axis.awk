# band.awk | awk -F, -v x=COLUMN -v y=COLUMN [-v target=PER_CENT] [-v budget=X] [-v wide=EM -v tall=EM -v letters=N] -f axis.awk
# Axes for curves. The first line has these words, then follows the input as it is:
#   1 rows of the longest curve   2 seconds or bytes of a unit of x   3 its name
#   4 from  5 to  6 step  7 logarithmic: x, in units      8 from  9 to  10 step  11 logarithmic: y (accuracy in per cent)
#   12 side of the target's label: 1 above its line, -1 below, 0 nowhere      13 the label's right end, as a share of the plot's width
# A step of 0 is gnuplot's choice. An accuracy's axis stays within 0 and 100 and includes the target. wide and tall are the plot's size in letters, and the
# target's label has `letters` of them; the label stays clear of all curves and bands. NaN does not count; with no number at all, rows is 0. The axis of x ends at the budget, in
# seconds or bytes, if a curve comes as far.

$1 == "curve" { head = $0; next }

{
    line[++n] = $0
    own[n] = $1
    count[$1]++
    across[n] = $2 + 0
    last[$1] = $2 + 0 > last[$1] ? $2 + 0 : last[$1]
    if ($2 > 0 && (start == "" || $2 + 0 < start))
        start = $2 + 0
    is[n] = $3 !~ /[nN]/
    if (is[n]) {
        factor = y ~ /_accuracy$/ ? 100 : 1
        mean[n] = $3 * factor
        low[n] = $4 * factor
        high[n] = $5 * factor
        least = numbers && least < low[n] ? least : low[n]
        most = numbers && most > high[n] ? most : high[n]
        numbers++
    }
}

function floor(v) { return v < int(v) ? int(v) - 1 : int(v) }

# 1, 2 or 5 times a power of ten, of which about n make the span.
function step_of(span, n,    tenth, part) {
    if (span <= 0)
        return 0
    tenth = exp(floor(log(span / n) / log(10) + 1e-9) * log(10))
    part = span / n / tenth
    return sprintf("%.12g", tenth * (part > 7 ? 10 : part > 3.2 ? 5 : part > 1.4 ? 2 : 1)) + 0
}

function unit_of_x(end,    i) {
    unit = 1
    unit_name = "-"
    if (x == "virtual_s") {
        i = end < 1 ? 1 : end < 300 ? 2 : end < 3 * 3600 ? 3 : 4
        unit = i == 1 ? 0.001 : i == 2 ? 1 : i == 3 ? 60 : 3600
        unit_name = i == 1 ? "ms" : i == 2 ? "s" : i == 3 ? "min" : "h"
    } else if (x == "bytes") {
        for (i = 0; i < 5 && end >= 1024; i++) {
            end /= 1024
            unit *= 1024
        }
        split("B KiB MiB GiB TiB PiB", names, " ")
        unit_name = names[i + 1]
    }
}

# A logarithmic axis where the curves would else be squeezed into a corner.
function axis_of_x(    c, shortest) {
    for (c in last) {
        shortest = shortest == "" || last[c] < shortest ? last[c] : shortest
        end = last[c] > end ? last[c] : end
        rows = count[c] > rows ? count[c] : rows
    }
    ends = budget > 0 && end >= budget
    end = ends ? budget : end
    unit_of_x(end)
    x_log = x == "bytes" && shortest > 0 && end > 10 * shortest
    x_from = x_log ? start / unit : 0
    x_to = end == 0 ? 1 : ends ? end / unit : x_log ? end / unit * 1.15 : end / unit * 1.02
    x_step = x_log ? 0 : step_of(x_to, wide / 5 < 2 ? 2 : wide / 5 > 9 ? 9 : wide / 5)
}

function axis_of_y(    share) {
    share = y ~ /_accuracy$/
    y_log = !share && least > 0 && most > 30 * least
    if (share && target > 0) {
        least = target < least ? target : least
        most = target > most ? target : most
    }
    if (y_log) {
        y_from = least / 1.15
        y_to = most * 1.15
        return
    }
    if (least == most) {
        y_from = 0
        y_to = share ? 100 : most > 0 ? 2 * most : 1
    } else {
        y_step = step_of(most - least, tall / 2.2 < 2 ? 2 : tall / 2.2 > 7 ? 7 : tall / 2.2)
        y_from = floor(least / y_step + 1e-9) * y_step
        y_to = -floor(-most / y_step + 1e-9) * y_step
        if (share && target >= most && y_to - target < 0.5 * y_step)
            y_to += y_step # room for its label
    }
    if (share) {
        y_from = y_from < 0 ? 0 : y_from
        y_to = y_to > 100 ? 100 : y_to
    }
    y_step = step_of(y_to - y_from, tall / 2.2 < 2 ? 2 : tall / 2.2 > 7 ? 7 : tall / 2.2)
}

function at_x(v) { return x_log ? (v > 0 ? log(v / unit / x_from) / log(x_to / x_from) : -1) : v / unit / x_to }
function at_y(v) { return (v - y_from) / (y_to - y_from) }

# Is a curve in the box? Between two evaluations all three lines are straight.
function free(left, right, bottom, top,    i, a, b, p, q, down, up, k, share) {
    for (i = 2; i <= n; i++) {
        if (own[i] != own[i - 1] || !is[i] || !is[i - 1])
            continue
        a = place[i - 1]
        b = place[i]
        if (b < left || a > right)
            continue
        p = a < left ? left : a
        q = b > right ? right : b
        down = 2
        up = -2
        for (k = 0; k < 2; k++) {
            share = b > a ? ((k ? q : p) - a) / (b - a) : k
            v = at_y(low[i - 1] + share * (low[i] - low[i - 1]))
            down = v < down ? v : down
            v = at_y(high[i - 1] + share * (high[i] - high[i - 1]))
            up = v > up ? v : up
        }
        if (up > bottom && down < top)
            return 0
    }
    return 1
}

# The first place that is free: beside the line at its right end, at its left end, then in between.
function place_of_target(    width, up, i, k, right, y0) {
    width = 0.62 * letters / wide
    up = 1.45 / tall
    y0 = at_y(target)
    for (i = 1; i <= n; i++)
        place[i] = at_x(across[i])
    for (i = 0; i <= 20; i++) {
        right = i == 0 ? 0.99 : i == 1 ? width + 0.01 : 0.99 - (i - 1) * (0.98 - width) / 20
        for (k = 1; k >= -1; k -= 2) {
            if ((k > 0 ? y0 + up > 1.02 : y0 - up < 0) || right < width)
                continue
            if (free(right - width - 0.7 / wide, right + 0.7 / wide, k > 0 ? y0 - 0.2 / tall : y0 - up - 0.4 / tall, k > 0 ? y0 + up + 0.4 / tall : y0 + 0.2 / tall)) {
                side = k
                label_at = right
                return
            }
        }
    }
}

END {
    wide = wide ? wide : 60
    tall = tall ? tall : 30
    axis_of_x()
    axis_of_y()
    if (target > 0 && y ~ /_accuracy$/ && numbers)
        place_of_target()
    printf "%d %.12f %s %.9g %.9g %.9g %d %.9g %.9g %.9g %d %d %.4f\n", numbers ? rows : 0, unit, unit_name, x_from, x_to, x_step, x_log, y_from, y_to,
        y_step, y_log, side, label_at
    print head
    for (i = 1; i <= n; i++)
        print line[i]
}
