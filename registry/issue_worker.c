#include "registry/issue_worker.h"

#include <pthread.h>
#include <stdlib.h>

#include "crypto/cose_sign.h"

enum { THREADS_MAX = 256 };

struct worker { struct issue_pool *pool; struct signer *signer; pthread_t thread; bool started; };

struct issue_pool {
	pthread_mutex_t lock;
	pthread_cond_t work, finished;
	struct issue_chunk *first, *last; /* waiting, in order */
	bool closing;
	unsigned n;
	struct worker workers[THREADS_MAX];
};

static enum status
sign_job(struct signer *signer, struct issue_job *j)
{
	uint8_t scratch[ISSUE_PAYLOAD_MAX + 128];
	struct bytes token;
	struct digest d;
	enum status st = cose_sign(signer, TYP_CREDENTIAL, (struct bytes){ j->payload, j->payload_len }, BUF_OF(scratch),
	    BUF_OF(j->token), &token);
	if (st == OK)
		st = sha256(token, &d);
	if (st)
		return st;
	j->token_len = token.len;
	memcpy(j->digest, d.b, DIGEST_LEN);
	return OK;
}

static struct issue_chunk *
take_chunk(struct issue_pool *p)
{
	(void)pthread_mutex_lock(&p->lock);
	while (p->first == NULL && !p->closing)
		(void)pthread_cond_wait(&p->work, &p->lock);
	struct issue_chunk *c = p->closing ? NULL : p->first;
	if (c != NULL) {
		p->first = c->next;
		if (p->first == NULL)
			p->last = NULL;
	}
	(void)pthread_mutex_unlock(&p->lock);
	return c;
}

static void *
worker_run(void *arg)
{
	struct worker *w = arg;
	for (struct issue_chunk *c; (c = take_chunk(w->pool)) != NULL;) {
		enum status st = OK;
		for (size_t i = 0; st == OK && i < c->n; i++)
			st = sign_job(w->signer, &c->jobs[i]);
		(void)pthread_mutex_lock(&w->pool->lock);
		c->status = st;
		c->done = true;
		(void)pthread_cond_signal(&w->pool->finished);
		(void)pthread_mutex_unlock(&w->pool->lock);
	}
	return NULL;
}

enum status
issue_pool_open(const struct signer *signer, unsigned threads, struct issue_pool **out, struct err *err)
{
	struct issue_pool *p = calloc(1, sizeof(*p));
	if (p == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_cond_init(&p->work, NULL);
	(void)pthread_cond_init(&p->finished, NULL);
	p->n = threads < THREADS_MAX ? threads : THREADS_MAX;
	enum status st = OK;
	for (unsigned i = 0; st == OK && i < p->n; i++) {
		struct worker *w = &p->workers[i];
		w->pool = p;
		st = signer_dup(signer, &w->signer);
		if (st)
			err_set(err, st, "the issuing key cannot be used by another thread: %s", status_text(st));
		else if (pthread_create(&w->thread, NULL, worker_run, w) != 0)
			st = err_set(err, ERR_SYSTEM, "no thread could be started for signing");
		w->started = st == OK;
	}
	if (st)
		issue_pool_close(p);
	else
		*out = p;
	return st;
}

void
issue_pool_submit(struct issue_pool *p, struct issue_chunk *c)
{
	c->done = false;
	c->next = NULL;
	(void)pthread_mutex_lock(&p->lock);
	if (p->last != NULL)
		p->last->next = c;
	else
		p->first = c;
	p->last = c;
	(void)pthread_cond_signal(&p->work);
	(void)pthread_mutex_unlock(&p->lock);
}

void
issue_pool_wait(struct issue_pool *p, struct issue_chunk *c)
{
	(void)pthread_mutex_lock(&p->lock);
	while (!c->done)
		(void)pthread_cond_wait(&p->finished, &p->lock);
	(void)pthread_mutex_unlock(&p->lock);
}

void
issue_pool_close(struct issue_pool *p)
{
	if (p == NULL)
		return;
	(void)pthread_mutex_lock(&p->lock);
	p->closing = true;
	p->first = p->last = NULL;
	(void)pthread_cond_broadcast(&p->work);
	(void)pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n; i++) {
		if (p->workers[i].started)
			(void)pthread_join(p->workers[i].thread, NULL);
		signer_close(p->workers[i].signer);
	}
	(void)pthread_cond_destroy(&p->finished);
	(void)pthread_cond_destroy(&p->work);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}
