/* answer.h -- judge one token with the register at hand (docs/formats.md 9).
 *
 * A token found by digest, equal to the stored one, is judged without a second signature check and has its status from
 * the register.  Any other is judged in full against the published lists; if its signature is one of our own
 * issuer's, the register is asked at its (uri, idx): the same header and payload take the register's status, anything else is
 * NOT_ON_REGISTER and raises an alert, because that is what a stolen key looks like. */
#ifndef ENDPOINT_ANSWER_H
#define ENDPOINT_ANSWER_H

#include "registry/effective.h"
#include "tools/endpoint/trust.h"
#include "verify/judge.h"

enum source { SOURCE_NONE, SOURCE_REGISTER, SOURCE_SIGNATURE };  /* known by digest, or judged by signature */

struct answer {
	struct yp_answer judged;              /* verdict, facts; the endpoint may have changed the verdict */
	enum source source;
	bool on_register;                     /* effective is filled */
	struct effective effective;
	bool alert;                           /* NOT_ON_REGISTER, or a damaged record */
	bool damaged;                         /* a record on the way did not hold */
};

/* text: what was scanned or posted.  OK with the verdict; another status: could not judge. */
MUST_CHECK enum status answer_token(struct registry *r, struct trust *trust, struct bytes text, int64_t now_unix_s,
    struct answer *out);

#endif
