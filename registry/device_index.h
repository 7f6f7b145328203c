/* device_index.h -- whose device is it: every device key of a live certificate, in memory.  Used by attach.c; opened and closed
 * through attach.h.
 *
 * An open hash table that grows; 56 bytes for each slot, at most half of them full. */
#ifndef REGISTRY_DEVICE_INDEX_H
#define REGISTRY_DEVICE_INDEX_H

#include "registry/attach.h"

struct device_owner {
	uint64_t holder_id;                    /* a certificate of that person with this device */
	uint32_t certificates;                 /* how many have it; 0: an empty place, or nobody's any more */
	uint8_t point[DEVICE_POINT_LEN], person_id[PERSON_ID_LEN];
};

const struct device_owner *device_index_get(const struct device_index *x, struct bytes point);   /* NULL: nobody's */
MUST_CHECK enum status device_index_add(struct device_index *x, struct bytes point, const uint8_t person_id[PERSON_ID_LEN],
    uint64_t holder_id);
void device_index_drop(struct device_index *x, struct bytes point);                              /* one certificate fewer has it */

#endif
