/* Standard input, output and error: opened when the program starts, flushed when it ends. main.c calls
 * both. */
#ifndef SIM_COMMANDS_STANDARD_FILES_H
#define SIM_COMMANDS_STANDARD_FILES_H

void standard_files_open(void);
void standard_output_close(void); /* ends the program with a line on stderr if output was lost */

#endif
