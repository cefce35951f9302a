/* Units in the cells of a table, which a column may have once, in its head. */
#ifndef SIM_BASE_UNIT_H
#define SIM_BASE_UNIT_H

/* Takes the unit out of the cells (n) of a column if all numbers among them share it: "85.28 ± 0.3 %" becomes
 * "85.28 ± 0.3". Cells without a number ("-", "no end", "1 of 3") fit any unit. Writes the unit into `unit`, ""
 * if there is none. */
void unit_take(char *const *cells, int n, char *unit, int size);

#endif
