/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/seccomp.h"

static void condition_clear(struct oci_condition *condition)
{
	strv_clear(&condition->caps);
	strv_clear(&condition->arches);
}

static void rule_clear(struct oci_rule *rule)
{
	strv_clear(&rule->names);
	free(rule->answer.name);
	free(rule->args.v);
	condition_clear(&rule->includes);
	condition_clear(&rule->excludes);
}

void oci_seccomp_clear(struct oci_seccomp *profile)
{
	for (size_t i = 0; i < profile->rules.n; i++)
		rule_clear(&profile->rules.v[i]);
	for (size_t i = 0; i < profile->arch_map.n; i++) {
		free(profile->arch_map.v[i].name);
		strv_clear(&profile->arch_map.v[i].others);
	}
	free(profile->rules.v);
	free(profile->arch_map.v);
	free(profile->otherwise.name);
	strv_clear(&profile->architectures);
	*profile = (struct oci_seccomp){ 0 };
}

/*
 * As moby's profiles/seccomp judges them. A sandbox has no capability: a rule for those who have
 * one is none, and one for those who lack it stands.
 */
bool oci_rule_applies(const struct oci_rule *rule, const struct oci_host *host)
{
	const struct oci_condition *in = &rule->includes, *out = &rule->excludes;

	if (in->caps.n || (in->arches.n && !strv_contains(&in->arches, host->arch->docker)))
		return false;
	if (in->has_kernel && !oci_kernel_is_at_least(&host->kernel, &in->kernel))
		return false;
	if (strv_contains(&out->arches, host->arch->docker))
		return false;
	return !out->has_kernel || !oci_kernel_is_at_least(&host->kernel, &out->kernel);
}

bool oci_answer_is_default(const struct oci_answer *answer)
{
	if (answer->action == OCI_ERRNO)
		return answer->errnum && strerrorname_np((int)answer->errnum);
	return answer->action == OCI_KILL || answer->action == OCI_TRAP;
}

const char *oci_answer_describe(const struct oci_answer *answer, char text[static OCI_ANSWER_SIZE])
{
	const char *name = strerrorname_np((int)answer->errnum);

	if (answer->action == OCI_KILL)
		return "kill";
	if (answer->action == OCI_TRAP)
		return "trap";
	if (answer->action != OCI_ERRNO)
		(void)snprintf(text, OCI_ANSWER_SIZE, "%s", answer->name);
	else if (name && answer->errnum)
		(void)snprintf(text, OCI_ANSWER_SIZE, "errno %s", name);
	else
		(void)snprintf(
			text, OCI_ANSWER_SIZE, "errno %llu", (unsigned long long)answer->errnum);
	return text;
}

bool oci_answer_is_same(const struct oci_answer *a, const struct oci_answer *b)
{
	if (a->action != b->action || a->action == OCI_OTHER)
		return false;
	return a->action != OCI_ERRNO || a->errnum == b->errnum;
}
