/* The frame of a page and its style sheet: light and dark, narrow and wide, on paper. */
#include "sim/report/html.h"

/* svg.c replaces the colours of plots/style.gp by these variables, --ink, --axis and so on, so that figures
 * follow the light or dark style. */
static const char style[] =
    ":root{color-scheme:light dark;--page:#f6f6f4;--paper:#fff;--ink:#1a1a1a;--axis:#4d4d4d;--pale:#ddd;"
    "--grey:#999;--orange:#d55e00;--blue:#0072b2;--green:#009e73;--amber:#e69f00;--sky:#56b4e9;--pink:#"
    "cc79a7;"
    "--yellow:#d9c800;--link:#005a8c;--warn:#7a3d00;--warnpage:#fff3df}\n"
    "@media (prefers-color-scheme:dark){:root{--page:#141516;--paper:#1e2022;--ink:#ececea;--axis:#b9b9b6;"
    "--pale:#3a3d40;--grey:#85888b;--orange:#ff8f45;--blue:#4ba3e3;--green:#2fc79b;--amber:#f2b632;--sky:#"
    "9ad4f7;"
    "--pink:#e6a3c8;--yellow:#f0e442;--link:#7cc4f5;--warn:#ffcf8a;--warnpage:#3a2a12}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,sans-serif}\n"
    "main{max-width:1560px;margin:0 auto;padding:1.5rem clamp(.9rem,3vw,2.5rem) 4rem}\n"
    "h1{font-size:1.9rem;line-height:1.2;margin:.5rem 0 .3rem;overflow-wrap:anywhere}\n"
    "h2{font-size:1.3rem;line-height:1.25;margin:2.6rem 0 .5rem}\n"
    "h3{font-size:1.05rem;margin:1.2rem 0 .5rem;overflow-wrap:anywhere}\n"
    "p,li{max-width:75ch;overflow-wrap:break-word}\n"
    "p{margin:.5rem 0}\n"
    "a{color:var(--link)}\n"
    "code,pre{font:.875em/1.5 ui-monospace,monospace}\n"
    "nav{margin:1rem 0;display:flex;flex-wrap:wrap;gap:.3rem 1.1rem}\n"
    ".note{color:var(--axis);font-size:.92rem}\n"
    ".warning{background:var(--warnpage);color:var(--warn);border-radius:6px;padding:.55rem "
    ".9rem;max-width:none;"
    "font-weight:600}\n"
    ".scroll{overflow-x:auto}\n"
    ".scroll:focus-visible,summary:focus-visible{outline:2px solid var(--link);outline-offset:2px}\n"
    ".card{background:var(--paper);border:1px solid var(--pale);border-radius:8px}\n"
    "table{border-collapse:separate;border-spacing:0;font-variant-numeric:tabular-nums;font-size:.9rem}\n"
    "th,td{padding:.42rem .5rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--pale)}\n"
    "tr:last-child>*{border-bottom:0}\n"
    "thead th{font-weight:600;color:var(--axis);vertical-align:bottom;white-space:normal}\n"
    "thead i{font-style:normal;font-weight:400}\n"
    "tbody th{font-weight:600}\n"
    "th:first-child{text-align:left;position:sticky;left:0;background:var(--paper)}\n"
    ".comparison.long tbody "
    "th{white-space:normal;font-weight:400;min-width:var(--label,18rem);overflow-wrap:anywhere}\n"
    /* A table that is wider than its card is folded: each row becomes a block of cells with their headings. The
     * variables of the rules below switch; without container queries the table scrolls in its card. */
    ".scroll{container-type:inline-size}\n"
    ".comparison{width:100%;display:var(--table,table)}\n"
    ".comparison+.comparison{border-top:3px solid var(--pale)}\n"
    ".comparison thead{display:var(--head,table-header-group)}\n"
    ".comparison tbody{display:var(--table,table-row-group)}\n"
    ".comparison tbody "
    "tr{display:var(--row,table-row);grid-template-columns:repeat(auto-fill,minmax(6.4rem,1fr));"
    "gap:.35rem .8rem;padding:.6rem .9rem;border-bottom:1px solid var(--pale)}\n"
    ".comparison tr:last-child{border-bottom:0}\n"
    ".comparison tbody th{display:var(--cell,table-cell);grid-column:1/-1;position:var(--place,sticky)}\n"
    ".comparison tbody "
    "td{display:var(--cell,table-cell);text-align:var(--side,right);white-space:var(--wrap,nowrap)}\n"
    ".comparison tbody th br{display:var(--break,inline)}\n"
    ".comparison tbody>tr>*{padding:var(--pad,.42rem .5rem);border-bottom:var(--edge,1px solid "
    "var(--pale))}\n"
    ".comparison tbody>tr:last-child>*{border-bottom:0}\n"
    ".comparison "
    "td::before{display:var(--before,none);content:attr(data-head);color:var(--axis);font-size:.85em}\n"
    ".facts th,.facts td{text-align:left;white-space:normal;vertical-align:top;overflow-wrap:anywhere}\n"
    ".row{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr))}\n"
    "figure{margin:0 0 1rem;padding:.8rem .8rem .6rem}\n"
    ".row figure{margin:0}\n"
    "figcaption{font-size:.92rem;color:var(--axis);padding:.4rem .2rem 0}\n"
    "figure svg{display:block;width:100%;height:auto;max-width:35rem;margin:0 auto}\n"
    ".wide svg{min-width:52rem;max-width:76rem}\n"
    "figure svg g{font-family:system-ui,sans-serif}\n"
    ".words{padding:.2rem .9rem .5rem;margin:0 0 .6rem}\n"
    ".words h4{font-size:1rem;margin:.6rem 0 .2rem}.words "
    "ul{margin:.2rem 0 .6rem}.words "
    "details{margin:0}.words details>summary{padding:.35rem 0}\n"
    "details{margin:0 0 1rem}\n"
    "details>summary{cursor:pointer;padding:.55rem .9rem;font-weight:600}\n"
    "details .card{border:0;margin:0}\n"
    "pre{margin:0;padding:.8rem 1rem;overflow-x:auto}\n"
    "@media print{:root{color-scheme:light}body{background:#fff;font-size:11pt}main{max-width:none;padding:0 "
    "1px}"
    "table{font-size:9.5pt}"
    "nav{display:none}figure,tr{break-inside:avoid}.scroll{overflow:visible}.wide svg{min-width:0}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere}}\n";

