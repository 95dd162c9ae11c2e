// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Names: what makes, moves and removes files without opening them.
 *
 * The path_ hooks, and not the inode_ ones: these are called for what an overlay does to its layers
 * in a task's name, too, for which the task was judged already.
 */
#include "walk.h"

/*
 * A name in a folder, and what has it, if it is there. The walk of the folder begins with the label
 * on the name, which stays there whatever has it.
 */
struct name {
	struct dentry *folder, *entry;
	bool of_file; /* what has the name, or will have it, is no folder */
	struct sbx_walk of_folder, of_entry;
};

/*
 * As walk_up, for a name in a folder, which may stand for nothing yet: what a file (or a folder)
 * would have under that name, without what its own inode has. No folder gets a name that was
 * granted or owned as a file's: what lies in there would be nobody's.
 */
static __always_inline enum sbx_why walk_name(const struct actor *a, struct dentry *folder,
	struct dentry *d, bool of_file, struct sbx_walk *walk)
{
	struct inode *inode = folder->d_inode;
	struct said said;
	int met = find_label(a, inode, &said);

	if (met == MET_LABEL)
		met = said.flags & SBX_LABEL_NAMES ? find_name(a, d, inode, &said) : MET_NOTHING;
	if (met == MET_ANOTHER)
		return SBX_WHY_ADRIFT;
	if (met == MET_LABEL)
		meet_name(a, &said, of_file, walk);
	if (met == MET_LABEL && !of_file)
		return walk->owner ? SBX_WHY_OWNED : SBX_WHY_NO_GRANT;
	return walk_up(a, folder, walk);
}

/*
 * A folder that a tenant owns, or on the way to one, is where policies say it is: whoever moved it
 * could put another in its place, and no tenant would run until somebody has looked at that.
 */
static __always_inline bool is_anchor(struct inode *inode)
{
	__u64 address = (__u64)inode;
	struct sbx_anchor *anchor = bpf_map_lookup_elem(&anchors, &address);

	return anchor && anchor->ino == inode->i_ino && anchor->dev == inode->i_sb->s_dev &&
	       anchor->generation == inode->i_generation;
}

/*
 * What the walks come to, if nothing stood in their way. A global function: the verifier knows
 * nothing of what it answers, nor from then on of what it was given, and so looks at all that
 * follows once, and not once for each of what the walks may have met.
 */
__attribute__((noinline, weak)) int end_walks(
	const struct sbx_walk *folder, const struct sbx_walk *entry, __u32 why)
{
	if (!folder || !entry)
		return SBX_WHY_ADRIFT;
	return why == SBX_WHY_NONE ? sbx_entry_end(folder, entry) : why;
}

static __always_inline enum sbx_why judge_name(const struct actor *a, struct name *n)
{
	struct inode *inode = n->entry->d_inode;
	enum sbx_why why = SBX_WHY_NONE;

	n->of_folder = n->of_entry = walk_begin(a);
	if (is_there(inode) && !meet(a, inode, &n->of_entry))
		why = SBX_WHY_ADRIFT;
	if (why == SBX_WHY_NONE)
		why = walk_name(a, n->folder, n->entry, n->of_file, &n->of_folder);
	why = end_walks(&n->of_folder, &n->of_entry, why);
	/* Nobody makes what is there: it is moved or removed. */
	if (why == SBX_WHY_NONE && is_there(inode) && is_folder(inode) && is_anchor(inode))
		why = SBX_WHY_ANCHOR;
	return why;
}

static __always_inline __u32 owner_of(const struct name *n)
{
	return n->of_entry.owner ? n->of_entry.owner : n->of_folder.owner;
}

/* Told with the inode of the folder, for which a grant would allow it. */
static __noinline int deny_change(
	const struct actor *a, enum sbx_hook hook, const struct name *n, enum sbx_why why)
{
	return deny_name(a, hook, n->folder, n->entry, SBX_WRITE, why, owner_of(n));
}

static __always_inline int mediate_name(
	enum sbx_hook hook, const struct path *folder, struct dentry *entry, bool of_file)
{
	struct name n = { .folder = folder->dentry, .entry = entry, .of_file = of_file };
	enum sbx_why why;
	struct actor a;

	identify(&a);
	if (is_free(&a))
		return 0;
	why = is_nobody(&a) ? a.why : judge_name(&a, &n);
	return errno_in_range(why == SBX_WHY_NONE ? 0 : deny_change(&a, hook, &n, why));
}

SEC("lsm/path_mkdir")
int BPF_PROG(path_mkdir, const struct path *folder, struct dentry *entry)
{
	return mediate_name(SBX_HOOK_path_mkdir, folder, entry, false);
}

SEC("lsm/path_rmdir")
int BPF_PROG(path_rmdir, const struct path *folder, struct dentry *entry)
{
	return mediate_name(SBX_HOOK_path_rmdir, folder, entry, false);
}

SEC("lsm/path_unlink")
int BPF_PROG(path_unlink, const struct path *folder, struct dentry *entry)
{
	return mediate_name(SBX_HOOK_path_unlink, folder, entry, true);
}

SEC("lsm/path_symlink")
int BPF_PROG(path_symlink, const struct path *folder, struct dentry *entry)
{
	return mediate_name(SBX_HOOK_path_symlink, folder, entry, true);
}

