/* Logistic regression: the smallest model there is, convex. */
#include "models/layers.h"

static const struct layer_row layers[] = {LINEAR("linear", CLASSES), END_OF_LAYERS};

extern const struct model_def model_logreg;
const struct model_def model_logreg = {.name = "logreg",
                                       .summary = "logistic regression: one linear layer",
                                       .source = "Bishop, Pattern Recognition and Machine Learning, 4.3.4",
                                       .layers = layers};
