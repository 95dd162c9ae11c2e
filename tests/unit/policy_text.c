/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/text.h"

#include "base/str.h"
#include "test.h"

static const char *check(const char *bytes, size_t n)
{
	const char *why = text_check(bytes, n);

	return why ? why : "";
}

TEST(bytes_of_a_line)
{
#define CHECK(literal) check(literal, sizeof(literal) - 1)
	EXPECT_STREQ("", CHECK(""));
	EXPECT_STREQ("", CHECK("read = /srv/\tx"));
	EXPECT_STREQ("", CHECK("/gr\xc3\xbc\xc3\x9f"
			       "e/\xe2\x82\xac/\xf0\x9f\x98\x80"));
	EXPECT_STREQ("has a NUL byte", CHECK("a\0b"));
	EXPECT_STREQ("has a control character", CHECK("a\033[31m"));
	EXPECT_STREQ("has a control character", CHECK("a\x7f"));
	EXPECT_STREQ("has a control character", CHECK("a\xc2\x85"));
	EXPECT_STREQ("has an invisible character", CHECK("a\xe2\x80\xae"
							 "b"));
	EXPECT_STREQ("has an invisible character", CHECK("a\xe2\x80\x8b"
							 "b"));
	EXPECT_STREQ("is not UTF-8", CHECK("\xff"));
	EXPECT_STREQ("is not UTF-8", CHECK("\x80"));
	EXPECT_STREQ("is not UTF-8", CHECK("\xc0\xaf")); /* overlong '/' */
	EXPECT_STREQ("is not UTF-8", CHECK("\xe0\x80\xaf"));
	EXPECT_STREQ("is not UTF-8", CHECK("\xf0\x80\x80\xaf"));
	EXPECT_STREQ("is not UTF-8", CHECK("\xed\xa0\x80")); /* a surrogate */
	EXPECT_STREQ("is not UTF-8", CHECK("\xf4\x90\x80\x80")); /* above U+10FFFF */
	EXPECT_STREQ("is not UTF-8", CHECK("\xf8\x88\x80\x80\x80"));
	EXPECT_STREQ("is not UTF-8", CHECK("\xe2\x82")); /* cut short */
	EXPECT_STREQ("is not UTF-8", CHECK("\xe2"
					   "ab"));
#undef CHECK
}

/* The words of TEXT, each in <>, or what is wrong. */
static const char *words(const char *text, char out[static 256])
{
	char word[256], *end = out;
	bool found = true;

	*out = '\0';
	while (found) {
		const char *why = text_next_word(&text, word, &found);

		if (why)
			return why;
		if (found)
			end += sprintf(end, "<%s>", word);
	}
	return out;
}

TEST(words_and_quotes)
{
	char out[256];

	EXPECT_STREQ("", words("", out));
	EXPECT_STREQ("", words(" \t ", out));
	EXPECT_STREQ("<a><b>", words("a b", out));
	EXPECT_STREQ("<a><b>", words("\ta \t b ", out));
	EXPECT_STREQ("<a b><c>", words("\"a b\" c", out));
	EXPECT_STREQ("<A=b c>", words("A=\"b c\"", out));
	EXPECT_STREQ("<abc>", words("a\"b\"c", out));
	EXPECT_STREQ("<>", words("\"\"", out));
	EXPECT_STREQ("<a\"b\\c>", words("\"a\\\"b\\\\c\"", out));
	EXPECT_STREQ("<it's>", words("\"it's\"", out));
	EXPECT_STREQ("the closing '\"' is missing", words("a \"b", out));
	EXPECT_STREQ("the closing '\"' is missing", words("\"b\\\"", out));
	EXPECT_STREQ(
		"a backslash in quotes stands before '\"' or '\\' only", words("\"a\\n\"", out));
	EXPECT_STREQ("a backslash in quotes stands before '\"' or '\\' only", words("\"a\\", out));
	EXPECT_STREQ("outside of \"...\" there is no place for ' and \\", words("'a b'", out));
	EXPECT_STREQ("outside of \"...\" there is no place for ' and \\", words("a b \\", out));
}

