/* A model of which only the sizes are known: for times and bytes of models that no machine here could hold. */
#include "models/model.h"

extern const struct model_def model_profile;
const struct model_def model_profile = {
    .name = "profile",
    .summary = "no network: tensors of the sizes in [profile], up to 10^12 parameters, for --no-train",
    .source = "made for this program",
    .idle = true,
    .sizes = true};
