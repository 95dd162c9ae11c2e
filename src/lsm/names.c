/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/names.h"

#include "base/bpf.h"
#include "base/fs.h"
#include "lsm/keys.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The very one that nothing of that name was found in. */
static int keep_folder(int folder, int *ret_fd, struct sbx_error *err)
{
	int fd = fcntl(folder, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return error_errno(err, errno, "look at the folder of a granted name");
	*ret_fd = fd;
	return 0;
}

static int open_folder(const char *path, size_t length, int *ret_fd, struct sbx_error *err)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	char folder[PATH_MAX];
	int fd;

	(void)snprintf(folder, sizeof(folder), "%.*s", (int)length, path);
	fd = (int)syscall(SYS_openat2, AT_FDCWD, *folder ? folder : "/", &how, sizeof(how));
	if (fd < 0)
		return error_errno(err, errno, "open '%s'", folder);
	*ret_fd = fd;
	return 0;
}

/* 1 where a file is to be known by its name: 0 where it is a folder or mounted. */
static int is_named(int fd, int folder, struct sbx_error *err)
{
	struct statx file, there;

	if (fd < 0)
		return 1;
	if (statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_MNT_ID, &file) < 0)
		return error_errno(err, errno, "stat a granted file");
	if (S_ISDIR(file.stx_mode))
		return 0;
	if (statx(folder, "", AT_EMPTY_PATH, STATX_MNT_ID, &there) < 0)
		return error_errno(err, errno, "stat the folder of a granted file");
	return file.stx_mnt_id == there.stx_mnt_id;
}

static bool is_folder(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

int name_open(int fd, int in, const char *path, struct lsm_name *ret_name, struct sbx_error *err)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	_cleanup_close_ int folder = -1;
	int r;

	*ret_name = LSM_NAME_NONE;
	if (!slash || is_folder(fd))
		return 0;
	r = fd < 0 ? keep_folder(in, &folder, err)
		   : open_folder(path, (size_t)(slash - path), &folder, err);
	if (r == 0)
		r = is_named(fd, folder, err);
	if (r <= 0)
		return r;
	if (strlen(slash + 1) >= sizeof(ret_name->name))
		return error_cure(err,
			error_set(err, ENAMETOOLONG,
				"'%s': a file's name has %zu bytes at most in a policy", path,
				sizeof(ret_name->name) - 1),
			"name its folder");
	(void)stpncpy(ret_name->name, slash + 1, sizeof(ret_name->name));
	ret_name->folder.fd = take_fd(&folder);
	return 0;
}

void name_close(struct lsm_name *name)
{
	close_fdp(&name->folder.fd);
}

/* The kernel knows the file by the name that was asked for, and the policy's may be another one. */
static int check_case(const struct lsm_name *name, struct sbx_error *err)
{
	char folder[PATH_MAX];

	if (!name->folder.info.folds_case)
		return 0;
	if (fs_path_of(name->folder.fd, folder, sizeof(folder), NULL) < 0)
		folder[0] = '\0';
	return error_cure(err,
		error_set(err, EINVAL,
			"'%s/%s': its folder ignores case: other names lead to it, too", folder,
			name->name),
		"name its folder");
}

int names_read(const struct lsm *lsm, struct lsm_name *names, size_t n, struct sbx_error *err)
{
	_cleanup_free_ struct lsm_file *folders = calloc(n + 1, sizeof(*folders));
	size_t n_folders = 0;
	int r;

	if (!folders)
		return error_errno(err, ENOMEM, "look at the folders of files");
	for (size_t i = 0; i < n; i++)
		if (names[i].folder.fd >= 0)
			folders[n_folders++] = names[i].folder;
	r = n_folders ? labels_read(lsm, folders, n_folders, err) : 0;
	n_folders = 0;
	for (size_t i = 0; i < n && r == 0; i++)
		if (names[i].folder.fd >= 0) {
			names[i].folder = folders[n_folders++];
			r = check_case(&names[i], err);
		}
	return r;
}

