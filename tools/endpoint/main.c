/* yaopaid -- the verification endpoint: called by apps, opened by anyone's phone camera.
 *
 * Opens the register read-only and holds no signing key and nothing sealed.  Exit: 0 stopped by a signal,
 * 2 could not start. */
#include <dirent.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/certificate.h"
#include "tools/endpoint/freshness.h"
#include "tools/endpoint/service.h"
#include "tools/shared/secretfile.h"

struct options {
	const char *home, *data, *check_key, *passphrase_file, *published, *listen, *port_file, *operator_name;
	unsigned threads;
	const char *roots[TRUST_ROOTS_MAX];
	size_t roots_n;
};

struct paths { char data[4096], check_key[4096], published[4096]; };
struct roots { size_t n; struct bytes der[TRUST_ROOTS_MAX]; uint8_t mem[TRUST_ROOTS_MAX][CERTIFICATE_DER_LEN_MAX]; };

static const char usage[] =
    "usage: yaopaid [--home DIR] [options]\n"
    "Serve POST /v1/verify, GET /V/{token}, status lists, trust list, bundle and /healthz from a register.\n"
    "  --home DIR         the register's home (default: $YAOPAI_HOME, else the current directory); gives the next four\n"
    "  --data DIR         the data directory (HOME/data)\n"
    "  --check-key FILE   the key of the stored records' checks (HOME/keys/check.key)\n"
    "  --passphrase-file FILE  if that key is wrapped: its passphrase, one line\n"
    "  --published DIR    what `yaopai publish` writes (HOME/published)\n"
    "  --root FILE        a root certificate to trust; may be given several times (HOME/keys/root.cert.pem and, while a root\n"
    "                     is being changed, HOME/roots/*/keys/root.cert.pem)\n"
    "  --listen A:P       address and port (127.0.0.1:8080; loopback unless told otherwise; port 0: any free one)\n"
    "  --port-file FILE   write the port here once it listens\n"
    "  --operator NAME    who runs the service, for the page (the issuing authority's centre)\n"
    "  --threads N        serving threads (one for each core)\n"
    "  --help  --version\n"
    "Exit: 0 stopped by SIGINT or SIGTERM, 2 could not start.\n";

static enum status
paths_fill(const struct options *o, struct paths *p, struct err *err)
{
	const struct { const char *given, *name; char *out; } parts[] = {
		{ o->data, "data", p->data }, { o->check_key, "keys/check.key", p->check_key },
		{ o->published, "published", p->published } };
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].given == NULL) {
			enum status st = path_join(o->home, parts[i].name, parts[i].out, sizeof(p->data), err);
			if (st)
				return st;
		} else if (snprintf(parts[i].out, sizeof(p->data), "%s", parts[i].given) >= (int)sizeof(p->data))
			return err_set(err, ERR_LIMIT, "the path %.60s... is too long", parts[i].given);
	}
	return OK;
}

static enum status
root_load(const char *path, bool demo, struct roots *roots, struct err *err)
{
	struct buf file = { 0 };
	struct certificate c = { 0 };
	if (roots->n == TRUST_ROOTS_MAX)
		return err_set(err, ERR_LIMIT, "more than %u root certificates", TRUST_ROOTS_MAX);
	struct buf der = { roots->mem[roots->n], CERTIFICATE_DER_LEN_MAX, 0 };
	enum status st = file_load(path, 4 * CERTIFICATE_DER_LEN_MAX, &file, err);
	if (st == OK)
		st = certificate_der_of(buf_view(&file), &der, err);
	if (st == OK)
		st = certificate_decode(buf_view(&der), &c, err);
	if (st == OK && c.is_example && !demo)
		st = err_set(err, ERR_CONFLICT, "%s is an EXAMPLE root and this register is no demonstration: name the real root", path);
	certificate_clear(&c);
	free(file.ptr);
	if (st == OK)
		roots->der[roots->n++] = buf_view(&der);
	return err_in(err, st, "root certificate");
}

/* HOME/roots/<kid>/keys/root.cert.pem: roots whose certificates are still about (yaopai keys rotate root). */
static enum status
former_roots_load(const char *home, bool demo, struct roots *roots, struct err *err)
{
	char dir[4096], name[64], path[4096];
	enum status st = path_join(home, "roots", dir, sizeof(dir), err);
	DIR *d = st == OK ? opendir(dir) : NULL; /* none: there was never another root */
	for (struct dirent *e; d != NULL && st == OK && (e = readdir(d)) != NULL;) {
		if (strlen(e->d_name) != 16 || strspn(e->d_name, "0123456789abcdef") != 16)
			continue;
		(void)snprintf(name, sizeof(name), "%.16s/keys/root.cert.pem", e->d_name);
		st = path_join(dir, name, path, sizeof(path), err);
		if (st == OK)
			st = root_load(path, demo, roots, err);
	}
	if (d != NULL)
		(void)closedir(d);
	return st;
}

