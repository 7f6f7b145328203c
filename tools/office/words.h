/* words.h -- the field's words for what the register counts, in English for options and programs, in Chinese for lists and people.
 *
 * English words are lower case with hyphens, as options take them and JSON bears them. Whoever adds a kind, a condition, a cause or an
 * action adds its words here.  An unknown value is "unknown". */
#ifndef OFFICE_WORDS_H
#define OFFICE_WORDS_H

#include "registry/body.h"
#include "registry/condition.h"

const char *kind_word(enum credential_kind k, bool chinese);
const char *condition_word(enum condition c, bool chinese);
const char *body_kind_word(enum body_kind k, bool chinese);
const char *body_condition_word(enum condition c, bool chinese);   /* a void body is abolished */
const char *cause_word(enum cause c, bool chinese);
const char *action_word(enum action a, bool chinese);
const char *staff_word(enum staff s, bool chinese);
const char *occasion_word(enum occasion o, bool chinese);
const char *sex_word(unsigned sex, bool chinese);

/* The set of bits (1 << value) of words with commas between them, in either language; ERR_ARGUMENT names those there are. */
typedef const char *word_fn(unsigned value, bool chinese);
MUST_CHECK enum status words_read(const char *option, const char *text, word_fn *word, unsigned count, uint32_t *set, struct err *err);
const char *kind_word_of(unsigned k, bool chinese);
const char *condition_word_of(unsigned c, bool chinese);
const char *body_condition_word_of(unsigned c, bool chinese);
const char *body_kind_word_of(unsigned k, bool chinese);
enum { KIND_WORDS = KIND_MODERATOR + 1, BODY_KIND_WORDS = BODY_ENTRUSTED + 1 };

#endif
