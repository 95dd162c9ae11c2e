/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/test.h"

#include "policy/syscalls.h"

#include <stdarg.h>

enum operation { EQUAL, UNEQUAL, BELOW, AT_MOST, ABOVE, AT_LEAST };

/* Longer ones first: "<" begins "<=". */
static const struct {
	const char *text;
	enum operation op;
} operators[] = {
	{ "==", EQUAL },
	{ "!=", UNEQUAL },
	{ "<=", AT_MOST },
	{ ">=", AT_LEAST },
	{ "<", BELOW },
	{ ">", ABOVE },
};

struct number {
	uint64_t value;
	bool negative;
};

/* `ARG & MASK OP VALUE` */
struct comparison {
	struct syscalls_argument argument;
	uint64_t all; /* the bits that the kernel looks at */
	uint64_t mask; /* those that are compared */
	enum operation op;
	uint64_t value;
};

struct reader {
	const char *call;
	const char *s; /* what is left of the test */
	struct test_error *err;
};

__attribute__((format(printf, 2, 3))) static int fail(const struct reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(r->err->why, sizeof(r->err->why), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* What stands where something is missing. */
static const char *rest_of(const struct reader *r)
{
	return *r->s ? r->s : ")";
}

static bool take(struct reader *r, const char *token)
{
	const char *rest;

	r->s += strspn(r->s, " \t");
	rest = str_after(r->s, token);
	/* "&" and "|" are no halves of "&&" and "||". */
	if (!rest || (token[1] == '\0' && *rest == *token && strchr("&|", *token)))
		return false;
	r->s = rest;
	return true;
}

enum { WORD_MAX_LEN = 63 };

/* A name or a number; "" where neither stands. */
static int take_word(struct reader *r, char word[static WORD_MAX_LEN + 1])
{
	size_t n;

	r->s += strspn(r->s, " \t");
	n = strspn(r->s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	if (n > WORD_MAX_LEN)
		return fail(r, "'%.*s' is neither a name nor a number", (int)n, r->s);
	memcpy(word, r->s, n);
	word[n] = '\0';
	r->s += n;
	return 0;
}

static int parse_term(struct reader *r, struct number *ret)
{
	bool minus = take(r, "-");
	char word[WORD_MAX_LEN + 1], *end;
	uint64_t value;

	if (take_word(r, word) < 0)
		return -EINVAL;
	if (*word >= '0' && *word <= '9') {
		errno = 0;
		value = strtoull(word, &end, 0);
		if (*end || errno || (minus && value > INT64_MAX))
			return fail(r, "'%s' is not a number", word);
		*ret = (struct number){ minus ? -value : value, minus && value };
		return 0;
	}
	if (!*word)
		return fail(r, "a value is missing before '%s'", rest_of(r));
	if (minus)
		return fail(r, "'-' stands before a number, not before '%s'", word);
	if (syscalls_find_constant(word, &value) < 0) {
		(void)snprintf(r->err->unknown, sizeof(r->err->unknown), "%s", word);
		return fail(r, "'%s' is no constant that is known here: write its number", word);
	}
	*ret = (struct number){ value, value > INT64_MAX };
	return 0;
}

/* It must fit into the bits that the kernel looks at. */
static int parse_value(struct reader *r, uint64_t all, struct number *ret)
{
	struct number whole = { 0 }, term = { 0 };

	do {
		int n = parse_term(r, &term);

		if (n < 0)
			return n;
		whole.value |= term.value;
		whole.negative |= term.negative;
	} while (take(r, "|"));
	if (whole.negative ? ~whole.value > all / 2 : whole.value > all)
		return fail(r, "%#llx does not fit into what the kernel looks at, %#llx",
			(unsigned long long)whole.value, (unsigned long long)all);
	*ret = (struct number){ whole.value & all, whole.negative };
	return 0;
}

static int parse_argument(struct reader *r, struct comparison *c)
{
	char word[WORD_MAX_LEN + 1], known[128];

	if (take_word(r, word) < 0)
		return -EINVAL;
	if (syscalls_find_argument(r->call, word, &c->argument) == 0) {
		if (c->argument.bits == 0)
			return fail(r, "the kernel does not look at '%s'", word);
		c->all = UINT64_MAX >> (64 - c->argument.bits);
		c->mask = c->all;
		return 0;
	}
	syscalls_format_arguments(r->call, known, sizeof(known));
	if (!*known)
		return fail(r, "no argument of '%s' can be tested", r->call);
	if (!*word)
		return fail(r, "an argument is missing before '%s'", rest_of(r));
	return fail(r, "'%s' has no argument '%s': it has %s", r->call, word, known);
}

static int parse_operator(struct reader *r, struct comparison *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++)
		if (take(r, operators[i].text)) {
			c->op = operators[i].op;
			return 0;
		}
	return fail(r, "one of == != < <= > >= is missing before '%s'", rest_of(r));
}

static int check_comparison(const struct reader *r, const struct comparison *c, bool negative)
{
	bool ordered = c->op > UNEQUAL, masked = c->mask != c->all;

	if (c->argument.pointer && (c->value || masked || ordered))
		return fail(r, "a pointer can be compared with 0 alone: what it points to is "
			       "beyond a filter");
	if (masked && ordered)
		return fail(r, "behind '&' stands == or !=");
	if (negative && ordered)
		return fail(r, "a filter compares without sign: not with a negative number");
	return 0;
}

static int parse_comparison(struct reader *r, struct comparison *c)
{
	bool parenthesis = take(r, "("), masked;
	struct number mask = { 0 }, value = { 0 };
	int n = parse_argument(r, c);

	masked = n == 0 && take(r, "&");
	if (masked)
		n = parse_value(r, c->all, &mask);
	if (n == 0 && parenthesis && !take(r, ")"))
		n = fail(r, "')' is missing before '%s'", rest_of(r));
	if (n == 0)
		n = parse_operator(r, c);
	if (n == 0)
		n = parse_value(r, c->all, &value);
	if (n < 0)
		return n;
	if (masked)
		c->mask = mask.value;
	c->value = value.value;
	if (c->argument.varies && !masked)
		return fail(r, "how much of it the kernel looks at depends on the request: say it, "
			       "as in '& 0xffffffff' for an int");
	return check_comparison(r, c, value.negative);
}

static int add(struct call_cases *cases, const struct comparison *c, uint64_t mask, uint64_t value)
{
	struct call_case one = { 0 };

	one.mask[c->argument.index] = mask;
	one.value[c->argument.index] = value & mask;
	return cases_add(cases, &one);
}

/*
 * Goes along with the value from its highest bit down, and at each bit of `turns` has it otherwise:
 * all that differ in a bit of the mask, all below (turning where the value has a 1), all above.
 */
static int add_turns(struct call_cases *cases, const struct comparison *c, uint64_t turns)
{
	int r = 0;

	for (int i = 63; i >= 0 && r == 0; i--) {
		uint64_t bit = 1ULL << i, from_here_up = c->mask & ~(bit - 1);

		if (turns & bit)
			r = add(cases, c, from_here_up, c->value ^ bit);
	}
	return r;
}

static int add_cases(struct call_cases *cases, const struct comparison *c)
{
	int r = 0;

	if (c->op == EQUAL || c->op == AT_MOST || c->op == AT_LEAST)
		r = add(cases, c, c->mask, c->value);
	if (r == 0 && c->op == UNEQUAL)
		r = add_turns(cases, c, c->mask);
	if (r == 0 && (c->op == BELOW || c->op == AT_MOST))
		r = add_turns(cases, c, c->value);
	if (r == 0 && (c->op == ABOVE || c->op == AT_LEAST))
		r = add_turns(cases, c, c->all & ~c->value);
	return r;
}

/* Whether it says nothing: no value, or every value, fulfils it. */
static bool is_empty(const struct comparison *c)
{
	switch (c->op) {
	case EQUAL:
	case UNEQUAL:
		return c->mask == 0 || (c->value & ~c->mask);
	case BELOW:
	case AT_LEAST:
		return c->value == 0;
	case ABOVE:
	case AT_MOST:
		return c->value == c->all;
	}
	return true;
}

static int meet_comparison(struct reader *r, struct call_cases *cases)
{
	_cleanup_cases_ struct call_cases its = { 0 };
	const char *start = r->s + strspn(r->s, " \t");
	struct comparison c = { 0 };
	int n = parse_comparison(r, &c);

	if (n < 0)
		return n;
	if (is_empty(&c))
		return fail(r, "'%.*s' holds always or never", (int)(r->s - start), start);
	n = add_cases(&its, &c);
	return n < 0 ? n : cases_meet(cases, &its);
}

int test_parse(
	const char *call, const char *test, struct call_cases *ret_cases, struct test_error *err)
{
	_cleanup_cases_ struct call_cases cases = { 0 };
	struct reader reader = { .call = call, .s = test, .err = err };
	int r = cases_add(&cases, &call_always);

	*err = (struct test_error){ 0 };
	do
		r = r < 0 ? r : meet_comparison(&reader, &cases);
	while (r == 0 && take(&reader, "&&"));
	if (r == -E2BIG)
		return fail(&reader, "too many cases for a filter: %d at most", CALL_CASES_MAX);
	if (r < 0)
		return r;
	if (take(&reader, "||"))
		return fail(&reader, "alternatives are tests of their own, not joined by '||'");
	if (*reader.s)
		return fail(&reader, "'&&' is missing before '%s'", reader.s);
	if (!cases.n)
		return fail(&reader, "its comparisons exclude each other: it never holds");
	*ret_cases = cases;
	cases = (struct call_cases){ 0 };
	return 0;
}
