/* No training at all, for timing and for the real clock: a worker sleeps for as long as the compute model says. Its
 * messages have the size of a small perceptron, 0.8 MB on 28 x 28 images. */
#include "models/layers.h"

static const struct layer_row layers[] = {LINEAR("fc1", 256), RELU, LINEAR("fc2", CLASSES), END_OF_LAYERS};

extern const struct model_def model_sleep;
const struct model_def model_sleep = {
    .name = "sleep",
    .summary = "trains nothing: sleeps in real time, costs nothing in virtual time",
    .source = "made for this program",
    .idle = true,
    .layers = layers};
