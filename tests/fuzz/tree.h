/* tree.h -- mutate what is encoded as a tree (CBOR, DER) and keep it well formed.
 *
 * Plain mutation of such bytes nearly always breaks a length or a count, and the parser stops at once.  Here the input is taken
 * apart into its items, one of them is changed, removed, doubled, moved or replaced by another, and every head around it is
 * written anew.  Strings that hold a whole encoded item are entered too: a payload in an envelope, an extension's value.
 * One mutation in eight is libFuzzer's own, so broken heads are tried as well. */
#ifndef TESTS_FUZZ_TREE_H
#define TESTS_FUZZ_TREE_H

#include "base/bytes.h"

#define TREE_NODES_MAX 1024
#define TREE_DEPTH_MAX 24     /* more than either parser allows, so that its limit is passed */
#define TREE_HEAD_MAX 9

struct node {
	size_t at, head_len, len;  /* where it begins; len: of its content, behind the head */
	size_t items;              /* of a container that counts them, as written in its head */
	uint8_t lead;              /* its first byte */
	int parent;                /* -1: the top */
	unsigned place, children;  /* place: among its siblings */
	bool is_leaf;              /* content is free bytes */
};

struct tree { struct node nodes[TREE_NODES_MAX]; int n; struct bytes in; };

struct grammar {
	/* Add the item at `at`, and all inside it; its whole length, or 0 if it is none. */
	size_t (*parse)(struct tree *t, size_t at, size_t end, int parent, unsigned depth);
	/* A head for this node with another length or count. */
	size_t (*head)(const struct node *n, size_t len, size_t items, uint8_t out[TREE_HEAD_MAX]);
	/* A fresh small item. */
	size_t (*fresh)(uint32_t random, uint8_t out[TREE_HEAD_MAX]);
	unsigned (*siblings_apart)(const struct node *parent); /* 2: they come in pairs, like a map's */
};
extern const struct grammar tree_cbor, tree_der;

struct node *tree_add(struct tree *t, struct node n); /* NULL: full */

/* For LLVMFuzzerCustomMutator.  The input may be a sequence of items. */
size_t tree_mutate(const struct grammar *g, uint8_t *data, size_t size, size_t max_size, unsigned seed);

#endif
