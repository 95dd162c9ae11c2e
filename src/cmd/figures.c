/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/figures.h"

#include <stdio.h>

/* Whether that was all. */
static bool put_special(uint64_t value, char *text)
{
	if (value != STAT_ABSENT && value != STAT_UNLIMITED)
		return false;
	(void)snprintf(text, FIGURE_SIZE, "%s", value == STAT_ABSENT ? "-" : "max");
	return true;
}

void figure_count(uint64_t value, char text[static FIGURE_SIZE])
{
	if (!put_special(value, text))
		(void)snprintf(text, FIGURE_SIZE, "%llu", (unsigned long long)value);
}

void figure_bytes(uint64_t value, char text[static FIGURE_SIZE])
{
	static const char units[] = "BKMGTPE";
	double scaled = (double)value;
	size_t unit = 0;

	if (put_special(value, text))
		return;
	for (; scaled >= 1024 && unit < sizeof(units) - 2; unit++)
		scaled /= 1024;
	(void)snprintf(
		text, FIGURE_SIZE, "%.*f%c", unit && scaled < 100 ? 1 : 0, scaled, units[unit]);
}

void figure_time(uint64_t usec, char text[static FIGURE_SIZE])
{
	if (!put_special(usec, text))
		(void)snprintf(text, FIGURE_SIZE, "%.3fs", (double)usec / 1e6);
}

static void put_pressure(uint64_t value, char text[static FIGURE_SIZE])
{
	if (!put_special(value, text))
		(void)snprintf(text, FIGURE_SIZE, "%llu.%02llu", (unsigned long long)value / 100,
			(unsigned long long)value % 100);
}

void figure_pressure(uint64_t some, uint64_t full, char text[static FIGURE_SIZE])
{
	char one[FIGURE_SIZE], other[FIGURE_SIZE];

	put_pressure(some, one);
	put_pressure(full, other);
	(void)snprintf(text, FIGURE_SIZE, "%.15s/%.15s", one, other);
}

static json_t *to_json(const struct cgroup_stat_row *row, uint64_t value)
{
	if (value == STAT_ABSENT)
		return json_null();
	if (value == STAT_UNLIMITED)
		return json_string("max");
	if (row->form == STAT_PRESSURE)
		return json_pack("{s:f}", "avg10", (double)value / 100);
	return json_integer((json_int_t)value);
}

void figures_to_json(const struct cgroup_stats *stats, json_t *object)
{
	for (size_t i = 0; i < N_CGROUP_STATS; i++) {
		const struct cgroup_stat_row *row = &cgroup_stat_rows[i];
		json_t *value = to_json(row, stats->value[i]), *file;

		if (!row->key) {
			(void)json_object_set_new(object, row->file, value);
			continue;
		}
		file = json_object_get(object, row->file);
		if (!file) {
			file = json_object();
			(void)json_object_set_new(object, row->file, file);
		}
		(void)json_object_set_new(file, row->key, value);
	}
}
