/* settings.h -- what the register is made with and keeps for life: payload of its opening event and meta "settings". */
#ifndef REGISTRY_SETTINGS_H
#define REGISTRY_SETTINGS_H

#include "registry/registry.h"

MUST_CHECK enum status settings_encode(const struct settings *s, struct buf out, struct bytes *payload);
MUST_CHECK enum status settings_decode(struct bytes payload, struct settings *out);
/* The sentence for a person; ERR_ARGUMENT. */
MUST_CHECK enum status settings_check(const struct settings *s, struct err *err);

#endif
