# awk -f text.awk -f SCRIPT, or awk -v as_lines=1|as_words=1 -f text.awk for all lines, in the locale C. Text that data bring, on its way to gnuplot.

# Makes a part of a word in quotes. Characters that would end the word become control characters; text() of run.gp reverses
# that. Bytes that are no UTF-8 become U+FFFD, so that a picture is valid.
function for_gnuplot(text,    out) {
    gsub(/[\001-\037\177]/, "?", text)
    while (match(text, /[\200-\377]/)) {
        out = out substr(text, 1, RSTART - 1)
        text = substr(text, RSTART)
        if (match(text, /^([\302-\337]|\340[\240-\277]|[\341-\354\356\357][\200-\277]|\355[\200-\237]|\360[\220-\277][\200-\277]|[\361-\363][\200-\277][\200-\277]|\364[\200-\217][\200-\277])[\200-\277]/)) {
            out = out substr(text, 1, RLENGTH)
            text = substr(text, RLENGTH + 1)
        } else {
            out = out "\357\277\275"
            text = substr(text, 2)
        }
    }
    text = out text
    gsub(/'/, "\001", text)
    gsub(/"/, "\002", text)
    gsub(/\\/, "\003", text)
    return text
}

as_lines { print for_gnuplot($0) }
as_words { print "'" for_gnuplot(substr($0, 2, length($0) - 2)) "'" } # in quotes already
