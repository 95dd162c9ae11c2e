/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/environment.h"

static char **find(const struct strv *env, const char *key, size_t size)
{
	for (size_t i = 0; i < env->n; i++)
		if (strncmp(env->v[i], key, size) == 0 && env->v[i][size] == '=')
			return &env->v[i];
	return NULL;
}

int environment_set(struct strv *env, const char *assignment)
{
	char **old = find(env, assignment, strcspn(assignment, "="));
	char *copy;

	if (!old)
		return strv_add(env, assignment);
	copy = strdup(assignment);
	if (!copy)
		return -ENOMEM;
	free(*old);
	*old = copy;
	return 0;
}

int environment_set_all(struct strv *env, const struct strv *assignments)
{
	int r = 0;

	for (size_t i = 0; i < assignments->n && r == 0; i++)
		r = environment_set(env, assignments->v[i]);
	return r;
}

int environment_set_option(struct strv *env, const char *option, struct sbx_error *err)
{
	_cleanup_free_ char *assignment = NULL;
	const char *value;
	int r = 0;

	if (option[0] == '=' || option[0] == '\0')
		return error_set(err, EINVAL, "--env '%s': the name is empty", option);
	if (strchr(option, '=')) {
		r = environment_set(env, option);
	} else if ((value = getenv(option))) {
		if (asprintf(&assignment, "%s=%s", option, value) < 0)
			return error_errno(err, ENOMEM, "--env '%s'", option);
		r = environment_set(env, assignment);
	}
	return r < 0 ? error_errno(err, -r, "--env '%s'", option) : 0;
}

const char *environment_get(const struct strv *env, const char *key)
{
	char **assignment = find(env, key, strlen(key));

	return assignment ? *assignment + strlen(key) + 1 : NULL;
}
