/* Beside text.c, since fail.c needs this call and text.c needs fail.c. */
#include "sim/base/text.h"

void text_one_line(char *text)
{
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            *c = '?';
}
