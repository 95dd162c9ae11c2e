/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program of ours may be started with, made what it counts on; and who still runs.
 */
#ifndef SBX_BASE_PROCESS_H
#define SBX_BASE_PROCESS_H

#include <stdbool.h>

/*
 * Children can be waited for, whatever the caller ignored; files can be written and descriptors
 * opened, as far as this process may raise its limits.
 */
void process_normalise(void);

/* As many descriptors as the kernel lets anybody have, for who opens some for each tenant. */
void process_allow_files(void);

/*
 * Gives back what was used of the stack below this call, and of the heap: for who stays, and has
 * done what took the most.
 */
void process_release_memory(void);

/* Whether the process of a pidfd hasn't ended. Async-signal-safe. */
bool process_is_alive(int pidfd);

#endif
