/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/host.h"

#include "base/str.h"

#include <seccomp.h>
#include <stdio.h>
#include <sys/utsname.h>

/* The 64-bit ones that the shipped lists serve. */
static const struct oci_arch architectures[] = {
	{ SCMP_ARCH_X86_64, "x86_64", "SCMP_ARCH_X86_64", "amd64" },
	{ SCMP_ARCH_AARCH64, "aarch64", "SCMP_ARCH_AARCH64", "arm64" },
	{ SCMP_ARCH_PPC64LE, "ppc64le", "SCMP_ARCH_PPC64LE", "ppc64le" },
	{ SCMP_ARCH_RISCV64, "riscv64", "SCMP_ARCH_RISCV64", "riscv64" },
	{ SCMP_ARCH_S390X, "s390x", "SCMP_ARCH_S390X", "s390x" },
};

const struct oci_arch *oci_arch_native(void)
{
	uint32_t number = seccomp_arch_native();

	for (size_t i = 0; i < ARRAY_SIZE(architectures); i++)
		if (architectures[i].number == number)
			return &architectures[i];
	return NULL;
}

int oci_kernel_parse(const char *s, struct oci_kernel *ret)
{
	struct oci_kernel kernel;
	const char *dot = strchr(s, '.');
	char major[16];

	if (!dot || (size_t)(dot - s) >= sizeof(major))
		return -EINVAL;
	(void)snprintf(major, sizeof(major), "%.*s", (int)(dot - s), s);
	if (str_to_u32(major, &kernel.major) < 0 || str_to_u32(dot + 1, &kernel.minor) < 0)
		return -EINVAL;
	*ret = kernel;
	return 0;
}

bool oci_kernel_is_at_least(const struct oci_kernel *kernel, const struct oci_kernel *least)
{
	if (kernel->major != least->major)
		return kernel->major > least->major;
	return kernel->minor >= least->minor;
}

int oci_host_read(struct oci_host *ret, struct sbx_error *err)
{
	struct oci_host host = { .arch = oci_arch_native() };
	struct utsname names;
	size_t n;

	if (uname(&names) < 0)
		return error_errno(err, errno, "ask for the kernel's version");
	if (!host.arch)
		return error_set(
			err, EINVAL, "profiles for '%s' are not known here", names.machine);
	/* "6.12.57-amd64": two numbers of it. */
	n = strcspn(names.release, ".");
	if (names.release[n])
		n += 1 + strspn(names.release + n + 1, "0123456789");
	names.release[n] = '\0';
	if (oci_kernel_parse(names.release, &host.kernel) < 0)
		return error_set(err, EINVAL, "'%s' is no kernel's version", names.release);
	*ret = host;
	return 0;
}