/* ---- tables that fold ---- */

enum { NARROWEST_FIT = 12, WIDEST_FIT = 100, FIT_STEP = 2 }; /* rem */

int html_fit(int width)
{
    int steps = (width - NARROWEST_FIT + FIT_STEP - 1) / FIT_STEP;
    int fit = NARROWEST_FIT + FIT_STEP * (steps > 0 ? steps : 0);
    return fit < WIDEST_FIT ? fit : WIDEST_FIT;
}

/* The rule that folds the tables of each class "fit48" in a card of less than 48 rem. */
static void write_fits(FILE *out)
{
    for (int fit = NARROWEST_FIT; fit <= WIDEST_FIT; fit += FIT_STEP)
        fprintf(out,
                "@container (max-width:%drem){.fit%d{--table:block;--head:none;--row:grid;--cell:block;"
                "--before:block;--side:left;--wrap:normal;--pad:0;--edge:0;--label:0;--place:static;--break:"
                "none}}\n",
                fit, fit);
}

void html_head(FILE *out, const char *title)
{
    html_print(out,
               "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<meta name=\"viewport\" content=\"width=device-width, "
               "initial-scale=1\">\n<title>%s</title>\n<style>\n",
               title);
    fputs(style, out);
    write_fits(out);
    fputs("</style>\n</head>\n<body>\n<main>\n", out);
}

void html_foot(FILE *out)
{
    fputs("</main>\n</body>\n</html>\n", out);
}
