/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of libsandboxctl share. Only what the public header declares is seen from outside.
 */
#ifndef SBX_LIB_LIB_H
#define SBX_LIB_LIB_H

#include "base/error.h"
#include "base/str.h"
#include "policy/policy.h"

#pragma GCC visibility push(default)
#include "sandboxctl/sandboxctl.h"
#pragma GCC visibility pop

#include <limits.h>

#define LIB_CONFIG_DIR "/etc/sandboxctl"

/* Of this installation: the launcher, and the folder of the shipped policies. */
extern const char lib_launcher[], lib_shipped[];

struct sandboxctl_policy {
	struct policy *policy;
	char *config_dir; /* NULL: the default */
	bool of_file; /* it has to be named to the launcher by its path */
};

struct outcome_report;

struct sandboxctl_run {
	char tenant[NAME_MAX_LEN + 1], name[NAME_MAX_LEN + 1];
	pid_t supervisor;
	int pidfd; /* of it; owned */
	int report; /* owned: what it writes at its end, see `started` */
	bool started; /* by this process, and `report` is a memfd; else it is the registry's file */
	struct outcome_report *outcome; /* owned; NULL: not waited for yet */
};

/*
 * Ends a public function: `r`, with the words of `err` for the caller, and those of `r` where there
 * are none.
 */
int lib_return(int r, const struct sbx_error *err, struct sandboxctl_error *ret_error);

/* -EPERM for who isn't root. */
int lib_check_root(struct sbx_error *err);

/* -EINVAL for what is no name. `what`: "tenant". */
int lib_check_name(const char *name, const char *what, struct sbx_error *err);

/* -EINVAL for a relative one: the launcher works in the host's mount namespace. */
int lib_check_path(const char *path, struct sbx_error *err);

#endif