TEST(comments_behind_values)
{
	EXPECT_STREQ("; c", text_find_comment("a ; c"));
	EXPECT_STREQ("# c", text_find_comment("a\t# c"));
	EXPECT_STREQ(";", text_find_comment(";"));
	EXPECT_TRUE(!text_find_comment("a;b"));
	EXPECT_TRUE(!text_find_comment("a#b c"));
	EXPECT_TRUE(!text_find_comment("\"a ; b\""));
	EXPECT_TRUE(!text_find_comment("\"a \\\" ; b\""));
	EXPECT_STREQ("; d", text_find_comment("\"a ; b\" ; d"));
	EXPECT_TRUE(!text_find_comment(""));
}

static char *expand(const char *word, const struct text_names *names, unsigned int *spoken)
{
	const char *why;
	char *expanded = text_expand(word, names, spoken, &why);

	return expanded ? expanded : strdup(why);
}

TEST(specifiers)
{
	static const struct {
		const char *word, *tenant, *expanded;
	} cases[] = {
		{ "", "acme", "" },
		{ "/srv", "acme", "/srv" },
		{ "/srv/%t/%t", "acme", "/srv/acme/acme" },
		{ "100%%", "acme", "100%" },
		{ "%%t", "acme", "%t" },
		{ "%t%%%t", "a", "a%a" },
		{ "%t", NULL, "%t, %i and %n have no meaning here" },
		{ "%%", NULL, "%" },
		{ "%", "acme", "'%' stands before t, i or n only (write %% for a percent sign)" },
		{ "a%x", "acme", "'%' stands before t, i or n only (write %% for a percent sign)" },
		{ "a%", "acme", "'%' stands before t, i or n only (write %% for a percent sign)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct text_names names = { cases[i].tenant, NULL, NULL };
		unsigned int spoken = 0;
		_cleanup_free_ char *expanded = expand(cases[i].word, &names, &spoken);

		EXPECT_STREQ(cases[i].expanded, expanded);
		EXPECT_EQ(0, spoken);
	}
}

TEST(specifiers_that_are_known_later)
{
	static const struct {
		const char *word, *id, *sandbox, *expanded;
		unsigned int spoken;
	} cases[] = {
		{ "%i-%n", "7", "run-1", "7-run-1", TEXT_ID | TEXT_SANDBOX },
		{ "%i-%n", "7", NULL, "7-%n", TEXT_ID | TEXT_SANDBOX | TEXT_NO_SANDBOX },
		{ "%i", NULL, "run-1", "%i", TEXT_ID | TEXT_NO_ID },
		{ "%n%t", NULL, "run-1", "run-1acme", TEXT_SANDBOX },
		{ "%%i", NULL, NULL, "%i", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct text_names names = { "acme", cases[i].id, cases[i].sandbox };
		unsigned int spoken = 0;
		_cleanup_free_ char *expanded = expand(cases[i].word, &names, &spoken);

		EXPECT_STREQ(cases[i].expanded, expanded);
		EXPECT_EQ(cases[i].spoken, spoken);
	}
}

static const char *normalise(const char *path, char out[static 64])
{
	const char *why;

	(void)snprintf(out, 64, "%s", path);
	why = text_normalise_path(out);
	return why ? why : out;
}

TEST(paths)
{
	char out[64], *longest;

	EXPECT_STREQ("/", normalise("/", out));
	EXPECT_STREQ("/", normalise("//", out));
	EXPECT_STREQ("/", normalise("/./", out));
	EXPECT_STREQ("/a/b", normalise("/a/b", out));
	EXPECT_STREQ("/a/b", normalise("//a///b//", out));
	EXPECT_STREQ("/a/b", normalise("/./a/./b/.", out));
	EXPECT_STREQ("/a/...", normalise("/a/...", out));
	EXPECT_STREQ("/.a/..b/c..", normalise("/.a/..b/c..", out));
	EXPECT_STREQ("the path has a '..'", normalise("/a/../b", out));
	EXPECT_STREQ("the path has a '..'", normalise("/..", out));
	EXPECT_STREQ("the path is not absolute", normalise("a/b", out));
	EXPECT_STREQ("the path is not absolute", normalise("./a", out));
	EXPECT_STREQ("the path is empty", normalise("", out));

	longest = malloc(4098);
	ASSERT_TRUE(longest);
	memset(longest, 'a', 4097);
	longest[0] = '/';
	longest[4095] = '\0';
	EXPECT_TRUE(!text_normalise_path(longest));
	longest[4095] = 'a';
	longest[4096] = '\0';
	EXPECT_STREQ("the path is too long", text_normalise_path(longest));
	free(longest);
}
