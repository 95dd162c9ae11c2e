/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that is written as to a file, by open_memstream(3).
 */
#ifndef SBX_OCI_MEMORY_H
#define SBX_OCI_MEMORY_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Closes OUT, of which *TEXT is the caller's then. -ENOMEM, and no text, where any of it is lost.
 */
static inline int memory_end(FILE *out, char **text)
{
	int lost = ferror(out);

	if (fclose(out) == 0 && !lost)
		return 0;
	free(*text);
	*text = NULL;
	return -ENOMEM;
}

#endif
