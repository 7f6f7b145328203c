/* cose_labels.h -- the numbers of RFC 9052 3.1 and RFC 9596 that reading and signing share.  Internal to crypto and to
 * registry/statement.c. */
#ifndef CRYPTO_COSE_LABELS_H
#define CRYPTO_COSE_LABELS_H

enum { TAG_SIGN1 = 18, LABEL_ALG = 1, LABEL_CRIT = 2, LABEL_KID = 4, LABEL_TYP = 16 };

#endif
