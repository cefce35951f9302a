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
    "table{border-collapse:separate;border-spacing:0;font-variant-numeric:tabular-nums;font-size:.94rem}\n"
    ".comparison{width:100%}\n"
    "th,td{padding:.42rem .85rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--pale)}\n"
    "tr:last-child>*{border-bottom:0}\n"
    "thead th{font-weight:600;color:var(--axis)}\n"
    "tbody th{font-weight:600}\n"
    "th:first-child{text-align:left;position:sticky;left:0;background:var(--paper)}\n"
    ".comparison.long tbody th{white-space:normal;font-weight:400;min-width:18rem}\n"
    "@media (max-width:40rem){.comparison.long tbody th{min-width:9rem}}\n"
    ".facts th,.facts td{text-align:left;white-space:normal;vertical-align:top}\n"
    ".row{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr))}\n"
    "figure{margin:0 0 1rem;padding:.8rem .8rem .6rem}\n"
    ".row figure{margin:0}\n"
    "figcaption{font-size:.92rem;color:var(--axis);padding:.4rem .2rem 0}\n"
    "figure svg{display:block;width:100%;height:auto;max-width:35rem;margin:0 auto}\n"
    ".wide svg{min-width:52rem;max-width:76rem}\n"
    "figure svg g{font-family:system-ui,sans-serif}\n"
    "details{margin:0 0 1rem}\n"
    "details>summary{cursor:pointer;padding:.55rem .9rem;font-weight:600}\n"
    "details .card{border:0;margin:0}\n"
    "pre{margin:0;padding:.8rem 1rem;overflow-x:auto}\n"
    "@media print{:root{color-scheme:light}body{background:#fff;font-size:11pt}main{max-width:none;padding:0}"
    "nav{display:none}figure,tr{break-inside:avoid}.scroll{overflow:visible}.wide svg{min-width:0}}\n";

void html_head(FILE *out, const char *title)
{
    html_print(out,
               "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<meta name=\"viewport\" content=\"width=device-width, "
               "initial-scale=1\">\n<title>%s</title>\n<style>\n",
               title);
    fputs(style, out);
    fputs("</style>\n</head>\n<body>\n<main>\n", out);
}

void html_foot(FILE *out)
{
    fputs("</main>\n</body>\n</html>\n", out);
}
