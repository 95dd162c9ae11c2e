/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/seccomp_test.h"

#include "oci/memory.h"
#include "policy/syscalls.h"

static const char *const operators[] = {
	[OCI_NE] = "!=",
	[OCI_LT] = "<",
	[OCI_LE] = "<=",
	[OCI_EQ] = "==",
	[OCI_GE] = ">=",
	[OCI_GT] = ">",
	[OCI_MASKED_EQ] = "==",
};

/* What an argument is called, and which of its bits the kernel looks at. */
struct argument {
	char name[64];
	uint64_t all;
	bool varies; /* a test has to say how many */
};

/*
 * By its place in the list of all, for prctl's third one is named "arg3". One that the call lacks
 * has a name that no call has: test_parse() will say so.
 */
static struct argument find_argument(const char *call, uint64_t index)
{
	struct argument found = { .all = UINT64_MAX };
	struct syscalls_argument known;
	char names[256], *rest = names;
	const char *name = rest;

	syscalls_format_arguments(call, names, sizeof(names));
	for (uint64_t i = 0; name && i <= index; i++)
		name = strsep(&rest, ",");
	if (name)
		name += strspn(name, " ");
	if (name && syscalls_find_argument(call, name, &known) == 0) {
		(void)snprintf(found.name, sizeof(found.name), "%s", name);
		found.varies = known.varies;
		if (known.bits)
			found.all = UINT64_MAX >> (64 - known.bits);
	} else {
		(void)snprintf(
			found.name, sizeof(found.name), "argument%llu", (unsigned long long)index);
	}
	return found;
}

/*
 * A profile's comparisons are of 64 bits. Of an int that is below zero the upper ones are set, and
 * the kernel drops them.
 */
static void write_value(FILE *out, uint64_t value, uint64_t all)
{
	if (value > all && ~value <= all / 2)
		(void)fprintf(out, "-%llu", (unsigned long long)-value);
	else
		(void)fprintf(
			out, value > UINT16_MAX ? "%#llx" : "%llu", (unsigned long long)value);
}

static void write_comparison(FILE *out, const char *call, const struct oci_arg *arg)
{
	struct argument argument = find_argument(call, arg->index);
	uint64_t mask = arg->value, all = argument.all;

	if (arg->op != OCI_MASKED_EQ) {
		(void)fputs(argument.name, out);
		/* A profile compares all bits, whatever the kernel makes of them. */
		if (argument.varies)
			(void)fprintf(out, " & %#llx", (unsigned long long)all);
		(void)fprintf(out, " %s ", operators[arg->op]);
		write_value(out, arg->value, all);
		return;
	}
	/* That the dropped bits are not set is true of whatever the kernel gets to see. */
	if (arg->value_two <= all)
		mask &= all;
	(void)fputs(argument.name, out);
	if (mask != all || argument.varies)
		(void)fprintf(out, " & %#llx", (unsigned long long)mask);
	(void)fprintf(out, " == %#llx", (unsigned long long)arg->value_two);
}

static int add_test(const char *call, const struct oci_arg *args, size_t n, struct strv *tests)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (i)
			(void)fputs(" && ", out);
		write_comparison(out, call, &args[i]);
	}
	if (memory_end(out, &text) < 0)
		return -ENOMEM;
	return strv_contains(tests, text) ? 0 : strv_add(tests, text);
}

static bool has_one_twice(const struct oci_args *args)
{
	unsigned int seen = 0;

	for (size_t i = 0; i < args->n; i++) {
		if (seen & 1U << args->v[i].index)
			return true;
		seen |= 1U << args->v[i].index;
	}
	return false;
}

int oci_tests_write(const char *call, const struct oci_args *args, struct strv *ret_tests)
{
	_cleanup_strv_ struct strv tests = { 0 };
	bool each = has_one_twice(args);
	int r = each ? 0 : add_test(call, args->v, args->n, &tests);

	for (size_t i = 0; each && i < args->n && r == 0; i++)
		r = add_test(call, &args->v[i], 1, &tests);
	if (r < 0)
		return r;
	*ret_tests = tests;
	tests = (struct strv){ 0 };
	return 0;
}
