/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The launcher's report in JSON, see sandboxctl(1) under STATUS, as a struct. No side effects.
 */
#ifndef SBX_LIB_OUTCOME_H
#define SBX_LIB_OUTCOME_H

#include "lib/lib.h"

struct outcome_report {
	struct sandboxctl_outcome outcome; /* first; its texts are the document's */
	struct json_t *json; /* owned */
	struct sandboxctl_denied *denied; /* owned */
};

/*
 * Takes the text, one object and nothing else. -EBADMSG where something of it is missing, given
 * twice, of another type or out of its range; what is there beside is not looked at.
 */
int outcome_parse(const char *text, size_t size, struct outcome_report **ret_report);
void outcome_free(struct outcome_report *report);

#endif
