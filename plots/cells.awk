# awk -f cells.awk -f SCRIPT: reading and writing lines of a CSV that has texts in quotes.

# A line into cell[1], cell[2] ...: texts with commas or quotes are in quotes.
function cut(line,    n, text, more) {
    split("", cell)
    do {
        text = ""
        if (line ~ /^"/) {
            line = substr(line, 2)
            while (match(line, /"/)) {
                text = text substr(line, 1, RSTART - 1)
                line = substr(line, RSTART + 1)
                if (line !~ /^"/)
                    break
                text = text "\""
                line = substr(line, 2)
            }
        } else {
            text = line
            sub(/,.*/, "", text)
            line = substr(line, length(text) + 1)
        }
        cell[++n] = text
        more = line ~ /^,/
        line = substr(line, 2)
    } while (more)
    return n
}

# A text as a cell.
function in_quotes(text) {
    gsub(/"/, "\"\"", text)
    return "\"" text "\""
}
