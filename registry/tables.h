/* tables.h -- every stored byte on one page (docs/formats.md 9).
 *
 * All records are canonical CBOR arrays whose first item is the version, 1; every value carries its
 * keyed check behind it (store.h).  The journal (event) is the record of truth; all other tables are
 * views of it and can be made again from it.
 *
 * Environment <data>/registry
 *   table        key                         value                                   codec
 *   meta         text name                   see below                               registry.c
 *   event        sequence u64                event, see event.h                      event.c
 *   body         USCC, 18 bytes              body                                    body.c
 *   person       person id, 8 random bytes   person                                  person.c
 *   holder       holder id u64, from 1       holder: one certificate held by one     holder.c
 *                                            person (kinds 1-3)
 *   number       certificate number, text    holder id                               holder.c
 *   credential   serial u64, from 1          credential record                       issued.c
 *   digest       first 16 bytes of SHA-256   credential serial                       issued.c
 *                of the token
 *   review       holder id u64               the last periodic review                review.c
 *   operator     operator's name, text       operator                                operator.c
 *   proposal     sequence u64 of its event   proposal                                proposal.c
 *
 *   meta "settings"  as the opening event's payload (registry.h); key 0 is the version of the register
 *   meta "counters"  [1, next holder id, next serial, next number of each kind...]
 *   meta "rules"     as the payload of the event that set them; absent: the defaults      (rules.c)
 *   meta "resealed"  [1, generation, sequence of the last such event]; absent: never         (reseal.c)
 *   meta "published" [1, last iat, sequence of the last publication event]   (publication.c)
 *   meta "policy"    what takes two operators, policy.h; absent: nothing does
 *   (No byte can move from an operator's name to the value or back: a name is UTF-8, a value begins with 0x87.)
 *
 * Environment <data>/sealed (own directory, own key; yaopaid's user cannot open it)
 *   hash         first 16 bytes of           person id                               sealed.c
 *                HMAC(lookup key, idnumber)
 *   row          person id                   sealed identity-card number             sealed.c
 *   meta         "generation"                [1, generation]; absent until           sealed.c
 *                                            it is re-sealed
 *
 * A person id is random and short: 8 bytes, unique by put_new (drawn again on a clash), since it stands in six
 * places for each person.  Holder ids and serials are counted from 1 so that their pages are dense. */
#ifndef REGISTRY_TABLES_H
#define REGISTRY_TABLES_H

enum table { TABLE_META, TABLE_EVENT, TABLE_BODY, TABLE_PERSON, TABLE_HOLDER, TABLE_NUMBER, TABLE_CREDENTIAL,
	TABLE_DIGEST, TABLE_REVIEW, TABLE_OPERATOR, TABLE_PROPOSAL, TABLE_COUNT };
enum sealed_table { SEALED_HASH, SEALED_ROW, SEALED_META, SEALED_COUNT };   /* META: absent in a store of an older version */

/* Version 1 had the tables to digest, and its events said less (docs/formats.md 9, "Versions"). */
enum { REGISTRY_VERSION = 2, TABLES_OF_VERSION_1 = TABLE_REVIEW };

#define PERSON_ID_LEN 8u
#define TOKEN_DIGEST_KEY_LEN 16u

extern const char *const table_names[TABLE_COUNT];          /* registry.c */
extern const char *const sealed_table_names[SEALED_COUNT];  /* sealed.c */

#endif
