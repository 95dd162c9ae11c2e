/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that nothing has, or that something has that doesn't fit, and folders that are gone.
 */
#include "probe_edges.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

static long unlink_none(void)
{
	return unlink("none");
}

static long rmdir_none(void)
{
	return rmdir("none");
}

static long rename_none(void)
{
	return rename("none", "other");
}

static long link_none(void)
{
	return link("none", "other");
}

static long truncate_none(void)
{
	return truncate("none", 0);
}

/* That there is nothing is remembered: a dentry without an inode. */
static long create_looked_for(void)
{
	struct stat st;

	(void)stat("looked-for", &st);
	return put("looked-for");
}

static long mkdir_looked_for(void)
{
	struct stat st;

	(void)stat("folder", &st);
	return mkdir("folder", 0700);
}

static long mkdir_there(void)
{
	return mkdir("folder", 0700);
}

static long mkdir_slash(void)
{
	return mkdir("slash/", 0700);
}

static long mkdir_nowhere(void)
{
	return mkdir("none/below", 0700);
}

static long create_slash(void)
{
	return put("file/");
}

static long symlink_new(void)
{
	return symlink("none", "symlink");
}

static long create_by_symlink(void)
{
	return put("symlink");
}

static long mknod_typeless(void)
{
	return mknod("typeless", 0600, 0);
}

static long mknod_whiteout(void)
{
	return mknod("device", S_IFCHR, 0);
}

static long bind_new(void)
{
	struct sockaddr_un address = { AF_UNIX, "socket" };

	return bind(
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), (void *)&address, sizeof(address));
}

static long link_new(void)
{
	return link("looked-for", "link");
}

static long link_there(void)
{
	return link("looked-for", "link");
}

static long link_folder(void)
{
	return link("folder", "link-to-folder");
}

static long rename_new(void)
{
	return rename("link", "renamed");
}

static long rename_same(void)
{
	return rename("renamed", "renamed");
}

static long rename_to_link(void)
{
	return rename("renamed", "looked-for");
}

static long rename_below_itself(void)
{
	return rename("folder", "folder/below");
}

static long rename_over_folder(void)
{
	return rename("slash", "folder");
}

static long rename_file_over_folder(void)
{
	return rename("looked-for", "folder");
}

static long rename_dot(void)
{
	return rename(".", "dot");
}

static long exchange_none(void)
{
	return renameat2(AT_FDCWD, "looked-for", AT_FDCWD, "none", RENAME_EXCHANGE);
}

static long exchange_kinds(void)
{
	return renameat2(AT_FDCWD, "looked-for", AT_FDCWD, "folder", RENAME_EXCHANGE);
}

static long exchange_back(void)
{
	return renameat2(AT_FDCWD, "folder", AT_FDCWD, "looked-for", RENAME_EXCHANGE);
}

static long noreplace(void)
{
	return renameat2(AT_FDCWD, "looked-for", AT_FDCWD, "typeless", RENAME_NOREPLACE);
}

static long whiteout_new(void)
{
	return renameat2(AT_FDCWD, "typeless", AT_FDCWD, "moved", RENAME_WHITEOUT);
}

static long whiteout_over(void)
{
	return renameat2(AT_FDCWD, "moved", AT_FDCWD, "looked-for", RENAME_WHITEOUT);
}

static long tmpfile_link(void)
{
	int fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd < 0 ? -1 : linkat(fd, "", AT_FDCWD, "named", AT_EMPTY_PATH);
}

static long tmpfile_sealed(void)
{
	int fd = open(".", O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);

	return fd < 0 ? -1 : linkat(fd, "", AT_FDCWD, "sealed", AT_EMPTY_PATH);
}

static long link_removed(void)
{
	int fd = put("removed");

	(void)unlink("removed");
	return linkat(fd, "", AT_FDCWD, "again", AT_EMPTY_PATH);
}

static long link_pipe(void)
{
	int fds[2];

	return pipe2(fds, O_CLOEXEC) < 0 ? -1 : linkat(fds[0], "", AT_FDCWD, "pipe", AT_EMPTY_PATH);
}

