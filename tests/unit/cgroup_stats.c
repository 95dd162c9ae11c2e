/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/cgroup_stats.h"

#include "test.h"

static uint64_t parse(enum cgroup_stat stat, const char *text)
{
	return cgroup_stat_parse(&cgroup_stat_rows[stat], text);
}

TEST(numbers_are_read_whole)
{
	EXPECT_EQ(4096, parse(STAT_MEMORY, "4096\n"));
	EXPECT_EQ(0, parse(STAT_MEMORY, "0\n"));
	EXPECT_EQ(STAT_UNLIMITED, parse(STAT_MEMORY_MAX, "max\n"));
	EXPECT_EQ(STAT_ABSENT, parse(STAT_MEMORY_MAX, "maximum\n"));
	EXPECT_EQ(STAT_ABSENT, parse(STAT_MEMORY, ""));
	EXPECT_EQ(STAT_ABSENT, parse(STAT_MEMORY, "-1\n"));
	EXPECT_EQ(STAT_ABSENT, parse(STAT_MEMORY, "99999999999999999999999999999999999999\n"));
}

TEST(a_key_is_not_the_beginning_of_another)
{
	const char *text = "oom 3\noom_kill_other 4\noom_kill 1\noom_group_kill 2\n";

	EXPECT_EQ(1, parse(STAT_OOM_KILLS, text));
	EXPECT_EQ(STAT_ABSENT, parse(STAT_OOM_KILLS, "oom 3\nx oom_kill 4\n"));
	EXPECT_EQ(STAT_ABSENT, parse(STAT_OOM_KILLS, "oom_kill\n"));
}

TEST(without_its_controller_the_cpu_has_no_periods)
{
	const char *text = "usage_usec 12\nuser_usec 8\nsystem_usec 4\n";

	EXPECT_EQ(12, parse(STAT_CPU_USAGE, text));
	EXPECT_EQ(STAT_ABSENT, parse(STAT_CPU_THROTTLED, text));
}

TEST(devices_are_added_up)
{
	const char *text = "8:0 rbytes=100 wbytes=1 rios=2 wios=3 dbytes=0 dios=0\n"
			   "8:16 rbytes=20 wbytes=5 rios=1 wios=0 dbytes=9 dios=9\n"
			   "7:0 \n";

	EXPECT_EQ(120, parse(STAT_IO_READ, text));
	EXPECT_EQ(6, parse(STAT_IO_WRITTEN, text));
	EXPECT_EQ(3, parse(STAT_IO_READS, text));
	EXPECT_EQ(3, parse(STAT_IO_WRITES, text));
	EXPECT_EQ(0, parse(STAT_IO_READ, ""));
}

TEST(pressure_is_hundredths)
{
	const char *text = "some avg10=1.05 avg60=2.00 avg300=3.00 total=4\n"
			   "full avg10=100.00 avg60=0.00 avg300=0.00 total=0\n";

	EXPECT_EQ(105, parse(STAT_CPU_SOME, text));
	EXPECT_EQ(10000, parse(STAT_CPU_FULL, text));
	EXPECT_EQ(STAT_ABSENT, parse(STAT_CPU_FULL, "some avg10=1.05 avg60=2.00\n"));
	EXPECT_EQ(STAT_ABSENT, parse(STAT_CPU_SOME, "some avg60=1.05\n"));
}

TEST(rows_of_a_file_stand_together)
{
	for (size_t i = 0; i < N_CGROUP_STATS; i++)
		for (size_t j = i + 2; j < N_CGROUP_STATS; j++)
			if (streq(cgroup_stat_rows[i].file, cgroup_stat_rows[j].file))
				EXPECT_STREQ(
					cgroup_stat_rows[i].file, cgroup_stat_rows[j - 1].file);
}
