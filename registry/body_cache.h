/* body_cache.h -- all bodies' names and standing in memory, for passes over every holder.  Owns copies. */
#ifndef REGISTRY_BODY_CACHE_H
#define REGISTRY_BODY_CACHE_H

#include "registry/body.h"

struct body_brief { struct bytes uscc, name, entrusting_name; enum state state; bool is_entrusted_now; /* or needs no entrustment */ };

struct body_cache;
MUST_CHECK enum status body_cache_open(struct txn *t, int64_t now_unix_s, struct body_cache **out);
const struct body_brief *body_cache_get(const struct body_cache *c, struct bytes uscc); /* NULL: no such body */
void body_cache_close(struct body_cache *c);

#endif
