/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that fs_replace() was writing when it was killed: "NAME~" in the folders that are ours.
 */
#include "base/fs.h"
#include "launch/gc.h"
#include "lsm/home.h"
#include "state/registry.h"

/* Who writes holds its lock, and it is renamed before that goes. */
static void collect_file(struct gc *gc, const char *path)
{
	_cleanup_close_ int lock = -1;
	struct sbx_error err = { 0 };
	int r = fs_try_lock(path, &lock);

	if (r == -ENOENT || r == -EBUSY)
		return;
	if (r == 0 && !gc->options->dry_run && unlink(path) < 0)
		r = -errno;
	if (r < 0)
		gc_failed(gc, error_errno(&err, -r, "remove '%s'", path), &err);
	else
		gc_say(gc, "file %s, half-written", path);
}

static void collect_folder(struct gc *gc, const char *folder)
{
	_cleanup_closedir_ DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[PATH_MAX];

	while (dir && (entry = readdir(dir))) {
		size_t n = strlen(entry->d_name);

		if (entry->d_type != DT_REG || entry->d_name[n - 1] != '~')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		collect_file(gc, path);
	}
}

/* Those of a sandbox's entry go with it. */
void gc_files(struct gc *gc)
{
	collect_folder(gc, LSM_DIR);
	collect_folder(gc, IDS_DIR);
	if (gc->options->cache)
		collect_folder(gc, gc->options->cache);
}
