/* SPDX-License-Identifier: Apache-2.0 */
/* [tenant] include: other files, read where the key stands, which is before all others. */
#include "policy/key.h"

#include <limits.h>
#include <sys/stat.h>

/* Deeper is a circle, or nothing that a person could follow. */
enum { DEPTH_MAX = 8 };

/* Shipped ones by name, and others by path: from the folder of the file that includes them. */
static int find_file(const struct key_use *use, const char *word, char path[static PATH_MAX])
{
	static const char *const folders[] = { "", "runtimes/", "seccomp/" };
	const struct policy_dirs *dirs = use->load->dirs;
	const char *here = use->load->source->name, *slash = strrchr(here, '/');
	int n;

	if (*word != '@') {
		n = snprintf(path, PATH_MAX, "%.*s%s",
			*word == '/' || !slash ? 0 : (int)(slash - here) + 1, here, word);
		return n >= PATH_MAX ? key_error(use, "'%s': the path is too long", word) : 0;
	}
	if (!name_is_valid(word + 1))
		return key_error(use, "'%s' is no name of a shipped policy", word);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		n = snprintf(path, PATH_MAX, "%s/%s%s.ini", dirs->shipped, folders[i], word + 1);
		if (n >= PATH_MAX || access(path, F_OK) < 0)
			continue;
		if (streq(folders[i], "seccomp/")) {
			struct policy_place at = key_place(use);

			report_warning(use->load->report, &at,
				"include: '%s' is a list of calls, and adds them to the profile's: "
				"'profile = %s' starts from it alone",
				word, word);
		}
		return 0;
	}
	return key_error(use, "there is no shipped policy '%s' in '%s'", word, dirs->shipped);
}

/* Whatever they are called: a drop-in knows a file by another path than the policy does. */
static bool is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* What two files include counts once. That ends circles through other files, too. */
static bool was_read(const struct key_use *use, const char *path)
{
	const struct policy_sources *sources = use->load->sources;

	for (size_t i = 0; i < sources->n; i++)
		if (is_same_file(sources->v[i]->name, path))
			return true;
	return false;
}

static int include(const struct key_use *use, const char *word)
{
	struct key_load *load = use->load;
	unsigned int column = load->column;
	char path[PATH_MAX];
	int r = find_file(use, word, path);

	if (r < 0)
		return r;
	if (load->depth >= DEPTH_MAX)
		return key_error(use, "'%s': included more than %d deep", word, DEPTH_MAX);
	if (is_same_file(path, load->source->name))
		return key_error(use, "'%s' includes itself", word);
	if (was_read(use, path))
		return 0;
	load->depth++;
	r = key_read(load, path, NULL);
	load->depth--;
	load->column = column;
	/* The problem was told of that file; here stands who wanted it. */
	return r < 0 && r != -ENOMEM ? key_error(use, "'%s' can't be included", word) : r;
}

static int parse_include(const struct key_use *use, void *field)
{
	_cleanup_strv_ struct strv words = { 0 };
	_cleanup_free_ struct key_note *notes = NULL;
	int r, worst = 0;

	(void)field;
	if (use->load->begun)
		return key_error(use, "comes before all other keys of the file: it is read first");
	r = key_words(use, &words);
	if (r < 0)
		return r;
	if (use->load->spoken)
		return key_error(
			use, "'%s': which files are read does not depend on %%i or %%n", use->text);
	/* Theirs, while other files are read. */
	notes = take_ptr(use->load->notes);
	for (size_t i = 0; i < words.n && worst != -ENOMEM; i++) {
		use->load->column = notes[i].column;
		r = include(use, words.v[i]);
		worst = r < 0 ? r : worst;
	}
	return worst;
}

/* Nothing was set by it, so nothing can be taken back. */
const struct key_type type_include = {
	.form = "@NAME or PATH...",
	.parse = parse_include,
	.list = true,
	.required = true,
};
