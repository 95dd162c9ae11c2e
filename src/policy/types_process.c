/* SPDX-License-Identifier: Apache-2.0 */
/* [process]: capabilities by libcap's names. */
#include "policy/key.h"

#include <ctype.h>
#include <sys/capability.h>

/* All that libcap knows. -ENOMEM. */
static int list_capabilities(struct strv *ret_names)
{
	_cleanup_strv_ struct strv names = { 0 };
	int r = strv_add(&names, "none");

	for (cap_value_t cap = 0; cap <= CAP_LAST_CAP && r == 0; cap++) {
		char *name = cap_to_name(cap);

		r = name ? strv_add(&names, name) : -ENOMEM;
		(void)cap_free(name);
	}
	if (r < 0)
		return r;
	*ret_names = names;
	names = (struct strv){ 0 };
	return 0;
}

static int report_capability(const struct key_use *use, const char *name)
{
	_cleanup_strv_ struct strv names = { 0 };
	char prefixed[32];
	const char *near = NULL;
	cap_value_t cap;

	/* As container engines spell them. */
	(void)snprintf(prefixed, sizeof(prefixed), "cap_%s", name);
	for (char *c = prefixed; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	if (cap_from_name(prefixed, &cap) == 0)
		near = prefixed;
	else if (use->load->guesses > 0 && list_capabilities(&names) == 0)
		near = key_guess(use->load, name, &names, names.n, strv_at);
	if (near)
		return key_error(use, "'%s' is no capability; did you mean '%s'?", name, near);
	return key_error(use, "'%s' is no capability", name);
}

static int parse_capabilities(const struct key_use *use, void *field)
{
	_cleanup_strv_ struct strv words = { 0 };
	int r = key_words(use, &words), worst = r;
	cap_value_t cap;

	(void)field;
	for (size_t i = 0; i < words.n && r != -ENOMEM; i++) {
		const char *word = words.v[i];

		key_at_word(use, i);
		if (streq(word, "none"))
			r = words.n == 1 ? 0 : key_error(use, "'none' stands alone");
		else if (streq(word, "all") || cap_from_name(word, &cap) == 0)
			r = key_error(
				use, "'%s' is not supported by this build: only 'none' is", word);
		else
			r = report_capability(use, word);
		worst = r < 0 ? r : worst;
	}
	return worst;
}

const struct key_type type_capabilities = {
	.form = "none",
	.parse = parse_capabilities,
};
