/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs several commands in turn (A B C A B C ...) and measures each from posix_spawn to waitpid, so
 * that whatever else the machine does falls on all of them alike.
 *
 * usage: interleave [-n ROUNDS] [-w WARMUP] [-s SEED] [-r NAME]... [-a NAME/NAME=ASKED,LIMIT]...
 *                   [-t TEXT]... [-j FILE] COMMANDS
 *
 *	-n	measured rounds (100); -w: rounds before them that do not count (5)
 *	-s	shuffles the order anew in each round: a command that always runs after the same
 *other one inherits its warm caches, or its clean-up that still goes on in the kernel
 *	-r	adds a column: the median as a multiple of NAME's median
 *	-a	compares the first with the second and with what is asked for, at the 10th
 *		percentile of both, which other work on the machine changes least; fails
 *		above LIMIT
 *	-t	a note, printed below the table and kept in the JSON
 *	-j	writes the same as JSON, with every sample, to FILE
 *
 * COMMANDS has one command a line: `NAME: [N<FILE]... PROGRAM [ARG...]`, words separated by blanks,
 * "..." keeps them; N<FILE opens FILE anew as descriptor N for each run; # begins a comment line.
 * Standard input and output are /dev/null. A command that doesn't exit with 0 ends everything: its
 * times would be those of a failure.
 */
#include "base/cleanup.h"
#include "base/str.h"
#include "samples.h"

#include <fcntl.h>
#include <jansson.h>
#include <spawn.h>
#include <sys/wait.h>

enum {
	MAX_COMMANDS = 32,
	MAX_BASES = 4,
	MAX_LIMITS = 4,
};

struct limit {
	char *name, *base;
	double asked, limit;
};

struct command {
	char *name;
	struct strv argv;
	posix_spawn_file_actions_t files;
	double *samples; /* ms, sorted before they are summed up */
};

struct bench {
	uint32_t rounds, warmup;
	uint32_t seed; /* 0: in order */
	struct command commands[MAX_COMMANDS];
	size_t n_commands;
	const char *bases[MAX_BASES];
	size_t n_bases;
	struct limit limits[MAX_LIMITS];
	size_t n_limits;
	struct strv notes;
	const char *json_path, *commands_path;
};