static enum status
roots_load(const struct options *o, bool demo, struct roots *roots, struct err *err)
{
	char path[4096];
	enum status st = OK;
	for (size_t i = 0; st == OK && i < o->roots_n; i++)
		st = root_load(o->roots[i], demo, roots, err);
	if (o->roots_n > 0)
		return st;
	st = path_join(o->home, "keys/root.cert.pem", path, sizeof(path), err);
	if (st == OK)
		st = root_load(path, demo, roots, err);
	return st == OK ? former_roots_load(o->home, demo, roots, err) : st;
}

static enum status
port_tell(const char *file, unsigned port, struct err *err)
{
	char line[16];
	int n = snprintf(line, sizeof(line), "%u\n", port);
	return file == NULL ? OK : file_save(file, (struct bytes){ (const uint8_t *)line, (size_t)n }, 0644, err);
}

static int
wait_for_signal(void)
{
	sigset_t set;
	int got = 0;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	return sigwait(&set, &got) == 0 ? got : 0;
}

static void
block_signals(void) /* before any thread is started, so that sigwait gets them */
{
	sigset_t set;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

static enum status
serve(const struct options *o, struct service *s, struct err *err)
{
	struct http *http = NULL;
	enum status st = http_start(o->listen, o->threads, service_handle, s, &http, err);
	if (st)
		return st;
	st = port_tell(o->port_file, http_port(http), err);
	if (st == OK) {
		(void)fprintf(stderr, "yaopaid: serving on %s (port %u)%s\n", o->listen, http_port(http),
		    registry_settings(s->registry)->demo ? " -- DEMONSTRATION register" : "");
		(void)wait_for_signal();
	}
	http_stop(http);
	return st;
}

static int
run(const struct options *o)
{
	struct err err = { 0 };
	struct paths p;
	struct registry_keys keys = { .has_seal = false };
	struct passphrase passphrase = { .file = o->passphrase_file };
	struct service s = { .now = clock_unix_s, .operator_name = o->operator_name };
	static struct roots roots;

	enum status st = paths_fill(o, &p, &err);
	if (st == OK)
		st = secret_load(p.check_key, WRAP_CHECK, &passphrase, &keys.check, NULL, &err);
	passphrase_clear(&passphrase);
	if (st == OK)
		st = registry_open(p.data, STORE_READ, &keys, &s.registry, &err);
	if (st == OK)
		st = roots_load(o, registry_settings(s.registry)->demo, &roots, &err);
	if (st == OK)
		st = trust_open(p.published, roots.der, roots.n, clock_unix_s(), &s.trust, &err);
	if (st == OK)
		st = freshness_check(s.registry, s.trust, &err);
	s.published = p.published;
	if (st == OK)
		st = serve(o, &s, &err);
	if (st)
		(void)fprintf(stderr, "yaopaid: %s\n", err.text);
	trust_close(s.trust);
	registry_close(s.registry);
	secret_wipe(&keys, sizeof(keys));
	return st ? 2 : 0;
}

static bool
options_parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = { { "home", 1, NULL, 'H' }, { "data", 1, NULL, 'd' }, { "check-key", 1, NULL, 'c' },
		{ "published", 1, NULL, 'p' }, { "root", 1, NULL, 'r' }, { "listen", 1, NULL, 'l' }, { "port-file", 1, NULL, 'P' },
		{ "operator", 1, NULL, 'o' }, { "passphrase-file", 1, NULL, 'f' }, { "threads", 1, NULL, 't' }, { "help", 0, NULL, 'h' }, { "version", 0, NULL, 'V' },
		{ NULL, 0, NULL, 0 } };
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'H': o->home = optarg; break;
		case 'd': o->data = optarg; break;
		case 'c': o->check_key = optarg; break;
		case 'f': o->passphrase_file = optarg; break;
		case 'p': o->published = optarg; break;
		case 'r':
			if (o->roots_n == TRUST_ROOTS_MAX)
				return false;
			o->roots[o->roots_n++] = optarg;
			break;
		case 'l': o->listen = optarg; break;
		case 'P': o->port_file = optarg; break;
		case 'o': o->operator_name = optarg; break;
		case 't': o->threads = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'h': (void)fputs(usage, stdout); exit(0);
		case 'V': (void)puts("yaopaid " YAOPAI_VERSION); exit(0);
		default:  return false;
		}
	}
	return optind == argc && o->threads >= 1 && o->threads <= 256;
}

int
main(int argc, char **argv)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	const char *home = getenv("YAOPAI_HOME");
	struct options o = { .home = home != NULL ? home : ".", .listen = "127.0.0.1:8080",
		.threads = cores > 0 ? (unsigned)cores : 1 };
	if (!options_parse(argc, argv, &o)) {
		(void)fputs(usage, stderr);
		return 2;
	}
	block_signals();
	return run(&o);
}
