#include "models/augment.h"

#include <stddef.h>

const char *const augment_words[] = {[AUGMENT_NONE] = "none",
                                     [AUGMENT_FLIP] = "flip",
                                     [AUGMENT_CROP] = "crop",
                                     [AUGMENT_CROP_FLIP] = "crop_flip",
                                     NULL};
