/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/seccomp_policy.h"

#include "oci/memory.h"
#include "oci/notes.h"
#include "policy/key.h"

enum { COLUMNS = 90 };

/* One word after the other, a new line where the next would not fit. */
struct wrapped {
	FILE *out;
	const char *first, *others; /* what lines begin with */
	size_t column; /* 0: no line is begun */
};

/* For a word of N characters, which the caller writes. */
static void make_room(struct wrapped *w, size_t n)
{
	if (w->column && w->column + 1 + n > COLUMNS) {
		(void)fputc('\n', w->out);
		w->column = 0;
		w->first = w->others;
	}
	if (!w->column) {
		(void)fputs(w->first, w->out);
		w->column = strlen(w->first);
	}
	(void)fputc(' ', w->out);
	w->column += 1 + n;
}

static void end(struct wrapped *w)
{
	if (w->column)
		(void)fputc('\n', w->out);
	w->column = 0;
}

static void put_comment(FILE *out, const char *first, const char *text)
{
	struct wrapped w = { out, first, ";  ", 0 };

	for (size_t n; *(text += strspn(text, " ")); text += n) {
		n = strcspn(text, " ");
		make_room(&w, n);
		(void)fwrite(text, 1, n, out);
	}
	end(&w);
}

static int put_head(FILE *out, const struct oci_policy *policy)
{
	const struct oci_host *host = policy->host;
	const char *slash = strrchr(policy->from, '/');
	_cleanup_strv_ struct strv line = { 0 };
	int r = note_add(&line,
		"From '%.200s', by sandboxctl policy import, for %s and Linux %u.%u: its rules for "
		"other architectures, other kernels and capabilities are left out.",
		slash ? slash + 1 : policy->from, host->arch->name, host->kernel.major,
		host->kernel.minor);

	if (r < 0)
		return r;
	put_comment(out, ";", line.v[0]);
	for (size_t i = 0; i < policy->notes->n; i++)
		put_comment(out, "; not carried:", policy->notes->v[i]);
	return 0;
}

/* Whole calls, then those with tests; by name. */
static int compare(const void *a, const void *b)
{
	const struct policy_call *x = a, *y = b;
	int r = (x->test != NULL) - (y->test != NULL);

	if (r == 0)
		r = strcmp(x->name, y->name);
	return r || !x->test ? r : strcmp(x->test, y->test);
}

static void put_calls(FILE *out, const char *first, struct policy_calls *calls)
{
	struct wrapped w = { out, first, first, 0 };

	if (calls->n)
		qsort(calls->v, calls->n, sizeof(*calls->v), compare);
	for (size_t i = 0; i < calls->n; i++) {
		const struct policy_call *call = &calls->v[i];

		if (i && call->test && !call[-1].test)
			end(&w);
		if (!call->test) {
			make_room(&w, strlen(call->name));
			(void)fputs(call->name, out);
		} else if (!calls_find_whole(calls, call->name)) {
			make_room(&w, strlen(call->name) + strlen(call->test) + strlen("()"));
			(void)fprintf(out, "%s(%s)", call->name, call->test);
		}
	}
	end(&w);
}

static char *write_text(const struct oci_policy *policy)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int r;

	if (!out)
		return NULL;
	r = put_head(out, policy);
	(void)fprintf(out, "version = 1\n\n[seccomp]\nprofile = %s\ndefault = %s\n",
		OCI_BARE_PROFILE, policy->otherwise);
	put_calls(out, "allow =", policy->allow);
	put_calls(out, "deny =", policy->deny);
	if (memory_end(out, &text) == 0 && r == 0)
		return text;
	free(text);
	return NULL;
}

static int check(const struct policy_dirs *dirs, const char *text, struct sbx_error *err)
{
	_cleanup_policy_report_ struct policy_report report = { 0 };
	_cleanup_policy_ struct policy *policy = calloc(1, sizeof(*policy));
	struct key_load load = {
		.table = &policy_keys,
		.dirs = dirs,
		.target = policy,
		.sources = policy ? &policy->sources : NULL,
		.report = &report,
	};
	int r, ended;

	if (!policy)
		return error_errno(err, ENOMEM, "read what comes of it");
	r = key_begin(&load, err);
	if (r == 0)
		r = key_read_text(&load, "policy", text, strlen(text), err);
	ended = key_end(&load, r < 0 ? NULL : err);
	assignments_clear(&load.assignments, &load.n_assignments);
	return r < 0 ? r : ended;
}

int oci_policy_write(const struct policy_dirs *dirs, const struct oci_policy *policy,
	char **ret_text, struct sbx_error *err)
{
	_cleanup_free_ char *text = write_text(policy);
	int r;

	if (!text)
		return error_errno(err, ENOMEM, "write the policy");
	r = check(dirs, text, err);
	if (r < 0)
		return error_prefix(err, r, "no policy can be made of it");
	*ret_text = take_ptr(text);
	return 0;
}
