/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/labels.h"

#include "base/bpf.h"
#include "lsm/home.h"
#include "lsm/keys.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* An iterator over this task's descriptors alone; the program is pinned, the link is ours. */
static int open_iterator(const struct lsm *lsm, int *ret_fd, struct sbx_error *err)
{
	union bpf_iter_link_info info = { .task.tid = (__u32)gettid() };
	_cleanup_close_ int link = -1;
	int fd;
	BPF_ATTR(attach);
	BPF_ATTR(start);

	attach.link_create.prog_fd = (__u32)lsm->file_info;
	attach.link_create.attach_type = BPF_TRACE_ITER;
	attach.link_create.iter_info = bpf_pointer(&info);
	attach.link_create.iter_info_len = sizeof(info);
	link = bpf_call(BPF_LINK_CREATE, &attach);
	if (link < 0)
		return error_errno(err, errno, "attach the iterator 'file_info'");
	start.iter_create.link_fd = (__u32)link;
	fd = bpf_call(BPF_ITER_CREATE, &start);
	if (fd < 0)
		return error_errno(err, errno, "start the iterator 'file_info'");
	*ret_fd = fd;
	return 0;
}

static void fill(struct lsm_file *files, size_t n, const struct sbx_file_info *info)
{
	for (size_t i = 0; i < n; i++)
		if ((__u32)files[i].fd == info->fd)
			files[i].info = *info;
}

int labels_read(const struct lsm *lsm, struct lsm_file *files, size_t n, struct sbx_error *err)
{
	struct sbx_file_info buf[128];
	_cleanup_close_ int fd = -1;
	ssize_t size;
	int r = open_iterator(lsm, &fd, err);

	if (r < 0)
		return r;
	/* seq_file hands out whole records: bpf_seq_write never splits one. */
	while ((size = read(fd, buf, sizeof(buf))) > 0)
		for (size_t i = 0; i < (size_t)size / sizeof(buf[0]); i++)
			fill(files, n, &buf[i]);
	if (size < 0)
		return error_errno(err, errno, "read the iterator 'file_info'");
	for (size_t i = 0; i < n; i++)
		if (!files[i].info.inode)
			return error_set(
				err, EIO, "the kernel told nothing of descriptor %d", files[i].fd);
	return 0;
}

static void pin_path(uint64_t inode, char path[static 64])
{
	(void)snprintf(path, 64, HOME_LABELS "/%llx", (unsigned long long)inode);
}

static void unpin(uint64_t inode)
{
	char path[64];

	pin_path(inode, path);
	(void)umount2(path, UMOUNT_NOFOLLOW | MNT_DETACH);
	if (unlink(path) < 0 && errno == EISDIR)
		(void)rmdir(path);
}

