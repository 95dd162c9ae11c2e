/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/pins.h"

#include "base/bpf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "lsm/home.h"
#include "lsm/lsm.h"

#include <dirent.h>
#include <sys/stat.h>

#define PATH_SIZE 64

static void path_of(const char *name, char path[static PATH_SIZE])
{
	(void)snprintf(path, PATH_SIZE, HOME_BPF "/%s", name);
}

int pin_make(int fd, const char *name, struct sbx_error *err)
{
	char path[PATH_SIZE];

	path_of(name, path);
	if (bpf_obj_pin(fd, path) < 0)
		return error_errno(err, errno, "pin '%s'", name);
	return 0;
}

int pin_open(const char *name, int *ret_fd, struct sbx_error *err)
{
	char path[PATH_SIZE];
	int fd;

	path_of(name, path);
	fd = bpf_obj_get(path);
	if (fd < 0 && errno != ENOENT)
		return error_errno(err, errno, "open the pin '%s'", name);
	if (fd < 0)
		return error_set(err, ESTALE, "the LSM is loaded in part only: pin '%s': %s", name,
			strerror(ENOENT));
	*ret_fd = fd;
	return 0;
}

int pin_program(enum sbx_hook hook, uint32_t *ret_id, struct sbx_error *err)
{
	_cleanup_close_ int link = -1;
	struct bpf_link_info info = { 0 };
	__u32 size = sizeof(info);
	int r = pin_open(lsm_hook_name(hook), &link, err);

	if (r < 0)
		return r;
	if (bpf_obj_get_info_by_fd(link, &info, &size) < 0)
		return error_errno(err, errno, "read the link '%s'", lsm_hook_name(hook));
	*ret_id = info.prog_id;
	return 0;
}

int pin_number(const char *name, uint64_t *ret_number, struct sbx_error *err)
{
	char path[PATH_SIZE];
	struct stat st;

	path_of(name, path);
	if (lstat(path, &st) < 0)
		return error_errno(err, errno, "stat the pin '%s'", name);
	*ret_number = st.st_ino;
	return 0;
}

/* The hooks' pins, and then the probes'. */
enum { N_PINS = SBX_N_HOOKS + SBX_N_PROBES };

static const char *name_of(size_t pin)
{
	return pin < SBX_N_HOOKS ? lsm_hook_name((enum sbx_hook)pin)
				 : lsm_probe_name((enum sbx_probe)(pin - SBX_N_HOOKS));
}

static __u64 number_of(const struct sbx_ready *ready, size_t pin)
{
	return pin < SBX_N_HOOKS ? ready->pins[pin] : ready->probes[pin - SBX_N_HOOKS];
}

static bool may_lack(size_t pin)
{
	return pin >= SBX_N_HOOKS || lsm_hook_may_lack((enum sbx_hook)pin);
}

/* By number first: that is one comparison a pin, and there are as many entries as pins. */
static void find(
	const struct sbx_ready *ready, const struct dirent *entry, bool found[static N_PINS])
{
	for (size_t pin = 0; pin < N_PINS; pin++)
		if (number_of(ready, pin) == entry->d_ino && streq(entry->d_name, name_of(pin)))
			found[pin] = true;
}

static int read_folder(
	const struct sbx_ready *ready, bool found[static N_PINS], struct sbx_error *err)
{
	_cleanup_closedir_ DIR *folder = opendir(HOME_BPF);
	const struct dirent *entry;

	if (!folder)
		return error_errno(err, errno, "open '%s'", HOME_BPF);
	while ((errno = 0, entry = readdir(folder)))
		find(ready, entry, found);
	return errno ? error_errno(err, errno, "read '%s'", HOME_BPF) : 0;
}

static int complain(const char *name, struct sbx_error *err)
{
	_cleanup_close_ int fd = -1;
	int r = pin_open(name, &fd, err);

	return r < 0 ? r : error_set(err, ESTALE, "the pin '%s' is another than was loaded", name);
}

/*
 * A pin that is there holds its link, and a link holds its program to its place: the kernel neither
 * detaches a link of an LSM program or a tracing one nor gives it another one. So who finds the pin
 * that was made with the link needn't look at either.
 */
int pins_check(const struct sbx_ready *ready, struct sbx_error *err)
{
	bool found[N_PINS] = { 0 };
	int r;

	for (size_t pin = 0; pin < N_PINS; pin++)
		found[pin] = !number_of(ready, pin) && may_lack(pin);
	r = read_folder(ready, found, err);
	for (size_t pin = 0; pin < N_PINS && r == 0; pin++)
		if (!found[pin])
			r = complain(name_of(pin), err);
	return r;
}
