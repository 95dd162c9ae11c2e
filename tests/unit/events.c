/* SPDX-License-Identifier: Apache-2.0 */
/* Which copies of a slot of the recorder may be believed. */
#include "lsm/events.h"

#include "test.h"

static struct sbx_event slot(uint64_t begun, uint64_t finished)
{
	return (struct sbx_event){ .begun = begun, .finished = finished, .time = 1 };
}

static int check(struct sbx_event first, struct sbx_event second, uint64_t number)
{
	return lsm_event_check(&first, &second, number);
}

TEST(a_whole_one)
{
	EXPECT_EQ(0, check(slot(7, 7), slot(7, 7), 7));
}

TEST(not_written_yet)
{
	EXPECT_EQ(-EAGAIN, check(slot(0, 0), slot(0, 0), 7));
	EXPECT_EQ(-EAGAIN, check(slot(7, 0), slot(7, 0), 7));
	/* The one of a lap before. */
	EXPECT_EQ(-EAGAIN, check(slot(7, 7), slot(7, 7), 7 + SBX_N_EVENTS));
	EXPECT_EQ(-EAGAIN,
		check(slot(7 + SBX_N_EVENTS, 7), slot(7 + SBX_N_EVENTS, 7), 7 + SBX_N_EVENTS));
}

TEST(overwritten)
{
	const uint64_t next = 7 + SBX_N_EVENTS;

	EXPECT_EQ(-ENODATA, check(slot(next, next), slot(next, next), 7));
	EXPECT_EQ(-ENODATA, check(slot(next, 7), slot(next, 7), 7));
	/* Between the two copies. */
	EXPECT_EQ(-ENODATA, check(slot(7, 7), slot(next, 7), 7));
	EXPECT_EQ(-ENODATA, check(slot(7, 7), slot(next, next), 7));
}

/* A copy that a writer came into, whose numbers are as they should be. */
TEST(torn)
{
	struct sbx_event torn = slot(7, 7);

	torn.what.why = SBX_WHY_OWNED;
	EXPECT_EQ(-EAGAIN, check(torn, slot(7, 7), 7));
	EXPECT_EQ(-EAGAIN, check(slot(7, 7), torn, 7));
	EXPECT_EQ(-EAGAIN, check(slot(7, 6), slot(7, 7), 7));
}

TEST(what_the_recorder_still_has)
{
	EXPECT_EQ(1, lsm_events_oldest(0));
	EXPECT_EQ(1, lsm_events_oldest(1));
	EXPECT_EQ(1, lsm_events_oldest(SBX_N_EVENTS));
	EXPECT_EQ(2, lsm_events_oldest(SBX_N_EVENTS + 1));
}
