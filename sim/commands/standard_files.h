/* Standard input, output and error: open when the program starts, written out when it ends. main.c calls both. */
#ifndef SIM_COMMANDS_STANDARD_FILES_H
#define SIM_COMMANDS_STANDARD_FILES_H

void standard_files_open(void);
void standard_output_close(void); /* ends the program with a line on stderr where output was lost */

#endif