/* A mount of the one inode, that no mount of the host's propagates into. */
static int clone_alone(int fd, int *ret_tree, struct sbx_error *err)
{
	struct mount_attr attr = { .propagation = MS_PRIVATE };
	_cleanup_close_ int tree =
		open_tree(fd, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);

	if (tree < 0)
		return error_errno(err, errno, "clone the mount of a labelled file");
	if (mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return error_errno(err, errno, "make the mount of a labelled file private");
	*ret_tree = take_fd(&tree);
	return 0;
}

static int make_target(const char *path, bool is_dir)
{
	_cleanup_close_ int fd = -1;

	if (is_dir)
		return mkdir(path, 0700) < 0 ? -errno : 0;
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : 0;
}

static int pin(const struct lsm *lsm, const struct lsm_file *file, struct sbx_error *err)
{
	_cleanup_(visit_leave_or_die) struct visit visit = VISIT_INIT;
	_cleanup_close_ int tree = -1;
	struct stat st;
	char path[64];
	int r;

	if (fstat(file->fd, &st) < 0)
		return error_errno(err, errno, "stat a labelled file");
	r = clone_alone(file->fd, &tree, err);
	if (r == 0)
		r = visit_enter(&visit, lsm->home, err);
	if (r < 0)
		return r;
	/* What an unclean end left at this address is of no inode that lives. */
	unpin(file->info.inode);
	pin_path(file->info.inode, path);
	r = make_target(path, S_ISDIR(st.st_mode));
	if (r < 0)
		return error_errno(err, -r, "create '%s'", path);
	if (move_mount(tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) < 0) {
		/* The place is there: what isn't is a name of the file, which was removed just now.
		 */
		r = error_errno(err, errno == ENOENT ? ENOLINK : errno,
			"mount a labelled file on '%s'", path);
		unpin(file->info.inode);
	}
	return r;
}

bool label_is_of(const struct sbx_label *label, const struct sbx_file_info *info)
{
	return label->ino == info->ino && label->dev == info->dev &&
	       label->generation == info->generation;
}

/* Who writes labels has the lock: nobody else changes the word meanwhile. */
static int set_bits(const struct lsm *lsm, uint64_t inode, struct sbx_error *err)
{
	uint32_t word = sbx_label_bit(inode) / 64;
	int map = lsm->map[LSM_MAP_LABEL_BITS];
	uint64_t bits;

	if (bpf_map_lookup_elem(map, &word, &bits) < 0)
		return error_errno(err, errno, "read the map 'label_bits'");
	bits |= sbx_label_bits(inode);
	return lsm_map_write(lsm, LSM_MAP_LABEL_BITS, &word, &bits, BPF_ANY, err);
}

static int label_write(
	const struct lsm *lsm, uint64_t inode, const struct sbx_label *label, struct sbx_error *err)
{
	struct sbx_label written = *label;
	int r = set_bits(lsm, inode, err);

	if (r < 0)
		return r;
	written.serial++;
	/* By now hooks look for it. */
	return lsm_map_write(lsm, LSM_MAP_LABELS, &inode, &written, BPF_ANY, err);
}

/* Of a label's flags. */
static const uint32_t of_owner = SBX_LABEL_SHARED | SBX_LABEL_PART;

struct lsm_owner label_owner_of(const struct sbx_label *label)
{
	return (struct lsm_owner){ label->owner, label->flags & of_owner };
}

void label_set_owner(struct sbx_label *label, struct lsm_owner owner)
{
	label->owner = owner.tenant;
	label->flags = (label->flags & ~of_owner) | owner.flags;
}

static int label_new(const struct lsm *lsm, const struct lsm_file *file, struct lsm_owner owner,
	uint32_t fresh, uint32_t flags, struct sbx_error *err)
{
	struct sbx_label label = {
		.ino = file->info.ino,
		.dev = file->info.dev,
		.generation = file->info.generation,
		.label = fresh,
		.flags = flags,
	};
	int r = pin(lsm, file, err);

	label_set_owner(&label, owner);
	return r < 0 ? r : label_write(lsm, file->info.inode, &label, err);
}

/* -ENOENT when the inode has none: what stands at its address is another's, that is gone. */
static int label_read_any(const struct lsm *lsm, const struct lsm_file *file,
	struct sbx_label *ret_label, struct sbx_error *err)
{
	struct sbx_label label = { 0 };

	if (bpf_map_lookup_elem(lsm->map[LSM_MAP_LABELS], &file->info.inode, &label) < 0)
		return error_errno(err, errno, "read the map 'labels'");
	if (!label_is_of(&label, &file->info))
		return error_errno(err, ENOENT, "read the map 'labels'");
	*ret_label = label;
	return 0;
}

/* One that was a tenant's own is closed; who is granted it now begins anew. */
static int label_read(const struct lsm *lsm, const struct lsm_file *file,
	struct sbx_label *ret_label, struct sbx_error *err)
{
	int r = label_read_any(lsm, file, ret_label, err);

	return r == 0 && ret_label->owner == SBX_OWNER_FORMER
		       ? error_errno(err, ENOENT, "read the map 'labels'")
		       : r;
}

int label_owner(const struct lsm *lsm, const struct lsm_file *file, struct lsm_owner *ret_owner,
	struct sbx_error *err)
{
	struct sbx_label label = { 0 };
	int r = label_read(lsm, file, &label, err);

	if (r < 0 && r != -ENOENT)
		return r;
	*ret_owner = r == 0 ? label_owner_of(&label) : (struct lsm_owner){ 0 };
	return 0;
}

int label_ensure(const struct lsm *lsm, const struct lsm_file *file, struct lsm_owner owner,
	uint32_t fresh, uint32_t *ret_label, struct sbx_error *err)
{
	uint64_t inode = file->info.inode;
	struct sbx_label label = { 0 };
	int r = label_read(lsm, file, &label, err);

	if (r == -ENOENT) {
		/* Of one that is taken away its names stay. */
		r = label_new(lsm, file, owner, fresh, label.flags, err);
		label = (struct sbx_label){ .label = fresh, .owner = owner.tenant };
	}
	if (r < 0)
		return r;
	if (owner.tenant && label.owner && label.owner != owner.tenant)
		return error_set(err, EEXIST, "tenant id %u owns it already", label.owner);
	if (owner.tenant && !label.owner) {
		label_set_owner(&label, owner);
		r = label_write(lsm, inode, &label, err);
	}
	if (r == 0)
		*ret_label = label.label;
	return r;
}

int label_note_rights(
	const struct lsm *lsm, const struct lsm_file *file, uint32_t policy, struct sbx_error *err)
{
	struct sbx_label label = { 0 };
	struct sbx_perm_key key = { .policy = policy };
	int r = label_read(lsm, file, &label, err);

	if (r < 0)
		return r;
	key.label = label.label;
	if (bpf_map_lookup_elem(lsm->map[LSM_MAP_PERMS], &key, &label.rights) < 0)
		return error_errno(err, errno, "read the map 'perms'");
	label.policy = policy;
	return label_write(lsm, file->info.inode, &label, err);
}

int label_mark_names(
	const struct lsm *lsm, const struct lsm_file *folder, uint32_t fresh, struct sbx_error *err)
{
	struct sbx_label label = { 0 };
	int r = label_read_any(lsm, folder, &label, err);

	if (r == -ENOENT)
		return label_new(lsm, folder, (struct lsm_owner){ 0 }, fresh, SBX_LABEL_NAMES, err);
	if (r < 0 || (label.flags & SBX_LABEL_NAMES))
		return r;
	label.flags |= SBX_LABEL_NAMES;
	return label_write(lsm, folder->info.inode, &label, err);
}

/* Bits of labels, and of those that went: what the map is to hold is known when all were seen. */
struct bits {
	uint64_t kept[SBX_LABEL_BITS_WORDS], gone[SBX_LABEL_BITS_WORDS];
	bool any_gone;
};

static void note(uint64_t *bits, uint64_t inode)
{
	bits[sbx_label_bit(inode) / 64] |= sbx_label_bits(inode);
}

/* One that stays makes hooks slower, and nothing else. */
static void clear_bits(const struct lsm *lsm, const struct bits *bits)
{
	for (uint32_t word = 0; word < SBX_LABEL_BITS_WORDS; word++)
		if (bits->gone[word] & ~bits->kept[word])
			(void)bpf_map_update_elem(
				lsm->map[LSM_MAP_LABEL_BITS], &word, &bits->kept[word], BPF_ANY);
}

struct sweeping {
	const struct lsm *lsm;
	bool (*visit)(uint64_t inode, struct sbx_label *label, void *arg);
	void *arg;
	struct bits *bits;
	struct sbx_error *err;
	int r;
};

static void sweep_one(int map, const union any_key *key, void *arg)
{
	struct sweeping *s = arg;
	struct sbx_label label, before;

	if (s->r < 0 || bpf_map_lookup_elem(map, &key->inode, &label) < 0)
		return;
	before = label;
	if (!s->visit(key->inode, &label, s->arg)) {
		(void)bpf_map_delete_elem(map, &key->inode);
		unpin(key->inode);
		note(s->bits->gone, key->inode);
		s->bits->any_gone = true;
		return;
	}
	note(s->bits->kept, key->inode);
	if (memcmp(&before, &label, sizeof(label)) != 0)
		s->r = label_write(s->lsm, key->inode, &label, s->err);
}

int labels_sweep(const struct lsm *lsm,
	bool (*visit)(uint64_t inode, struct sbx_label *label, void *arg), void *arg,
	struct sbx_error *err)
{
	_cleanup_free_ struct bits *bits = calloc(1, sizeof(*bits));
	_cleanup_(visit_leave_or_die) struct visit away = VISIT_INIT;
	struct sweeping s = { .lsm = lsm, .visit = visit, .arg = arg, .bits = bits, .err = err };
	int r;

	if (!bits)
		return error_errno(err, ENOMEM, "look through the labels");
	r = visit_enter(&away, lsm->home, err);
	if (r < 0)
		return r;
	r = each_key(lsm->map[LSM_MAP_LABELS], sweep_one, &s);
	if (s.r < 0)
		return s.r;
	if (r < 0)
		return error_errno(err, -r, "go through the map 'labels'");
	if (bits->any_gone)
		clear_bits(lsm, bits);
	return 0;
}
