/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which mount namespace sandboxctl works in: the host's.
 */
#ifndef SBX_KERNEL_MNTNS_H
#define SBX_KERNEL_MNTNS_H

#include "base/error.h"

/*
 * Goes into the mount namespace of pid 1, unless this is it, and there to the folder of the same
 * path. A service manager gives services mount namespaces of their own, where our pins can't be
 * seen and other files may lie under the paths of a policy, of the registry, of the tenants' ids.
 * The process needs to have one thread only.
 */
int mntns_enter_host(struct sbx_error *err);

#endif