static struct sbx_name_key key_of(const struct lsm_name *name)
{
	struct sbx_name_key key = { .folder = name->folder.info.inode };

	memcpy(key.name, name->name, sizeof(key.name));
	return key;
}

static int name_write(const struct lsm *lsm, const struct sbx_name_key *key,
	const struct sbx_label *label, struct sbx_error *err)
{
	struct sbx_label written = *label;

	written.serial++;
	return lsm_map_write(lsm, LSM_MAP_NAMES, key, &written, BPF_ANY, err);
}

/* `ret_label` stays zeroed where the name has none that counts. */
static int read_label(const struct lsm *lsm, const struct lsm_name *name,
	struct sbx_label *ret_label, struct sbx_error *err)
{
	const struct sbx_name_key key = key_of(name);
	struct sbx_label label = { 0 };

	*ret_label = (struct sbx_label){ 0 };
	if (bpf_map_lookup_elem(lsm->map[LSM_MAP_NAMES], &key, &label) < 0)
		return errno == ENOENT ? 0 : error_errno(err, errno, "read the map 'names'");
	if (label_is_of(&label, &name->folder.info) && label.owner != SBX_OWNER_FORMER)
		*ret_label = label;
	return 0;
}

int name_owner(const struct lsm *lsm, const struct lsm_name *name, struct lsm_owner *ret_owner,
	struct sbx_error *err)
{
	struct sbx_label label;
	int r = read_label(lsm, name, &label, err);

	if (r == 0)
		*ret_owner = label_owner_of(&label);
	return r;
}

int name_ensure(const struct lsm *lsm, const struct lsm_name *name, struct lsm_owner owner,
	uint32_t fresh, uint32_t fresh_folder, uint32_t *ret_label, struct sbx_error *err)
{
	const struct sbx_name_key key = key_of(name);
	struct sbx_label label;
	int r = read_label(lsm, name, &label, err);

	if (r < 0)
		return r;
	if (owner.tenant && label.owner && label.owner != owner.tenant)
		return error_set(err, EEXIST, "tenant id %u owns it already", label.owner);
	if (!label.label || (owner.tenant && !label.owner)) {
		label = (struct sbx_label){
			.ino = name->folder.info.ino,
			.dev = name->folder.info.dev,
			.generation = name->folder.info.generation,
			.label = label.label ? label.label : fresh,
			.serial = label.serial,
		};
		label_set_owner(&label, owner);
		r = name_write(lsm, &key, &label, err);
	}
	/* Last: its owner holds from when names are looked for. */
	if (r == 0)
		r = label_mark_names(lsm, &name->folder, fresh_folder, err);
	if (r == 0)
		*ret_label = label.label;
	return r;
}

struct sweeping {
	const struct lsm *lsm;
	bool (*visit)(const struct sbx_name_key *key, struct sbx_label *label, void *arg);
	void *arg;
	struct sbx_error *err;
	int r;
};

static void sweep_one(int map, const union any_key *key, void *arg)
{
	struct sweeping *s = arg;
	struct sbx_label label, before;

	if (s->r < 0 || bpf_map_lookup_elem(map, &key->name, &label) < 0)
		return;
	before = label;
	if (!s->visit(&key->name, &label, s->arg))
		(void)bpf_map_delete_elem(map, &key->name);
	else if (memcmp(&before, &label, sizeof(label)) != 0)
		s->r = name_write(s->lsm, &key->name, &label, s->err);
}

int names_sweep(const struct lsm *lsm,
	bool (*visit)(const struct sbx_name_key *key, struct sbx_label *label, void *arg),
	void *arg, struct sbx_error *err)
{
	struct sweeping s = { .lsm = lsm, .visit = visit, .arg = arg, .err = err };
	int r = each_key(lsm->map[LSM_MAP_NAMES], sweep_one, &s);

	if (s.r < 0)
		return s.r;
	return r < 0 ? error_errno(err, -r, "go through the map 'names'") : 0;
}