/* A device node leads past all file systems, whoever owns the folder. */
static __always_inline int deny_device(const struct path *folder, struct dentry *entry)
{
	struct name n = { .folder = folder->dentry, .entry = entry };
	enum sbx_why why = SBX_WHY_NEVER;
	struct actor a;

	identify(&a);
	if (is_free(&a))
		return 0;
	if (a.standing == STANDING_NOBODY)
		why = a.why;
	return errno_in_range(deny_change(&a, SBX_HOOK_path_mknod, &n, why));
}

/* Files that open(2) makes, pipes, unix sockets that are bound; and what mknod(2) is known for. */
SEC("lsm/path_mknod")
int BPF_PROG(path_mknod, const struct path *folder, struct dentry *entry, unsigned short mode)
{
	__u32 type = mode & S_IFMT;

	if (type == S_IFCHR || type == S_IFBLK)
		return deny_device(folder, entry);
	return mediate_name(SBX_HOOK_path_mknod, folder, entry, true);
}

/* As at the border of a file system, so that mv(1) and ln(1) do what a copy would do. */
static __always_inline int deny_move(
	const struct actor *a, enum sbx_hook hook, const struct name *n, enum sbx_why why)
{
	(void)deny_change(a, hook, n, why);
	return -EXDEV;
}

/* Apart from judge_link, whose walks need the stack. */
static __noinline int deny_source(
	const struct actor *a, struct dentry *file, enum sbx_why why, __u32 owner)
{
	return deny_file(a, SBX_HOOK_path_link, file, SBX_READ, why, owner);
}

/* As end_walks, for the file that gets one more name. What its own label says counts later: here it
 * is only forgotten by the verifier, too. */
__attribute__((noinline, weak)) int end_source(
	const struct sbx_walk *place, const struct sbx_walk *file, __u32 why)
{
	if (!place || !file)
		return SBX_WHY_ADRIFT;
	return why == SBX_WHY_NONE ? sbx_walk_end(place, SBX_READ) : why;
}

/* The file gets one more name: who may use it by that one must have been free to by the other. */
static __always_inline int judge_link(struct dentry *file, struct name *to)
{
	struct sbx_walk of_file, of_place;
	enum sbx_why why;
	struct actor a;
	int r = 0;

	identify(&a);
	if (is_free(&a))
		return 0;
	if (is_nobody(&a))
		return deny_change(&a, SBX_HOOK_path_link, to, a.why);
	of_file = of_place = walk_begin(&a);
	why = meet(&a, file->d_inode, &of_file) ? walk_up(&a, file, &of_place) : SBX_WHY_ADRIFT;
	why = end_source(&of_place, &of_file, why);
	if (why != SBX_WHY_NONE)
		r = deny_source(&a, file, why, of_place.owner);
	if (r)
		return r;
	why = judge_name(&a, to);
	if (why != SBX_WHY_NONE)
		r = deny_change(&a, SBX_HOOK_path_link, to, why);
	if (r)
		return r;
	why = sbx_move_end(&of_file, &of_place, &to->of_folder);
	return why == SBX_WHY_NONE ? 0 : deny_move(&a, SBX_HOOK_path_link, to, why);
}

SEC("lsm/path_link")
int BPF_PROG(path_link, struct dentry *file, const struct path *folder, struct dentry *entry)
{
	struct name to = { .folder = folder->dentry, .entry = entry, .of_file = true };

	return errno_in_range(judge_link(file, &to));
}

/* Both folders are written to, both files moved or gone. */
static __always_inline int judge_rename(struct name *from, struct name *to, bool exchange)
{
	enum sbx_why why;
	struct actor a;
	int r = 0;

	identify(&a);
	if (is_free(&a))
		return 0;
	if (is_nobody(&a))
		return deny_change(&a, SBX_HOOK_path_rename, from, a.why);
	why = judge_name(&a, from);
	if (why != SBX_WHY_NONE)
		r = deny_change(&a, SBX_HOOK_path_rename, from, why);
	if (r)
		return r;
	why = judge_name(&a, to);
	if (why != SBX_WHY_NONE)
		r = deny_change(&a, SBX_HOOK_path_rename, to, why);
	if (r)
		return r;
	why = sbx_move_end(&from->of_entry, &from->of_folder, &to->of_folder);
	if (why == SBX_WHY_NONE && exchange)
		why = sbx_move_end(&to->of_entry, &to->of_folder, &from->of_folder);
	return why == SBX_WHY_NONE ? 0 : deny_move(&a, SBX_HOOK_path_rename, from, why);
}

SEC("lsm/path_rename")
int BPF_PROG(path_rename, const struct path *old_folder, struct dentry *old_entry,
	const struct path *new_folder, struct dentry *new_entry, unsigned int flags)
{
	struct name from = { .folder = old_folder->dentry, .entry = old_entry };
	struct name to = { .folder = new_folder->dentry, .entry = new_entry };
	struct inode *taken = new_entry->d_inode;
	bool exchange = flags & RENAME_EXCHANGE;

	/* Where a folder is moved, names count for folders, whose rights are fewer. */
	from.of_file = !is_folder(old_entry->d_inode) &&
		       !(exchange && is_there(taken) && is_folder(taken));
	to.of_file = from.of_file;
	return errno_in_range(judge_rename(&from, &to, exchange));
}
