/* What the targets of the data sets share: the room for a split's images is memory of exactly its size, which the
 * target frees. No file is on the disk, so none is found there. The Makefile wraps these functions. Include after harness.h. */
#ifndef TESTS_FUZZ_IMAGES_H
#define TESTS_FUZZ_IMAGES_H

#include "models/data/reader.h"

extern bool images_are_4d; /* stream_is_there() finds files of idx4 alone, or none */
void images_begin(void);
void images_end(const struct dataset *ds,
                int status); /* all as it must be after a load that ended so; frees */

#endif
