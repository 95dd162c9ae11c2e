/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "SECTION.KEY=VALUE", as a command line says it: a file of one line that comes behind all others.
 * Its place is the setting itself.
 */
#include "policy/key.h"

/* What is the tenant's, and is settled before any of its sandboxes is. */
static const struct {
	const char *section, *name, *why, *cure;
} refused[] = {
	{ "tenant", "id", "it is the tenant's, for good", "set it in the tenant's own file" },
	{ "tenant", "include", "all files are read before what is set here",
		"include it in the tenant's own file" },
	{ "filesystem", "own", "it is known to the kernel before any sandbox runs",
		"set it in the tenant's own file, then sandboxctl lsm load" },
	{ "filesystem", "share", "it is known to the kernel before any sandbox runs",
		"set it in the tenant's own file, then sandboxctl lsm load" },
	{ "audit", "rate", "it is the tenant's, and not a sandbox's",
		"set it in the tenant's own file, then sandboxctl lsm load" },
};

static bool is_refused(struct key_load *load, const char *section, const struct lines_pair *pair)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		if (!streq(section, refused[i].section) || !streq(pair->key, refused[i].name))
			continue;
		report_error(load->report, &pair->key_at, "%s: %s: %s", pair->key, refused[i].why,
			refused[i].cure);
		return true;
	}
	return false;
}

/* Of two sections that it could be of, the longer one: "cgroup.sandbox.memory.max". */
static const char *section_of(const struct key_table *table, const char *name)
{
	const char *best = NULL;

	for (size_t i = 0; i < table->n; i++) {
		const char *section = table->keys[i].section, *rest = str_after(name, section);

		if (*section && rest && *rest == '.' && (!best || strlen(section) > strlen(best)))
			best = section;
	}
	return best;
}

static void report_form(struct key_load *load, const struct policy_place *at)
{
	report_error(
		load->report, at, "not SECTION.KEY=VALUE, as in cgroup.sandbox.memory.max=64M");
}

/* NAME is cut behind its section where there is none of that name. */
static void set(struct key_load *load, char *name, const char *value)
{
	const struct policy_place at = { load->source, 0, 0 };
	struct lines_pair pair = { .value = value, .key_at = at, .value_at = at };

	pair.section = section_of(load->table, name);
	if (!pair.section) {
		key_no_section(load, name, &at);
		return;
	}
	pair.key = name + strlen(pair.section) + 1;
	if (!lines_is_name(pair.key))
		report_form(load, &at);
	else if (!is_refused(load, pair.section, &pair) &&
		 key_events.section(load, pair.section, &at))
		(void)key_events.key(load, &pair);
}

static void read_text(struct key_load *load, char *text)
{
	const struct policy_place at = { load->source, 0, 0 };
	const char *why = strlen(text) > LINE_MAX_LEN ? "is longer than 4096 bytes"
						      : text_check(text, strlen(text));
	char *equals = strchr(text, '=');

	if (why) {
		report_error(load->report, &at, "the setting %s", why);
		return;
	}
	if (equals)
		*equals = '\0';
	if (equals && *text != '.' && strchr(text, '.'))
		set(load, lines_trim(text), lines_trim(equals + 1));
	else
		report_form(load, &at);
}

const char *policy_find_setting(const struct policy *policy, const char *section)
{
	for (size_t i = policy->settings.n; i-- > 0;) {
		const char *found = section_of(&policy_keys, policy->settings.v[i]);

		if (found && streq(found, section))
			return policy->settings.v[i];
	}
	return NULL;
}

int key_read_setting(struct key_load *load, const char *setting, struct sbx_error *err)
{
	_cleanup_free_ char *name = NULL, *text = strdup(setting);
	struct policy_source *source = NULL;

	if (asprintf(&name, "--set %s", setting) < 0)
		name = NULL;
	if (name && text)
		source = sources_add(load->sources, name);
	/* Kept as a file's text is: whatever is made of all texts is made of this one too. */
	if (source)
		source->text = strdup(setting);
	if (!source || !source->text)
		return error_errno(err, ENOMEM, "read '--set %s'", setting);
	source->size = strlen(setting);
	load->source = source;
	load->versioned = load->begun = true;
	read_text(load, text);
	return 0;
}
