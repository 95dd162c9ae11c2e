/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "policy/key.h"

#include <getopt.h>
#include <stdio.h>

/* The words that it takes, else how a value is written. */
static const char *form_of(const struct key *key, char *text, size_t size)
{
	if (!key->type || !key->words)
		return key->type ? key->type->form : "";
	key_list_words(key->words, "|", text, size);
	return text;
}

static void print_key(const struct key *key)
{
	char form[128];

	(void)printf("%-15s %-17s %-36s %-13s %s%s\n", *key->section ? key->section : "-",
		key->name, form_of(key, form, sizeof(form)), key->initial ? key->initial : "-",
		key->type ? "" : "(not supported by this build) ", key->help);
}

static json_t *key_to_json(const struct key *key)
{
	json_t *words = json_array();

	for (const struct key_word *w = key->words; w && w->word; w++)
		if (w->value != KEY_WORD_NOT_BUILT)
			(void)json_array_append_new(words, json_string(w->word));
	return json_pack("{s:s, s:s, s:b, s:s?, s:b, s:s?, s:o, s:s, s:s}", "section", key->section,
		"key", key->name, "supported", key->type != NULL, "form",
		key->type ? key->type->form : NULL, "list", key->type && key->type->list, "default",
		key->initial, "words", words, "help", key->help, "since", key->since);
}

int cmd_policy_keys(const struct cmd_context *context, int argc, char **argv)
{
	unsigned int options;
	json_t *keys;
	int exit_code;

	(void)context;
	if (cmd_operands("policy keys", argc, argv, 0, 0, &options, &exit_code) < 0)
		return exit_code;
	if (!(options & CMD_JSON)) {
		for (size_t i = 0; i < policy_keys.n; i++)
			print_key(&policy_keys.keys[i]);
		return CMD_DONE;
	}
	keys = json_array();
	for (size_t i = 0; i < policy_keys.n; i++)
		(void)json_array_append_new(keys, key_to_json(&policy_keys.keys[i]));
	cmd_print_json(json_pack("{s:o}", "keys", keys));
	return CMD_DONE;
}

/* Calls back for each value of the policy, in the order of the key table. */
static void each_value(const struct policy *policy,
	void (*visit)(const struct policy_assignment *value, void *arg), void *arg)
{
	for (size_t i = 0; i < policy_keys.n; i++) {
		const struct key *key = &policy_keys.keys[i];
		bool said = false;

		for (size_t j = 0; j < policy->n_assignments; j++)
			if (policy->assignments[j].key == key) {
				visit(&policy->assignments[j], arg);
				said = true;
			}
		if (!said && key->type && key->initial)
			visit(&(struct policy_assignment){ .key = key,
				      .text = (char *)key->initial },
				arg);
	}
}

static void print_value(const struct policy_assignment *value, void *arg)
{
	const char **section = arg;
	char where[PLACE_TEXT_MAX];

	if (!streq(*section, value->key->section)) {
		*section = value->key->section;
		(void)printf("\n[%s]\n", *section);
	}
	(void)printf("# %s\n", place_text(&value->at, where));
	(void)printf("%s =%s%s\n", assignment_name(value), *value->text ? " " : "", value->text);
}

static void add_value(const struct policy_assignment *value, void *arg)
{
	json_t *json = json_pack("{s:s, s:s, s:o}", "section", value->key->section, "key",
		assignment_name(value), "value", cmd_text_to_json(value->text));

	if (json && value->at.source)
		(void)json_object_set_new(json, "file", cmd_text_to_json(place_file(&value->at)));
	if (json && value->at.line) {
		(void)json_object_set_new(json, "line", json_integer(value->at.line));
		(void)json_object_set_new(json, "column", json_integer(value->at.column));
	}
	(void)json_array_append_new(arg, json);
}

static void show(const struct policy *policy, bool as_json)
{
	const char *section = "";
	json_t *values;

	if (!as_json) {
		(void)printf("version = 1\n");
		each_value(policy, print_value, &section);
		return;
	}
	values = json_array();
	each_value(policy, add_value, values);
	cmd_print_json(json_pack("{s:s, s:o}", "tenant", policy->tenant, "values", values));
}

const struct cmd_option cmd_show_options[] = {
	{ "json", .id = CMD_JSON, .help = "print JSON" },
	{ "set", .id = CMD_SET, .arg = "SECTION.KEY=VALUE",
		.help = "as run may be given it, any number of times" },
	{ 0 },
};

int cmd_policy_show(const struct cmd_context *context, int argc, char **argv)
{
	_cleanup_policy_ struct policy *policy = NULL;
	_cleanup_strv_ struct strv settings = { 0 };
	bool json = false;
	int option, exit_code;

	while ((option = cmd_next_option(cmd_show_options, argc, argv)) >= 0) {
		if (option == CMD_JSON)
			json = true;
		else if (strv_add(&settings, optarg) < 0)
			return CMD_FAILED;
	}
	if (cmd_end_options("policy show", option, argc, argv, 1, 1, &exit_code) < 0)
		return exit_code;
	if (cmd_load_tenant(&context->dirs, argv[optind], &settings, &policy) < 0)
		return CMD_FAILED;
	show(policy, json);
	return CMD_DONE;
}
