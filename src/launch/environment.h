/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment of a sandbox: built from nothing, the later word wins.
 */
#ifndef SBX_LAUNCH_ENVIRONMENT_H
#define SBX_LAUNCH_ENVIRONMENT_H

#include "base/error.h"
#include "base/str.h"

/* Sets "K=V", over an earlier K. */
int environment_set(struct strv *env, const char *assignment);
int environment_set_all(struct strv *env, const struct strv *assignments);

/* "K=V", or "K" alone: with the value that K has here, and nothing where it has none. */
int environment_set_option(struct strv *env, const char *option, struct sbx_error *err);

/* The value of K; NULL: not set. */
const char *environment_get(const struct strv *env, const char *key);

#endif
