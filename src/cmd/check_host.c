/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check.h"
#include "cmd/cmd.h"
#include "kernel/cgroup.h"
#include "kernel/seccomp.h"
#include "launch/identity.h"
#include "state/ids.h"

/* Only root can read who has which id; what the policy says then counts. */
static uint32_t check_id(struct checked *file, const struct host_config *host)
{
	const struct policy_place at = checked_id(file);
	uint32_t wanted = file->policy->id, id = 0;
	struct sbx_error err = { 0 };
	int r;

	if (file->id_taken)
		return 0;
	r = ids_find(file->policy->tenant, wanted, host->last_id - host->first_id, &id, &err);
	if (r == -ENOENT || r == -EACCES)
		return wanted;
	if (r == -EEXIST || r == -ERANGE)
		report_failure(&file->report, &at, &err);
	else if (r < 0)
		report_warning(&file->report, &at, "%s: run would refuse", err.text);
	return r < 0 ? 0 : id;
}

/* A user may be one of another host, where the policy is to be used. */
static void check_identity(struct checked *file, const struct host_config *host, uint32_t id)
{
	const struct policy_place *at;
	struct sbx_error err = { 0 };
	struct identity who;
	int r = identity_choose(file->policy, host, id, "/etc", &who, &at, &err);

	if (r == -ENOENT)
		report_warning(&file->report, at, "%s: run would refuse (%s)", err.text, err.cure);
	else if (r < 0)
		report_failure(&file->report, at, &err);
	/* What is made of an id isn't known without one. */
	if (r < 0 || (!id && who.uid == host->first_id))
		return;
	file->uid = who.uid;
	file->gid = who.gid;
}

/* A section's keys; `missing` holds the controllers that something was said of. */
struct asked {
	struct checked *file;
	const struct cgroup *source;
	struct strv missing;
};

static void check_key(
	struct asked *a, const char *section, const char *name, const struct policy_place *at)
{
	const struct policy_place whole = checked_whole(a->file);
	struct sbx_error err = { 0 };
	char controller[32];

	cgroup_controller_of(name, controller);
	/* The defaults of one controller are one thing to say, and none where a key says it. */
	if (!at->source && strv_contains(&a->missing, controller))
		return;
	if (cgroup_offers(a->source, name, &err) == 0)
		return;
	(void)strv_add(&a->missing, controller);
	report_warning(&a->file->report, at->source ? at : &whole,
		"%s[%s] %s: run would refuse (%s)", at->source ? "" : "the default of ", section,
		err.text, err.cure);
}

static void check_section(
	struct asked *a, const char *name, const struct policy_cgroup *cgroup, bool defaults)
{
	for (size_t i = 0; i < cgroup->n_settings; i++)
		if (!cgroup->settings[i].at.source == defaults)
			check_key(a, name, cgroup->settings[i].file, &cgroup->settings[i].at);
	for (size_t i = 0; i < cgroup->n_lines && !defaults; i++)
		check_key(a, name, cgroup->lines[i].file, &cgroup->lines[i].at);
}

static void check_cgroups(struct checked *file, const struct cgroup *source)
{
	struct asked a = { .file = file, .source = source };

	for (int defaults = 0; defaults < 2; defaults++) {
		check_section(&a, "cgroup", &file->policy->cgroup, defaults);
		check_section(&a, "cgroup.sandbox", &file->policy->cgroup_sandbox, defaults);
	}
	strv_clear(&a.missing);
}

/* What could be read of this host; an error where it couldn't. */
struct host {
	struct host_config config;
	struct cgroup source;
	int r_config, r_source;
	struct sbx_error no_config, no_source;
};

static void check_file(struct checked *file, const struct host *host)
{
	const struct policy_place whole = checked_whole(file);

	file->lsm = host->r_config < 0 || host->config.lsm;
	if (host->r_config < 0)
		report_warning(&file->report, &whole, "ids and file modes were not checked: %s",
			host->no_config.text);
	else
		check_identity(file, &host->config, check_id(file, &host->config));
	if (host->r_source < 0)
		report_warning(&file->report, &whole, "%s: run would refuse", host->no_source.text);
	else
		check_cgroups(file, &host->source);
}

/* How long it gets is known when libseccomp has made it. Names alone are never too many. */
static void check_filter(const struct policy_dirs *dirs, struct checked *file)
{
	_cleanup_seccomp_ struct seccomp_program program = { 0 };
	_cleanup_allowlist_ struct allowlist list = { 0 };
	const struct policy_place whole = checked_whole(file);
	const struct seccomp_spec spec = {
		.allow = &list.allow,
		.deny = &list.deny,
		.action = file->policy->seccomp.action,
		.errnum = file->policy->seccomp.errnum,
	};
	struct sbx_error err = { 0 };

	if (!allowlist_has_tests(file->policy))
		return;
	if (cmd_list_calls(dirs, file->policy, &list, &err) < 0 ||
		seccomp_compile(&spec, &program, &err) < 0)
		report_failure(&file->report, &whole, &err);
}

void check_host(const struct policy_dirs *dirs, struct checked *files, size_t n)
{
	struct host host = { .source = CGROUP_INIT };

	host.r_config = host_config_load(dirs, &host.config, &host.no_config);
	/* Without one that is a matter of the host, and not of a policy. */
	(void)cgroup_find_base(&host.config, NULL);
	host.r_source = cgroup_open_source(host.config.base, &host.source, &host.no_source);
	for (size_t i = 0; i < n; i++)
		if (files[i].policy) {
			check_file(&files[i], &host);
			check_filter(dirs, &files[i]);
		}
	host_config_clear(&host.config);
	cgroup_close(&host.source);
}
