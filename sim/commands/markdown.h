/* --markdown: tables for the documentation. */
#ifndef SIM_COMMANDS_MARKDOWN_H
#define SIM_COMMANDS_MARKDOWN_H

#include <stdio.h>

/* what: keys, algorithms or codecs. Any other word ends the program with EXIT_USAGE. */
void markdown_print(const char *what, FILE *out);

#endif
