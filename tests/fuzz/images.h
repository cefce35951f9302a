/* What the targets of the data sets share: the room for a split's images is memory of exactly its size, which the
 * target frees. The Makefile wraps dataset_room. Include after harness.h. */
#ifndef TESTS_FUZZ_IMAGES_H
#define TESTS_FUZZ_IMAGES_H

#include "models/data/reader.h"

void images_begin(void);
void images_end(const struct dataset *ds,
                int status); /* all as it must be after a load that ended so; frees */

#endif
