/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/command.h"

#include "sandboxctl/exit.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

/* "\0asm", then a 16-bit version and a 16-bit layer: 0 is a core module, 1 a component. */
static const char wasm_magic[] = { '\0', 'a', 's', 'm' };
#define WASM_HEADER_SIZE 8
#define WASM_LAYER	 6

static int read_head(int path_fd, char head[static WASM_HEADER_SIZE], size_t *ret_n)
{
	_cleanup_close_ int fd = -1;
	char link[64];
	ssize_t n;

	/* The very inode behind the O_PATH descriptor, for reading. */
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", path_fd);
	fd = open(link, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	n = pread(fd, head, WASM_HEADER_SIZE, 0);
	if (n < 0)
		return -errno;
	*ret_n = (size_t)n;
	return 0;
}

static enum command_kind kind_of(const char *head, size_t n)
{
	if (n >= sizeof(wasm_magic) && memcmp(head, wasm_magic, sizeof(wasm_magic)) == 0)
		return n == WASM_HEADER_SIZE && head[WASM_LAYER] != 0 ? COMMAND_COMPONENT
								      : COMMAND_MODULE;
	if (n >= 2 && head[0] == '#' && head[1] == '!')
		return COMMAND_SCRIPT;
	return COMMAND_PROGRAM;
}

static int not_executable(const char *path, struct sbx_error *err)
{
	int r = error_set(err, EACCES, "'%s' is not executable", path);

	return error_cure(err, r, "chmod +x '%s'", path);
}

/* 0, or why this file can't be the command. */
static int inspect(struct command *command, struct sbx_error *err)
{
	const char *path = command->place.path;
	char head[WASM_HEADER_SIZE] = { 0 };
	struct stat st;
	size_t n = 0;
	int r;

	if (fstat(command->place.fd, &st) < 0)
		return error_errno(err, errno, "stat '%s'", path);
	if (S_ISDIR(st.st_mode))
		return error_set(err, EISDIR, "'%s' is a folder", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, EACCES, "'%s' is not a regular file", path);
	r = read_head(command->place.fd, head, &n);
	if (r < 0)
		return error_errno(err, -r, "read '%s'", path);
	command->kind = kind_of(head, n);
	/* A module is read by its runtime, not executed. */
	if (command->kind != COMMAND_MODULE && command->kind != COMMAND_COMPONENT &&
		!(st.st_mode & 0111))
		return not_executable(path, err);
	return 0;
}

static int find_at(const char *path, const struct command_view *view, struct command *command,
	struct sbx_error *err)
{
	int r = view->resolve(view->arg, path, &command->place, err);

	return r < 0 ? r : inspect(command, err);
}

static int find_here(const char *word, const struct command_view *view, struct command *command,
	struct sbx_error *err)
{
	char path[2 * PATH_MAX];
	int n;

	if (word[0] == '/')
		return find_at(word, view, command, err);
	if (!view->here)
		return error_errno(err, ENOENT, "read the current folder");
	n = snprintf(path, sizeof(path), "%s/%s", view->here, word);
	if (n < 0 || (size_t)n >= sizeof(path))
		return error_errno(err, ENAMETOOLONG, "'%s'", word);
	return find_at(path, view, command, err);
}

/* As execvp(3): a folder where it can't be used doesn't end the search, but is what is told. */
static int search(const char *word, const struct command_view *view, struct command *command,
	struct sbx_error *err)
{
	_cleanup_free_ char *copy = strdup(view->path);
	char *rest = copy, *folder;
	int found = error_set(err, ENOENT, "'%s' is not in '%s'", word, view->path);

	while (copy && (folder = strsep(&rest, ":"))) {
		struct sbx_error why = { 0 };
		char at[PATH_MAX];
		int r;

		if (*folder != '/')
			continue;
		(void)snprintf(at, sizeof(at), "%s/%s", folder, word);
		r = find_at(at, view, command, &why);
		if (r == 0)
			return 0;
		resolved_clear(&command->place);
		if (r != -ENOENT && r != -ENOTDIR && found == -ENOENT) {
			found = r;
			if (err)
				*err = why;
		}
	}
	return found;
}

static int find(const char *word, const struct command_view *view, struct command *command,
	struct sbx_error *err)
{
	int r;

	if (!*word)
		return error_set(err, ENOENT, "the command is an empty word");
	if (strchr(word, '/'))
		return find_here(word, view, command, err);
	r = search(word, view, command, err);
	if (r != -ENOENT)
		return r;
	if (find_here(word, view, command, NULL) == 0 &&
		(command->kind == COMMAND_MODULE || command->kind == COMMAND_COMPONENT))
		return 0;
	return r;
}

int command_find(const char *word, const struct command_view *view, struct command *ret_command,
	int *ret_exit, struct sbx_error *err)
{
	struct command command = COMMAND_INIT;
	int r = find(word, view, &command, err);

	if (r < 0) {
		command_clear(&command);
		*ret_exit = r == -ENOENT || r == -ENOTDIR ? SANDBOXCTL_EXIT_NOT_FOUND
							  : SANDBOXCTL_EXIT_NOT_EXECUTABLE;
		return r;
	}
	*ret_command = command;
	return 0;
}

void command_clear(struct command *command)
{
	resolved_clear(&command->place);
}
