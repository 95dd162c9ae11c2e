/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the rest of this installation is: the one file that is compiled anew for another prefix.
 */
#include "lib/lib.h"

#if !defined(SBX_BINDIR) || !defined(SBX_DATADIR)
#error "SBX_BINDIR and SBX_DATADIR come from the Makefile"
#endif

const char lib_launcher[] = SBX_BINDIR "/sandboxctl";
const char lib_shipped[] = SBX_DATADIR "/sandboxctl/policies";
