/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/cgroup_stats.h"

#include "base/fs.h"

/* io.stat has a line a device. */
#define FILE_SIZE 65536

/* Rows of one file stand together: it is read once. */
const struct cgroup_stat_row cgroup_stat_rows[N_CGROUP_STATS] = {
	[STAT_CPU_USAGE] = { "cpu.stat", "usage_usec", STAT_FLAT },
	[STAT_CPU_USER] = { "cpu.stat", "user_usec", STAT_FLAT },
	[STAT_CPU_SYSTEM] = { "cpu.stat", "system_usec", STAT_FLAT },
	[STAT_CPU_PERIODS] = { "cpu.stat", "nr_periods", STAT_FLAT },
	[STAT_CPU_THROTTLED_PERIODS] = { "cpu.stat", "nr_throttled", STAT_FLAT },
	[STAT_CPU_THROTTLED] = { "cpu.stat", "throttled_usec", STAT_FLAT },
	[STAT_CPU_SOME] = { "cpu.pressure", "some", STAT_PRESSURE },
	[STAT_CPU_FULL] = { "cpu.pressure", "full", STAT_PRESSURE },
	[STAT_MEMORY] = { "memory.current", NULL, STAT_NUMBER },
	[STAT_MEMORY_PEAK] = { "memory.peak", NULL, STAT_NUMBER },
	[STAT_MEMORY_MAX] = { "memory.max", NULL, STAT_NUMBER },
	[STAT_SWAP] = { "memory.swap.current", NULL, STAT_NUMBER },
	[STAT_OOM_KILLS] = { "memory.events", "oom_kill", STAT_FLAT },
	[STAT_MEMORY_SOME] = { "memory.pressure", "some", STAT_PRESSURE },
	[STAT_MEMORY_FULL] = { "memory.pressure", "full", STAT_PRESSURE },
	[STAT_PIDS] = { "pids.current", NULL, STAT_NUMBER },
	[STAT_PIDS_MAX] = { "pids.max", NULL, STAT_NUMBER },
	[STAT_PIDS_MAX_HITS] = { "pids.events", "max", STAT_FLAT },
	[STAT_IO_READ] = { "io.stat", "rbytes", STAT_SUMMED },
	[STAT_IO_WRITTEN] = { "io.stat", "wbytes", STAT_SUMMED },
	[STAT_IO_READS] = { "io.stat", "rios", STAT_SUMMED },
	[STAT_IO_WRITES] = { "io.stat", "wios", STAT_SUMMED },
	[STAT_IO_SOME] = { "io.pressure", "some", STAT_PRESSURE },
	[STAT_IO_FULL] = { "io.pressure", "full", STAT_PRESSURE },
};

/* Digits up to the end of the word. */
static bool read_number(const char *s, uint64_t *ret_value)
{
	char word[32];
	size_t n = strcspn(s, " \n");

	if (n >= sizeof(word))
		return false;
	memcpy(word, s, n);
	word[n] = '\0';
	return str_to_u64(word, ret_value) == 0;
}

static uint64_t parse_number(const char *text)
{
	uint64_t value;

	if (streq(text, "max\n") || streq(text, "max"))
		return STAT_UNLIMITED;
	return read_number(text, &value) ? value : STAT_ABSENT;
}

/* What follows KEY and END in a line that begins with them; NULL: none does. */
static const char *find_line(const char *text, const char *key, char end)
{
	for (const char *line = text; line && *line;) {
		const char *after = str_after(line, key);

		if (after && *after == end)
			return after + 1;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return NULL;
}

static uint64_t parse_flat(const char *text, const char *key)
{
	const char *value = find_line(text, key, ' ');
	uint64_t number;

	return value && read_number(value, &number) ? number : STAT_ABSENT;
}

/* A file without a line is of a cgroup that has touched no device. */
static uint64_t parse_summed(const char *text, const char *key)
{
	uint64_t sum = 0, number;

	for (const char *word = text; *word; word += strspn(word, " \n")) {
		const char *after = str_after(word, key);

		if (after && *after == '=' && read_number(after + 1, &number))
			sum += number;
		word += strcspn(word, " \n");
	}
	return sum;
}

/* Two decimals, always. */
static uint64_t parse_pressure(const char *text, const char *key)
{
	const char *line = find_line(text, key, ' ');
	const char *value = line ? str_after(line, "avg10=") : NULL;
	char digits[8];
	uint64_t number;
	size_t n;

	/* Less its point it is the number. */
	n = value ? strcspn(value, ".") : 0;
	if (n == 0 || n > 3 || strlen(value) < n + 3)
		return STAT_ABSENT;
	(void)snprintf(digits, sizeof(digits), "%.*s%.2s", (int)n, value, value + n + 1);
	return str_to_u64(digits, &number) == 0 ? number : STAT_ABSENT;
}

uint64_t cgroup_stat_parse(const struct cgroup_stat_row *row, const char *text)
{
	switch (row->form) {
	case STAT_NUMBER:
		return parse_number(text);
	case STAT_FLAT:
		return parse_flat(text, row->key);
	case STAT_SUMMED:
		return parse_summed(text, row->key);
	case STAT_PRESSURE:
		return parse_pressure(text, row->key);
	}
	return STAT_ABSENT;
}

void cgroup_stats_read(const struct cgroup *cgroup, struct cgroup_stats *ret_stats)
{
	_cleanup_free_ char *text = malloc(FILE_SIZE);
	const char *file = "";
	ssize_t n = -1;

	for (size_t i = 0; i < N_CGROUP_STATS; i++) {
		const struct cgroup_stat_row *row = &cgroup_stat_rows[i];

		if (text && !streq(row->file, file))
			n = fs_read(cgroup->fd, row->file, text, FILE_SIZE);
		file = row->file;
		ret_stats->value[i] = n < 0 ? STAT_ABSENT : cgroup_stat_parse(row, text);
	}
}
