/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/syscalls.h"

#include <seccomp.h>

/* Above the highest number that any 64-bit architecture uses. */
enum { NUMBERS = 1024 };

enum syscalls_known syscalls_find(const char *name)
{
	int number = seccomp_syscall_resolve_name(name);

	if (number == __NR_SCMP_ERROR)
		return SYSCALLS_UNKNOWN;
	/* seccomp_syscall_resolve_name(3): negative numbers stand for calls that this one lacks. */
	return number < 0 ? SYSCALLS_ELSEWHERE : SYSCALLS_HERE;
}

bool syscalls_describe(uint32_t number, bool foreign, char *text, size_t size)
{
	const struct {
		const char *prefix;
		uint32_t architecture;
	} tables[] = { { "", seccomp_arch_native() }, { "x32 ", SCMP_ARCH_X32 },
		{ "32-bit ", SCMP_ARCH_X86 } };

	for (size_t i = foreign ? 2 : 0; i < (foreign ? 3 : 2); i++) {
		_cleanup_free_ char *name =
			seccomp_syscall_resolve_num_arch(tables[i].architecture, (int)number);

		if (!name)
			continue;
		(void)snprintf(text, size, "%s%s", tables[i].prefix, name);
		return i == 0;
	}
	(void)snprintf(text, size, "number %u", number);
	return false;
}

int syscalls_list(struct strv *ret_names)
{
	_cleanup_strv_ struct strv names = { 0 };
	uint32_t arch = seccomp_arch_native();

	for (int i = 0; i < NUMBERS; i++) {
		_cleanup_free_ char *name = seccomp_syscall_resolve_num_arch(arch, i);

		if (name && strv_add(&names, name) < 0)
			return -ENOMEM;
	}
	*ret_names = names;
	names = (struct strv){ 0 };
	return 0;
}
