/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The home of the enforcement: a mount namespace of sandboxctl's own that holds the bpffs with all
 * pins and the mounts that keep labelled inodes in memory. It is pinned under /run/sandboxctl/lsm
 * and out of reach of an `umount` in the host's namespace.
 *
 * A process enters it for a moment and leaves again; it must have one thread only (setns(2)).
 */
#ifndef SBX_LSM_HOME_H
#define SBX_LSM_HOME_H

#include "base/error.h"
#include "base/visit.h"

#include <stdbool.h>

#define LSM_DIR	     "/run/sandboxctl/lsm"
#define LSM_HOME_PIN LSM_DIR "/mnt"
#define LSM_WATCHED  LSM_DIR "/watched"
#define LSM_LOCK     LSM_DIR "/lock"

/* The cgroup, in the base, of the process that a load lets be denied. */
#define LSM_CANARY "canary"

/* Paths inside. */
#define HOME_BPF    "/bpf"
#define HOME_LABELS "/labels"

/*
 * Opens the home that is published. -ENOENT when there is none: the LSM is not loaded. The
 * descriptor keeps the home, and with it the enforcement, for as long as it is open.
 */
int home_open(int *ret_home, struct sbx_error *err);

/* Whether that home is the published one still. 0, or -ESTALE: it was unloaded meanwhile. */
int home_check_published(int home, struct sbx_error *err);

/*
 * Makes the namespace and moves this process into it, as visit_enter does. Nobody else can find it
 * before home_publish. Dies with the process when it isn't published. `ret_home` is its descriptor.
 */
int home_create(struct visit *visit, int *ret_home, struct sbx_error *err);

/* Pins the namespace. Called from the host's. */
int home_publish(int home, struct sbx_error *err);

/* Whether a load was killed between making the pin's file and pinning. The caller holds LSM_LOCK.
 */
bool home_is_half_published(void);

/* Unpins it: with the last descriptor of it, and the last process inside, all pins end. */
int home_unpublish(struct sbx_error *err);

#endif
