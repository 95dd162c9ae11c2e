/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a cgroup: each value becomes what the kernel prints when the file is read back. */
#include "policy/cgroup.h"

#include "policy/array.h"
#include "policy/values.h"

struct policy_cgroup_setting *policy_cgroup_find(
	const struct policy_cgroup *cgroup, const char *file)
{
	for (size_t i = 0; i < cgroup->n_settings; i++)
		if (streq(cgroup->settings[i].file, file))
			return &cgroup->settings[i];
	return NULL;
}

static void free_setting(const struct policy_cgroup_setting *setting)
{
	free(setting->file);
	free(setting->value);
}

static int add_setting(struct policy_cgroup *cgroup, struct policy_cgroup_setting setting)
{
	struct policy_cgroup_setting *room =
		array_room(cgroup->settings, cgroup->n_settings, sizeof(*room));

	if (!room)
		return -ENOMEM;
	cgroup->settings = room;
	room[cgroup->n_settings++] = setting;
	return 0;
}

int cgroup_put(const struct key_use *use, struct policy_cgroup *cgroup, char *value)
{
	struct policy_cgroup_setting *old = policy_cgroup_find(cgroup, use->name);
	struct policy_cgroup_setting setting = {
		.file = strdup(use->name),
		.value = value,
		.at = use->at,
	};

	if (!setting.file || !setting.value || (!old && add_setting(cgroup, setting) < 0)) {
		free_setting(&setting);
		return -ENOMEM;
	}
	if (old) {
		free_setting(old);
		*old = setting;
	}
	return 0;
}

int cgroup_put_number(const struct key_use *use, struct policy_cgroup *cgroup, uint64_t number)
{
	char *value;

	return asprintf(&value, "%llu", (unsigned long long)number) < 0
		       ? -ENOMEM
		       : cgroup_put(use, cgroup, value);
}

void cgroup_clear(const struct key *key, void *field)
{
	struct policy_cgroup *cgroup = field;
	struct policy_cgroup_setting *setting = policy_cgroup_find(cgroup, key->name);

	if (!setting)
		return;
	free_setting(setting);
	cgroup->n_settings--;
	memmove(setting, setting + 1,
		(size_t)(cgroup->settings + cgroup->n_settings - setting) * sizeof(*setting));
}

void cgroup_clear_all(struct policy_cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->n_settings; i++)
		free_setting(&cgroup->settings[i]);
	cgroup->n_settings = 0;
}

int cgroup_put_size(const struct key_use *use, struct policy_cgroup *cgroup, uint64_t unit)
{
	uint64_t bytes;
	int r = value_size(use->text, &bytes);

	if (r == -EINVAL)
		return key_error(use,
			"'%s' is not a size: a number with K, M, G or T, or 'infinity'", use->text);
	if (r == 0 && bytes == UINT64_MAX)
		return cgroup_put(use, cgroup, strdup("max"));
	/* The kernel counts pages in a long and takes what exceeds it for "max". */
	if (r < 0 || bytes > (uint64_t)INT64_MAX - unit)
		return key_error(use, "'%s' is too large", use->text);
	if (bytes == 0 && streq(use->name, "memory.max"))
		return key_error(use, "'%s' leaves no memory at all", use->text);
	if (bytes > 0 && bytes < unit)
		return key_error(use,
			"'%s' is less than a page of %llu bytes: is its unit missing?", use->text,
			(unsigned long long)unit);
	return cgroup_put_number(use, cgroup, bytes - bytes % unit);
}

static int parse_size(const struct key_use *use, void *field)
{
	return cgroup_put_size(use, field, (uint64_t)sysconf(_SC_PAGESIZE));
}

static int parse_flag(const struct key_use *use, void *field)
{
	if (!streq(use->text, "0") && !streq(use->text, "1"))
		return key_error(use, "'%s' is neither 0 nor 1", use->text);
	return cgroup_put(use, field, strdup(use->text));
}

/* PID_MAX_LIMIT of a 64-bit kernel. */
enum { PIDS_MAX = 4194304 };

static int parse_pids(const struct key_use *use, void *field)
{
	uint64_t pids;

	if (streq(use->text, "max") || streq(use->text, "infinity"))
		return cgroup_put(use, field, strdup("max"));
	if (str_to_u64(use->text, &pids) < 0 || pids < 1 || pids > PIDS_MAX)
		return key_error(use, "'%s' is not a number from 1 to %d, or 'infinity'", use->text,
			PIDS_MAX);
	return cgroup_put_number(use, field, pids);
}

static int parse_cpu_max(const struct key_use *use, void *field)
{
	char *value;
	int r = value_cpu_max(use->text, &value);

	if (r == -EINVAL)
		return key_error(use,
			"'%s' is not a share of CPU time: '50%%' of one CPU, "
			"'QUOTA PERIOD' in microseconds, or 'infinity'",
			use->text);
	if (r == -ERANGE)
		return key_error(use,
			"'%s' is out of bounds: a period of 1000 to 1000000 "
			"microseconds, and a quota of 1000 (1%%) at least",
			use->text);
	return r < 0 ? r : cgroup_put(use, field, value);
}

static int parse_weight(const struct key_use *use, uint64_t *ret_weight)
{
	uint64_t weight = 0;

	if (str_to_u64(use->text, &weight) < 0 || weight < 1 || weight > 10000)
		return key_error(use, "'%s' is not a weight from 1 to 10000", use->text);
	*ret_weight = weight;
	return 0;
}

static int parse_cpu_weight(const struct key_use *use, void *field)
{
	uint64_t weight = 0;
	int r = parse_weight(use, &weight);

	return r < 0 ? r : cgroup_put_number(use, field, weight);
}

static int parse_io_weight(const struct key_use *use, void *field)
{
	uint64_t weight = 0;
	char *value;
	int r = parse_weight(use, &weight);

	if (r < 0)
		return r;
	return asprintf(&value, "default %llu", (unsigned long long)weight) < 0
		       ? -ENOMEM
		       : cgroup_put(use, field, value);
}

static int parse_cpus(const struct key_use *use, void *field)
{
	char *value;
	int r = value_cpu_list(use->text, &value);

	if (r == -EINVAL || r == -ERANGE)
		return key_error(use, "'%s' is not a list of CPUs, as in '0-3,8'", use->text);
	return r < 0 ? r : cgroup_put(use, field, value);
}

#define CGROUP_TYPE(name, parser, text) \
	const struct key_type name = {  \
		.form = text,           \
		.parse = parser,        \
		.clear = cgroup_clear,  \
		.unset = true,          \
	}

CGROUP_TYPE(type_cgroup_size, parse_size, "SIZE");
CGROUP_TYPE(type_cgroup_flag, parse_flag, "0 or 1");
CGROUP_TYPE(type_cgroup_pids, parse_pids, "NUMBER");
CGROUP_TYPE(type_cgroup_cpu_max, parse_cpu_max, "PERCENT% or QUOTA PERIOD");
CGROUP_TYPE(type_cgroup_cpu_weight, parse_cpu_weight, "1 to 10000");
CGROUP_TYPE(type_cgroup_io_weight, parse_io_weight, "1 to 10000");
CGROUP_TYPE(type_cgroup_cpus, parse_cpus, "CPU list");
