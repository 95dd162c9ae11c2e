/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "lib/outcome.h"

#define GOOD                                                                                     \
	"{\"tenant\":\"a\",\"name\":\"x\",\"pid\":7,\"exit_code\":137,\"signal\":9,"             \
	"\"reason\":\"oom\",\"step\":\"\",\"error\":\"\",\"cure\":\"\",\"lsm\":true,"            \
	"\"oom_kills\":2,\"pids_max_hits\":3,\"denied\":{\"file_open\":4,\"socket_connect\":5}," \
	"\"last_denial\":\"open\",\"last_denial_hook\":\"file_open\",\"last_denial_why\":\"w\"}"

static int parse(const char *text, struct outcome_report **ret_report)
{
	return outcome_parse(text, strlen(text), ret_report);
}

/* GOOD with one text replaced. */
static int parse_with(const char *old, const char *new)
{
	struct outcome_report *report = NULL;
	char text[4096];
	const char *at = strstr(GOOD, old);
	int r;

	ASSERT_TRUE(at != NULL);
	(void)snprintf(
		text, sizeof(text), "%.*s%s%s", (int)(at - GOOD), GOOD, new, at + strlen(old));
	r = parse(text, &report);
	if (r == 0)
		outcome_free(report);
	else
		EXPECT_TRUE(report == NULL);
	return r;
}

TEST(takes_all_of_a_report)
{
	struct outcome_report *report = NULL;
	const struct sandboxctl_outcome *o;

	ASSERT_EQ(0, parse(GOOD, &report));
	o = &report->outcome;
	EXPECT_STREQ("a", o->tenant);
	EXPECT_STREQ("x", o->name);
	EXPECT_EQ(7, o->pid);
	EXPECT_EQ(137, o->exit_code);
	EXPECT_EQ(9, o->signal);
	EXPECT_EQ(SANDBOXCTL_REASON_OOM, o->reason);
	EXPECT_STREQ("oom", sandboxctl_reason_name(o->reason));
	EXPECT_EQ(1, o->lsm);
	EXPECT_EQ(2, o->oom_kills);
	EXPECT_EQ(3, o->pids_max_hits);
	EXPECT_EQ(9, o->denials);
	ASSERT_EQ(2, o->n_denied);
	EXPECT_STREQ("file_open", o->denied[0].hook);
	EXPECT_EQ(4, o->denied[0].count);
	EXPECT_STREQ("open", o->last_denial);
	outcome_free(report);
}

TEST(what_is_beside_is_not_looked_at)
{
	EXPECT_EQ(0, parse_with("\"pid\":7", "\"pid\":7,\"later\":[{}]"));
	EXPECT_EQ(0, parse_with("\"lsm\":true", "\"lsm\":null"));
	EXPECT_EQ(0, parse_with("{\"file_open\":4,\"socket_connect\":5}", "{}"));
}

/* Each part of it missing, and each of another type. */
TEST(nothing_may_be_missing_or_of_another_type)
{
	static const char *const keys[] = { "tenant", "name", "pid", "exit_code", "signal",
		"reason", "step", "error", "cure", "lsm", "oom_kills", "pids_max_hits", "denied",
		"last_denial", "last_denial_hook", "last_denial_why" };
	char old[64], new[64];

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		(void)snprintf(old, sizeof(old), "\"%s\":", keys[i]);
		(void)snprintf(new, sizeof(new), "\"x%s\":", keys[i]);
		EXPECT_EQ(-EBADMSG, parse_with(old, new));
		(void)snprintf(new, sizeof(new), "\"%s\":[],\"y\":", keys[i]);
		EXPECT_EQ(-EBADMSG, parse_with(old, new));
		(void)snprintf(new, sizeof(new), "\"%s\":1.5,\"y\":", keys[i]);
		EXPECT_EQ(-EBADMSG, parse_with(old, new));
		/* Twice: which of them counts? */
		(void)snprintf(new, sizeof(new), "\"%s\":0,\"%s\":", keys[i], keys[i]);
		EXPECT_EQ(-EBADMSG, parse_with(old, new));
	}
}

TEST(numbers_have_their_range)
{
	EXPECT_EQ(-EBADMSG, parse_with("\"exit_code\":137", "\"exit_code\":256"));
	EXPECT_EQ(-EBADMSG, parse_with("\"exit_code\":137", "\"exit_code\":-1"));
	EXPECT_EQ(-EBADMSG, parse_with("\"exit_code\":137", "\"exit_code\":4294967296"));
	EXPECT_EQ(-EBADMSG, parse_with("\"signal\":9", "\"signal\":65"));
	EXPECT_EQ(-EBADMSG, parse_with("\"pid\":7", "\"pid\":2147483648"));
	EXPECT_EQ(-EBADMSG, parse_with("\"oom_kills\":2", "\"oom_kills\":-2"));
	EXPECT_EQ(-EBADMSG, parse_with("\"oom_kills\":2", "\"oom_kills\":99999999999999999999"));
	EXPECT_EQ(-EBADMSG, parse_with("\"file_open\":4", "\"file_open\":-4"));
	EXPECT_EQ(-EBADMSG, parse_with("\"file_open\":4", "\"file_open\":\"4\""));
	EXPECT_EQ(-EBADMSG, parse_with("{\"file_open\":4,\"socket_connect\":5}",
				    "{\"a\":9223372036854775807,\"b\":9223372036854775807,"
				    "\"c\":9223372036854775807}"));
}

TEST(a_reason_is_one_of_ours)
{
	EXPECT_EQ(-EBADMSG, parse_with("\"oom\"", "\"\""));
	EXPECT_EQ(-EBADMSG, parse_with("\"oom\"", "\"OOM\""));
	EXPECT_EQ(-EBADMSG, parse_with("\"oom\"", "\"ex\\u0000it\""));
	for (enum sandboxctl_reason r = SANDBOXCTL_REASON_EXIT; r <= SANDBOXCTL_REASON_SETUP; r++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "\"%s\"", sandboxctl_reason_name(r));
		EXPECT_EQ(0, parse_with("\"oom\"", name));
	}
	EXPECT_STREQ("unknown", sandboxctl_reason_name((enum sandboxctl_reason)77));
	EXPECT_STREQ("unknown", sandboxctl_reason_name((enum sandboxctl_reason) - 1));
}

TEST(what_is_no_report)
{
	static const char *const texts[] = { "", "{", "{}", "[]", "null", "1", "\"a\"", GOOD "x",
		GOOD GOOD, "[" GOOD "]", "\xff" };
	struct outcome_report *report = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		EXPECT_EQ(-EBADMSG, parse(texts[i], &report));
	/* Each of its beginnings. */
	for (size_t n = 0; n < strlen(GOOD); n++)
		EXPECT_EQ(-EBADMSG, outcome_parse(GOOD, n, &report));
	EXPECT_TRUE(report == NULL);
}

/* Deeper than anybody's stack. */
TEST(nesting_is_bounded)
{
	size_t size = 1 << 16;
	char *text = malloc(size);
	struct outcome_report *report = NULL;

	ASSERT_TRUE(text != NULL);
	memset(text, '[', size);
	EXPECT_EQ(-EBADMSG, outcome_parse(text, size, &report));
	free(text);
}