/* Of what was below, an overlay notes that it is gone. */
static long unlink_below(void)
{
	return unlink("below/file");
}

static long create_on_whiteout(void)
{
	return put("below/file");
}

static long rename_below(void)
{
	return rename("below/other", "below/moved");
}

static long rmdir_below(void)
{
	return rmdir("below/empty");
}

static long mkdir_on_whiteout(void)
{
	return mkdir("below/empty", 0700);
}

static long chmod_below(void)
{
	return chmod("below/mode", 0600);
}

static long unlink_folder(void)
{
	return unlink("folder");
}

static long rmdir_file(void)
{
	return rmdir("named");
}

static long rmdir_dot(void)
{
	return rmdir("folder/.");
}

/* A child's working folder is removed. */
static long in_dead_folder(long (*call)(void))
{
	pid_t pid;
	int status;

	(void)mkdir("dead", 0700);
	pid = fork();
	if (pid == 0) {
		if (chdir("dead") < 0 || rmdir("../dead") < 0)
			_exit(255);
		_exit(call() < 0 ? errno : 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	errno = WEXITSTATUS(status);
	return errno ? -1 : 0;
}

static long stat_dot(void)
{
	struct stat st;

	return stat(".", &st);
}

static long list_dot(void)
{
	return open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static long create_here(void)
{
	return put("here");
}

static long mkdir_here(void)
{
	return mkdir("here", 0700);
}

static long chmod_dot(void)
{
	return chmod(".", 0700);
}

static long dead_stat(void)
{
	return in_dead_folder(stat_dot);
}

static long dead_list(void)
{
	return in_dead_folder(list_dot);
}

static long dead_create(void)
{
	return in_dead_folder(create_here);
}

static long dead_mkdir(void)
{
	return in_dead_folder(mkdir_here);
}

static long dead_chmod(void)
{
	return in_dead_folder(chmod_dot);
}

static const struct edge edges_names[] = {
	EDGE(unlink_none),
	EDGE(rmdir_none),
	EDGE(rename_none),
	EDGE(link_none),
	EDGE(truncate_none),
	EDGE(create_looked_for),
	EDGE(mkdir_looked_for),
	EDGE(mkdir_there),
	EDGE(mkdir_slash),
	EDGE(mkdir_nowhere),
	EDGE(create_slash),
	EDGE(symlink_new),
	EDGE(create_by_symlink),
	EDGE(mknod_typeless),
	EDGE(mknod_whiteout),
	EDGE(bind_new),
	EDGE(link_new),
	EDGE(link_there),
	EDGE(link_folder),
	EDGE(rename_new),
	EDGE(rename_same),
	EDGE(rename_to_link),
	EDGE(rename_below_itself),
	EDGE(rename_over_folder),
	EDGE(rename_file_over_folder),
	EDGE(rename_dot),
	EDGE(exchange_none),
	EDGE(exchange_kinds),
	EDGE(exchange_back),
	EDGE(noreplace),
	EDGE(whiteout_new),
	EDGE(whiteout_over),
	EDGE(tmpfile_link),
	EDGE(tmpfile_sealed),
	EDGE(link_removed),
	EDGE(link_pipe),
	EDGE(unlink_below),
	EDGE(create_on_whiteout),
	EDGE(rename_below),
	EDGE(rmdir_below),
	EDGE(mkdir_on_whiteout),
	EDGE(chmod_below),
	EDGE(unlink_folder),
	EDGE(rmdir_file),
	EDGE(rmdir_dot),
	EDGE(dead_stat),
	EDGE(dead_list),
	EDGE(dead_create),
	EDGE(dead_mkdir),
	EDGE(dead_chmod),
};

static int attempt_edges_names(char **args, struct detail *detail)
{
	return go_through(edges_names, ARRAY_SIZE(edges_names), args[0], detail);
}

const struct attempt attempts_edges[] = {
	{ "edges-names", "DIR", 1, 1, attempt_edges_names,
		"make, move and remove what is there and what isn't" },
	{ 0 },
};
