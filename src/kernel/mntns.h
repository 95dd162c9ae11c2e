/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which mount namespace sandboxctl works in: the host's.
 */
#ifndef SBX_KERNEL_MNTNS_H
#define SBX_KERNEL_MNTNS_H

#include "base/error.h"

/*
 * Goes into the mount namespace of pid 1, and there to the folder of the same path, when this one
 * is another and has the host's /run. A service manager gives services mount namespaces of their
 * own, where our pins can't be seen and other files may lie under the paths of a policy. With a
 * /run of its own a namespace holds an installation of its own, and stays. The process needs to
 * have one thread.
 */
int mntns_enter_host(struct sbx_error *err);

#endif
