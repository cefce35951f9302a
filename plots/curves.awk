# awk -F '\t' [-v marked=1] -f text.awk -f curves.awk curves, called by list_curves.sh: lines NAME TAB ALGORITHM TAB RUN RUN ... to lines
# 'NAME' 'ALGORITHM' 'RUN RUN ...'.

{
    name = for_gnuplot($1)
    if (marked) {
        gsub(/, /, "\004", name)
        gsub(/ = /, "\005", name)
    }
    printf "'%s' '%s' '%s'\n", name, $2, $3
}
