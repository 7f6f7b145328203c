#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/support/world.h"

#include <stdlib.h>

enum { YEAR_S = 31557600, PAYLOAD_MAX = 16384 };

struct bytes
world_other_trust_list(struct world *w, const struct plan *p, struct buf *out)
{
	static uint8_t mem[PAYLOAD_MAX];
	struct trust_list *t = calloc(1, sizeof(*t));
	struct bytes payload;
	assert_non_null(t);
	world_certify(w, BY_OTHER_ISSUER, BY_OTHER_ROOT, -86400, 12LL * YEAR_S);
	world_certify(w, BY_OTHER_STATUS, BY_OTHER_ROOT, -86400, 12LL * YEAR_S);
	*t = (struct trust_list){ .iss = BYTES_LIT("37"), .iat_unix_s = WORLD_T0 - 86400, .exp_unix_s = WORLD_T0 + p->other_exp,
		.issue = (uint64_t)p->trust_issue, .window_s = 60, .entries_n = 2 };
	t->entries[0] = (struct trust_entry){ .certificate_der = world_root(w, BY_OTHER_ISSUER), .typs = 1u << TYP_CREDENTIAL,
		.kinds = (uint32_t)p->other_kinds, .state = (enum key_state)p->other_state, .since_unix_s = WORLD_T0 - 86400, .iss_n = 1, .iss = { BYTES_LIT("37") } };
	t->entries[1] = (struct trust_entry){ .certificate_der = world_root(w, BY_OTHER_STATUS), .typs = 1u << TYP_STATUS_LIST,
		.state = KEY_ACTIVE, .since_unix_s = WORLD_T0 - 86400, .uri_n = 1, .uri = { BYTES_LIT("https://v.example.cn/s/") } };
	assert_int_equal(trust_list_encode(t, BUF_OF(mem), &payload), OK);
	free(t);
	return world_sign(w, BY_OTHER_ROOT, TYP_TRUST_LIST, payload, out);
}
