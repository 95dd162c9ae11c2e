/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/calls.h"

#include "base/cleanup.h"
#include "policy/array.h"

#include <errno.h>

const struct call_case call_always;

void cases_clear(struct call_cases *cases)
{
	free(cases->v);
	*cases = (struct call_cases){ 0 };
}

int cases_add(struct call_cases *cases, const struct call_case *one)
{
	struct call_case *v;

	v = array_room(cases->v, cases->n, sizeof(*v));
	if (!v)
		return -ENOMEM;
	cases->v = v;
	v[cases->n++] = *one;
	return 0;
}

/* Whether no arguments are in both: some bit that both look at differs. */
static bool exclude(const struct call_case *a, const struct call_case *b)
{
	for (int i = 0; i < CALL_ARGS; i++)
		if ((a->value[i] ^ b->value[i]) & a->mask[i] & b->mask[i])
			return true;
	return false;
}

static void replace(struct call_cases *cases, struct call_cases *with)
{
	cases_clear(cases);
	*cases = *with;
	*with = (struct call_cases){ 0 };
}

int cases_meet(struct call_cases *cases, const struct call_cases *with)
{
	_cleanup_cases_ struct call_cases met = { 0 };
	int r = 0;

	for (size_t i = 0; i < cases->n * with->n && r == 0; i++) {
		struct call_case both = cases->v[i / with->n];
		const struct call_case *other = &with->v[i % with->n];

		if (exclude(&both, other))
			continue;
		for (int arg = 0; arg < CALL_ARGS; arg++) {
			both.mask[arg] |= other->mask[arg];
			both.value[arg] |= other->value[arg];
		}
		r = met.n < CALL_CASES_MAX ? cases_add(&met, &both) : -E2BIG;
	}
	if (r == 0)
		replace(cases, &met);
	return r;
}

/*
 * ONE without LESS, in cases that have nothing in common: each goes along with LESS up to one of
 * its bits and has that one otherwise.
 */
static int add_rest(
	struct call_cases *rest, const struct call_case *one, const struct call_case *less)
{
	struct call_case along = *one;
	int r = 0;

	if (exclude(one, less))
		return cases_add(rest, one);
	for (int arg = 0; arg < CALL_ARGS; arg++) {
		uint64_t bits = less->mask[arg] & ~one->mask[arg];

		for (; bits && r == 0; bits &= bits - 1) {
			uint64_t bit = bits & -bits;

			along.mask[arg] |= bit;
			along.value[arg] |= ~less->value[arg] & bit;
			r = cases_add(rest, &along);
			along.value[arg] ^= bit;
		}
	}
	return r;
}

int cases_subtract(struct call_cases *cases, const struct call_cases *less, size_t max)
{
	int r = 0;

	for (size_t i = 0; i < less->n && r == 0; i++) {
		_cleanup_cases_ struct call_cases rest = { 0 };

		for (size_t j = 0; j < cases->n && r == 0; j++) {
			r = add_rest(&rest, &cases->v[j], &less->v[i]);
			if (r == 0 && rest.n > max)
				r = -E2BIG;
		}
		if (r == 0)
			replace(cases, &rest);
	}
	return r;
}

/*
 * What LIST from number FROM on leaves of ONE: along with the first that overlaps, up to one of its
 * bits, and then otherwise. These pieces have nothing in common.
 */
static bool is_covered(const struct call_cases *list, size_t from, const struct call_case *one)
{
	struct call_case along = *one;

	while (from < list->n && exclude(one, &list->v[from]))
		from++;
	if (from == list->n)
		return false;
	for (int arg = 0; arg < CALL_ARGS; arg++) {
		uint64_t bits = list->v[from].mask[arg] & ~one->mask[arg];

		for (; bits; bits &= bits - 1) {
			uint64_t bit = bits & -bits;

			along.mask[arg] |= bit;
			along.value[arg] |= ~list->v[from].value[arg] & bit;
			if (!is_covered(list, from + 1, &along))
				return false;
			along.value[arg] ^= bit;
		}
	}
	return true;
}

bool cases_cover(const struct call_cases *cases, const struct call_cases *covered)
{
	for (size_t i = 0; i < covered->n; i++)
		if (!is_covered(cases, 0, &covered->v[i]))
			return false;
	return true;
}

bool cases_overlap(const struct call_cases *a, const struct call_cases *b)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < b->n; j++)
			if (!exclude(&a->v[i], &b->v[j]))
				return true;
	return false;
}

static void call_clear(struct policy_call *call)
{
	free(call->name);
	free(call->test);
	cases_clear(&call->cases);
}

void calls_clear(struct policy_calls *calls)
{
	for (size_t i = 0; i < calls->n; i++)
		call_clear(&calls->v[i]);
	free(calls->v);
	*calls = (struct policy_calls){ 0 };
}

int cases_add_all(struct call_cases *cases, const struct call_cases *from)
{
	int r = 0;

	for (size_t i = 0; i < from->n && r == 0; i++)
		r = cases_add(cases, &from->v[i]);
	return r;
}

int calls_add(struct policy_calls *calls, const char *name, const char *test,
	struct call_cases *cases, const struct policy_place *at)
{
	struct policy_call call = { .name = strdup(name), .test = test ? strdup(test) : NULL };
	struct policy_call *v = array_room(calls->v, calls->n, sizeof(*v));

	if (v)
		calls->v = v;
	if (!v || !call.name || (test && !call.test)) {
		call_clear(&call);
		return -ENOMEM;
	}
	if (cases)
		replace(&call.cases, cases);
	if (at)
		call.at = *at;
	v[calls->n++] = call;
	return 0;
}

int calls_add_all(
	struct policy_calls *calls, const struct policy_calls *from, const struct policy_place *at)
{
	int r = 0;

	for (size_t i = 0; i < from->n && r == 0; i++) {
		const struct policy_call *call = &from->v[i];
		_cleanup_cases_ struct call_cases cases = { 0 };

		r = cases_add_all(&cases, &call->cases);
		if (r == 0)
			r = calls_add(calls, call->name, call->test, &cases, at ? at : &call->at);
	}
	return r;
}

const struct policy_call *calls_find(const struct policy_calls *calls, const char *name)
{
	for (size_t i = 0; i < calls->n; i++)
		if (streq(calls->v[i].name, name))
			return &calls->v[i];
	return NULL;
}

const struct policy_call *calls_find_whole(const struct policy_calls *calls, const char *name)
{
	for (size_t i = 0; i < calls->n; i++)
		if (!calls->v[i].cases.n && streq(calls->v[i].name, name))
			return &calls->v[i];
	return NULL;
}

bool calls_have_cases(const struct policy_calls *calls)
{
	for (size_t i = 0; i < calls->n; i++)
		if (calls->v[i].cases.n)
			return true;
	return false;
}

int calls_gather(const struct policy_calls *calls, const char *name, struct call_cases *cases)
{
	int r = 0;

	for (size_t i = 0; i < calls->n && r == 0; i++) {
		const struct policy_call *call = &calls->v[i];

		if (streq(call->name, name))
			r = call->cases.n ? cases_add_all(cases, &call->cases)
					  : cases_add(cases, &call_always);
	}
	return r;
}
