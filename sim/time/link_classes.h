/* Which links of a star are alike. */
#ifndef SIM_TIME_LINK_CLASSES_H
#define SIM_TIME_LINK_CLASSES_H

#include "sim/time/network.h"

/* Classes of links with one nominal bandwidth and one trace, numbered by their first links. Writes the class
 * of each worker's link, and returns the number of classes. */
int link_classes(const struct network_spec *spec, int *class_of);

#endif