/* Cuts the next word out of *TEXT; NULL at the end. */
static char *next_word(char **text)
{
	char *word = *text + strspn(*text, " \t");
	char *end;

	if (!*word)
		return NULL;
	if (*word == '"') {
		word++;
		end = strchr(word, '"');
		if (!end)
			end = word + strlen(word);
	} else {
		end = word + strcspn(word, " \t");
	}
	*text = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

/* "10<FILE": returns FILE and the number, or NULL when the word is something else. */
static const char *parse_redirection(char *word, int *ret_fd)
{
	char *less = strchr(word, '<');
	uint32_t fd;

	if (!less || less == word || strspn(word, "0123456789") != (size_t)(less - word))
		return NULL;
	*less = '\0';
	if (str_to_u32(word, &fd) < 0 || fd > INT32_MAX)
		return NULL;
	*ret_fd = (int)fd;
	return less + 1;
}

static int parse_command(struct command *command, char *line)
{
	char *colon = strchr(line, ':'), *word;
	int r, fd;

	if (!colon)
		return -EINVAL;
	*colon = '\0';
	command->name = strdup(line);
	if (!command->name)
		return -ENOMEM;
	r = -posix_spawn_file_actions_init(&command->files);
	if (r == 0)
		r = -posix_spawn_file_actions_addopen(
			&command->files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (r == 0)
		r = -posix_spawn_file_actions_addopen(
			&command->files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	for (colon++; r == 0 && (word = next_word(&colon));) {
		const char *file = command->argv.n ? NULL : parse_redirection(word, &fd);

		if (file)
			r = -posix_spawn_file_actions_addopen(
				&command->files, fd, file, O_RDONLY, 0);
		else
			r = strv_add(&command->argv, word);
	}
	return r == 0 && command->argv.n == 0 ? -EINVAL : r;
}

static int read_commands(struct bench *bench)
{
	_cleanup_fclose_ FILE *file = fopen(bench->commands_path, "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	ssize_t n;
	int r;

	if (!file) {
		perror(bench->commands_path);
		return -errno;
	}
	while ((n = getline(&line, &size, file)) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		r = bench->n_commands < MAX_COMMANDS
			    ? parse_command(&bench->commands[bench->n_commands], line)
			    : -E2BIG;
		if (r < 0) {
			(void)fprintf(stderr, "interleave: %s: '%s': %s\n", bench->commands_path,
				line, strerror(-r));
			return r;
		}
		bench->n_commands++;
	}
	return 0;
}

/* 0 and the wall time in ms, or -1 when the command failed. */
static int run_once(const struct command *command, double *ret_ms)
{
	struct timespec start;
	int status, r;
	double ms;
	pid_t pid;

	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	r = posix_spawnp(&pid, command->argv.v[0], &command->files, NULL, command->argv.v, environ);
	if (r) {
		(void)fprintf(stderr, "interleave: %s: %s\n", command->name, strerror(r));
		return -1;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	ms = ms_since(&start);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		(void)fprintf(stderr, "interleave: %s: %s %d\n", command->name,
			WIFEXITED(status) ? "exited with" : "was ended by signal",
			WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
		return -1;
	}
	*ret_ms = ms;
	return 0;
}

/* xorshift32: repeatable on every machine. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void shuffle(size_t *order, size_t n, uint32_t *state)
{
	for (size_t i = n - 1; *state && i > 0; i--) {
		size_t j = next_random(state) % (i + 1), other = order[j];

		order[j] = order[i];
		order[i] = other;
	}
}

static int run_rounds(struct bench *bench)
{
	uint32_t state = bench->seed;
	size_t order[MAX_COMMANDS];

	for (size_t i = 0; i < bench->n_commands; i++) {
		order[i] = i;
		bench->commands[i].samples = calloc(bench->rounds, sizeof(double));
		if (!bench->commands[i].samples)
			return -1;
	}
	for (uint32_t round = 0; round < bench->warmup + bench->rounds; round++) {
		shuffle(order, bench->n_commands, &state);
		for (size_t i = 0; i < bench->n_commands; i++) {
			struct command *command = &bench->commands[order[i]];
			double ms;

			if (run_once(command, &ms) < 0)
				return -1;
			if (round >= bench->warmup)
				command->samples[round - bench->warmup] = ms;
		}
	}
	return 0;
}

static double median_of(
	const struct bench *bench, const struct summary *summaries, const char *name)
{
	for (size_t i = 0; i < bench->n_commands; i++)
		if (streq(bench->commands[i].name, name))
			return summaries[i].median;
	return 0;
}

/* The samples are sorted by now. 0: there is no such command. */
static double tenth_of(const struct bench *bench, const char *name)
{
	for (size_t i = 0; i < bench->n_commands; i++)
		if (streq(bench->commands[i].name, name))
			return bench->commands[i].samples[bench->rounds / 10];
	return 0;
}

/* How many are missed. A command that was left out is compared with nothing. */
static int check_limits(const struct bench *bench)
{
	int n = 0;

	for (size_t i = 0; i < bench->n_limits; i++) {
		const struct limit *l = &bench->limits[i];
		double of = tenth_of(bench, l->name), base = tenth_of(bench, l->base);
		bool missed = base > 0 && of / base > l->limit;

		if (of <= 0 || base <= 0)
			continue;
		(void)printf(
			"%s: %.2f x %s at the 10th percentile; asked for %.2f, held to %.2f%s\n",
			l->name, of / base, l->base, l->asked, l->limit, missed ? ": MISSED" : "");
		n += missed;
	}
	return n;
}

/* Cuts "NAME/NAME=ASKED,LIMIT". */
static bool parse_limit(char *text, struct limit *ret_limit)
{
	char *slash = strchr(text, '/'), *equals = slash ? strchr(slash, '=') : NULL;
	struct limit l = { .name = text };

	if (!equals || sscanf(equals + 1, "%lf,%lf", &l.asked, &l.limit) != 2)
		return false;
	*slash = *equals = '\0';
	l.base = slash + 1;
	*ret_limit = l;
	return true;
}

static void print_table(const struct bench *bench, const struct summary *summaries)
{
	(void)printf("%-16s %9s %9s %9s %9s %7s", "ms", "min", "median", "p90", "max", "spread");
	for (size_t b = 0; b < bench->n_bases; b++)
		(void)printf("  x %-8s", bench->bases[b]);
	(void)printf("\n");
	for (size_t i = 0; i < bench->n_commands; i++) {
		const struct summary *s = &summaries[i];

		(void)printf("%-16s %9.3f %9.3f %9.3f %9.3f %6.0f%%", bench->commands[i].name,
			s->min, s->median, s->p90, s->max, s->spread * 100);
		for (size_t b = 0; b < bench->n_bases; b++) {
			double base = median_of(bench, summaries, bench->bases[b]);

			if (base > 0)
				(void)printf("  %-10.2f", s->median / base);
			else
				(void)printf("  %-10s", "-");
		}
		(void)printf("\n");
	}
	(void)printf("%u rounds after %u to warm up; spread: (p90 - min) / median\n", bench->rounds,
		bench->warmup);
	for (size_t i = 0; i < bench->notes.n; i++)
		(void)printf("note: %s\n", bench->notes.v[i]);
}

static json_t *command_json(
	const struct bench *bench, const struct summary *summaries, size_t index)
{
	const struct command *command = &bench->commands[index];
	const struct summary *s = &summaries[index];
	json_t *ratios = json_object(), *argv = json_array(), *samples = json_array();

	for (size_t b = 0; b < bench->n_bases; b++) {
		double base = median_of(bench, summaries, bench->bases[b]);

		(void)json_object_set_new(ratios, bench->bases[b],
			base > 0 ? json_real(s->median / base) : json_null());
	}
	for (size_t i = 0; i < command->argv.n; i++)
		(void)json_array_append_new(argv, json_string(command->argv.v[i]));
	for (uint32_t i = 0; i < bench->rounds; i++)
		(void)json_array_append_new(samples, json_real(command->samples[i]));
	return json_pack("{s:s, s:o, s:f, s:f, s:f, s:f, s:f, s:o, s:o}", "name", command->name,
		"argv", argv, "min_ms", s->min, "median_ms", s->median, "p90_ms", s->p90, "max_ms",
		s->max, "spread", s->spread, "ratio", ratios, "samples_ms", samples);
}

static int write_json(const struct bench *bench, const struct summary *summaries)
{
	json_t *commands = json_array(), *notes = json_array(), *all;
	int r;

	for (size_t i = 0; i < bench->n_commands; i++)
		(void)json_array_append_new(commands, command_json(bench, summaries, i));
	for (size_t i = 0; i < bench->notes.n; i++)
		(void)json_array_append_new(notes, json_string(bench->notes.v[i]));
	all = json_pack("{s:i, s:i, s:i, s:o, s:o}", "rounds", (int)bench->rounds, "warmup",
		(int)bench->warmup, "seed", (int)bench->seed, "commands", commands, "notes", notes);
	r = all ? json_dump_file(all, bench->json_path, JSON_INDENT(1) | JSON_REAL_PRECISION(6))
		: -1;
	json_decref(all);
	if (r < 0)
		(void)fprintf(stderr, "interleave: can't write '%s'\n", bench->json_path);
	return r;
}

static int usage(void)
{
	(void)fprintf(stderr, "usage: interleave [-n ROUNDS] [-w WARMUP] [-s SEED] [-r NAME]... "
			      "[-a NAME/NAME=ASKED,LIMIT]... [-t TEXT]... [-j FILE] "
			      "COMMANDS\n");
	return 2;
}

/* 0, or what to exit with. */
static int parse_arguments(int argc, char **argv, struct bench *bench)
{
	int option;

	while ((option = getopt(argc, argv, "n:w:s:r:a:t:j:")) != -1) {
		if (option == 'n' && str_to_u32(optarg, &bench->rounds) == 0 && bench->rounds > 0)
			continue;
		if (option == 'w' && str_to_u32(optarg, &bench->warmup) == 0)
			continue;
		if (option == 's' && str_to_u32(optarg, &bench->seed) == 0)
			continue;
		if (option == 'a' && bench->n_limits < MAX_LIMITS &&
			parse_limit(optarg, &bench->limits[bench->n_limits])) {
			bench->n_limits++;
			continue;
		}
		if (option == 'r' && bench->n_bases < MAX_BASES)
			bench->bases[bench->n_bases++] = optarg;
		else if (option == 't' && strv_add(&bench->notes, optarg) == 0)
			continue;
		else if (option == 'j')
			bench->json_path = optarg;
		else
			return usage();
	}
	if (argc - optind != 1)
		return usage();
	bench->commands_path = argv[optind];
	return 0;
}

int main(int argc, char **argv)
{
	static struct bench bench = { .rounds = 100, .warmup = 5 };
	struct summary summaries[MAX_COMMANDS];
	int r = parse_arguments(argc, argv, &bench);

	if (r)
		return r;
	if (read_commands(&bench) < 0 || run_rounds(&bench) < 0)
		return 1;
	for (size_t i = 0; i < bench.n_commands; i++)
		summaries[i] = sum_up(bench.commands[i].samples, bench.rounds);
	print_table(&bench, summaries);
	if (bench.json_path && write_json(&bench, summaries) < 0)
		return 1;
	return check_limits(&bench) ? 1 : 0;
}
