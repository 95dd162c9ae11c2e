/* SPDX-License-Identifier: Apache-2.0 */
/* sandboxctl.ini: what holds for the host and all its tenants. */
#include "policy/key.h"
#include "policy/text.h"
#include "policy/values.h"

static int parse_tenant_name(const struct key_use *use, void *field)
{
	char **name = field;

	if (!name_is_valid(use->text))
		return key_error(use,
			"'%s' is not a tenant's name: a to z, 0 to 9 and '-', %d at most",
			use->text, NAME_MAX_LEN);
	free(*name);
	*name = strdup(use->text);
	return *name ? 0 : -ENOMEM;
}

static const struct key_type type_tenant_name = {
	.form = "NAME",
	.parse = parse_tenant_name,
	.clear = key_clear_string,
};

static int parse_base(const struct key_use *use, void *field)
{
	int r = type_path.parse(use, field);

	if (r == 0 && streq(*(char **)field, "/"))
		return key_error(
			use, "'%s': the root of all cgroups can't be taken over", use->text);
	return r;
}

static const struct key_type type_base = {
	.form = "PATH",
	.parse = parse_base,
	.clear = key_clear_string,
};

/* Below are the host's own users; the last number means "no user" to the kernel. */
enum { IDS_FIRST = 65536 };
#define IDS_LAST (UINT32_MAX - 1)

static int parse_ids(const struct key_use *use, void *target)
{
	struct host_config *config = target;
	uint64_t first, last;
	int r = value_range(use->text, IDS_LAST, &first, &last);

	if (r == -EINVAL)
		return key_error(use, "'%s' is not a range of ids, as in '2000000000-2000065535'",
			use->text);
	if (r < 0 || first < IDS_FIRST)
		return key_error(
			use, "'%s': ids run from %d to %u", use->text, IDS_FIRST, IDS_LAST);
	config->first_id = (uint32_t)first;
	config->last_id = (uint32_t)last;
	return 0;
}

static const struct key_type type_ids = { .form = "FIRST-LAST", .parse = parse_ids };

static int parse_switch(const struct key_use *use, void *field)
{
	bool on = streq(use->text, "on");

	if (!on && !streq(use->text, "off"))
		return key_error(use, "'%s' is neither on nor off", use->text);
	*(bool *)field = on;
	return 0;
}

static const struct key_type type_switch = { .form = "on or off", .parse = parse_switch };

#define FIELD(member) .offset = offsetof(struct host_config, member)
#define SINCE_0_1     .since = "0.1"

/*
 * The range of ids lies above those that systemd gives to containers (to 1879048191), and far above
 * those that useradd(8) writes into subuid(5).
 */
/* clang-format off */
static const struct key keys[] = {
	{ "", "version", .type = &type_version,
		.help = "The policy language; 1, before all else", SINCE_0_1 },

	{ "host", "base", .type = &type_base, FIELD(base),
		.help = "The cgroup that holds all tenants, below the mount of cgroup2", SINCE_0_1 },
	{ "host", "ids", .type = &type_ids, .initial = "2000000000-2000065535",
		.help = "Uids and gids that tenants are given", SINCE_0_1 },
	{ "host", "network.pool",
		.help = "Addresses that private networks are given", SINCE_0_1 },
	{ "host", "tenant", .type = &type_tenant_name, FIELD(tenant),
		.help = "The tenant of a run without -t", SINCE_0_1 },
	{ "host", "runtime", .type = &type_word, FIELD(runtime), .initial = "wazero",
		.words = runtime_words,
		.help = "What runs a WASM module where the policy does not say", SINCE_0_1 },
	{ "host", "lsm", .type = &type_switch, FIELD(lsm), .initial = "on",
		.help = "Whether the BPF LSM enforces policies at all", SINCE_0_1 },
};
/* clang-format on */

const struct key_table host_keys = { .keys = keys, .n = ARRAY_SIZE(keys) };

int host_config_load(
	const struct policy_dirs *dirs, struct host_config *ret_config, struct sbx_error *err)
{
	_cleanup_policy_report_ struct policy_report report = { 0 };
	_cleanup_host_config_ struct host_config config = { 0 };
	_cleanup_free_ char *path = NULL;
	struct policy_sources sources = { 0 };
	struct sbx_error why = { 0 };
	struct key_load load = {
		.table = &host_keys,
		.dirs = dirs,
		.target = &config,
		.sources = &sources,
		.report = &report,
	};
	int r;

	if (asprintf(&path, "%s/sandboxctl.ini", dirs->config) < 0) {
		path = NULL;
		return error_errno(err, ENOMEM, "read sandboxctl.ini");
	}
	r = key_read_file(&load, path, &why);
	sources_clear(&sources);
	if (r == -ENOENT)
		r = 0; /* the defaults are set */
	if (r < 0) {
		if (err)
			*err = why;
		return r;
	}
	*ret_config = config;
	config = (struct host_config){ 0 };
	return 0;
}

void host_config_clear(struct host_config *config)
{
	key_clear(&host_keys, config);
}
