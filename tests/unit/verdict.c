/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf/verdict.h"

#include "test.h"

/* A tree as the kernel's walk meets it: labels from the file up to the root of its superblock. */
struct label {
	__u32 owner;
	bool shared;
	bool granted;
	__u32 rights;
};

static void meet(struct sbx_walk *walk, __u32 tenant, const struct label *label)
{
	const __u32 rights = label->rights | SBX_GRANTED;

	sbx_walk_label(walk, tenant, label->owner, label->shared ? SBX_LABEL_SHARED : 0,
		label->granted ? &rights : NULL);
}

static enum sbx_why judge(const struct label *labels, size_t n, __u32 tenant, __u32 wanted)
{
	struct sbx_walk walk = { 0 };

	for (size_t i = 0; i < n; i++)
		meet(&walk, tenant, &labels[i]);
	return sbx_walk_end(&walk, wanted);
}

/* Who lets others in at label `i`: the other tenant whose share was met last, there or before. */
static __u32 sharer(const struct label *labels, size_t i, __u32 tenant)
{
	for (size_t j = i + 1; j-- > 0;)
		if (labels[j].owner && labels[j].owner != tenant && labels[j].shared)
			return labels[j].owner;
	return 0;
}

/* The rule in the words of the documentation, slow and obvious. */
static enum sbx_why model(const struct label *labels, size_t n, __u32 tenant, __u32 wanted)
{
	for (size_t i = 0; i < n; i++)
		if (labels[i].owner != 0 && labels[i].owner != tenant &&
			labels[i].owner != sharer(labels, i, tenant))
			return SBX_WHY_OWNED;
	for (size_t i = 0; i < n; i++)
		if (labels[i].granted)
			return wanted != 0 && (labels[i].rights & wanted) == wanted
				       ? SBX_WHY_NONE
				       : SBX_WHY_RIGHTS;
	return SBX_WHY_NO_GRANT;
}

TEST(nothing_granted_is_denied)
{
	EXPECT_EQ(SBX_WHY_NO_GRANT, judge(NULL, 0, 1, SBX_READ));
}

TEST(nearest_grant_decides)
{
	const struct label labels[] = { { .granted = true, .rights = SBX_READ },
		{ .granted = true, .rights = SBX_READ | SBX_WRITE } };

	EXPECT_EQ(SBX_WHY_NONE, judge(labels, 2, 1, SBX_READ));
	EXPECT_EQ(SBX_WHY_RIGHTS, judge(labels, 2, 1, SBX_WRITE));
	EXPECT_EQ(SBX_WHY_NONE, judge(labels + 1, 1, 1, SBX_WRITE));
}

TEST(ownership_beats_grants_above_and_below)
{
	const struct label grant = { .granted = true, .rights = SBX_READ };
	const struct label own = { .owner = 2 };
	const struct label below[] = { grant, own }, above[] = { own, grant };

	EXPECT_EQ(SBX_WHY_OWNED, judge(below, 2, 1, SBX_READ));
	EXPECT_EQ(SBX_WHY_OWNED, judge(above, 2, 1, SBX_READ));
	EXPECT_EQ(SBX_WHY_NONE, judge(below, 2, 2, SBX_READ));
	EXPECT_EQ(SBX_WHY_NONE, judge(above, 2, 2, SBX_READ));
}

TEST(what_is_shared_is_open_to_grants_alone)
{
	const struct label grant = { .granted = true, .rights = SBX_READ };
	const struct label own = { .owner = 2 }, share = { .owner = 2, .shared = true };
	const struct label opened[] = { grant, share, own }, whole[] = { share, grant };
	const struct label beside[] = { grant, own }, within[] = { own, share, grant };
	const struct label others[] = { share, { .owner = 3 }, grant };

	EXPECT_EQ(SBX_WHY_NONE, judge(opened, 3, 1, SBX_READ));
	EXPECT_EQ(SBX_WHY_RIGHTS, judge(opened, 3, 1, SBX_WRITE));
	EXPECT_EQ(SBX_WHY_NO_GRANT, judge(opened + 1, 2, 1, SBX_READ));
	EXPECT_EQ(SBX_WHY_NONE, judge(whole, 2, 1, SBX_READ));
	EXPECT_EQ(SBX_WHY_OWNED, judge(beside, 2, 1, SBX_READ));
	EXPECT_EQ(SBX_WHY_OWNED, judge(within, 3, 1, SBX_READ));
	EXPECT_EQ(SBX_WHY_OWNED, judge(others, 3, 1, SBX_READ));
	EXPECT_EQ(SBX_WHY_NONE, judge(opened, 3, 2, SBX_READ));
}

TEST(what_is_shared_is_taken_nowhere_else)
{
	const struct sbx_walk none = { 0 }, label = { .rights = SBX_GRANTED };
	const struct sbx_walk share = { .rights = 15 | SBX_GRANTED, .shared = 2 };
	const struct sbx_walk another = { .rights = 15 | SBX_GRANTED, .shared = 3 };
	const struct sbx_walk mine = { .rights = 15 | SBX_GRANTED };

	EXPECT_EQ(SBX_WHY_SHARED, sbx_move_end(&none, &share, &mine));
	EXPECT_EQ(SBX_WHY_SHARED, sbx_move_end(&label, &share, &mine));
	EXPECT_EQ(SBX_WHY_SHARED, sbx_move_end(&none, &share, &another));
	EXPECT_EQ(SBX_WHY_NONE, sbx_move_end(&none, &share, &share));
	EXPECT_EQ(SBX_WHY_NONE, sbx_move_end(&none, &mine, &share));
}

TEST(wanting_nothing_is_no_way_in)
{
	const struct label labels[] = { { .granted = true, .rights = 7 } };

	EXPECT_EQ(SBX_WHY_RIGHTS, judge(labels, 1, 1, 0));
	EXPECT_EQ(SBX_WHY_NONE, judge(labels, 1, 1, 7));
}

TEST(random_trees_against_the_model)
{
	srandom(1);
	for (int round = 0; round < 100000; round++) {
		struct label labels[8];
		size_t n = (size_t)random() % 9;
		__u32 tenant = 1 + (__u32)random() % 3, wanted = (__u32)random() % 16;

		for (size_t i = 0; i < n; i++)
			labels[i] = (struct label){
				.owner = random() % 4 ? 0 : (__u32)random() % 4,
				.shared = random() % 2,
				.granted = random() % 2,
				.rights = (__u32)random() % 16,
			};
		ASSERT_EQ(model(labels, n, tenant, wanted), judge(labels, n, tenant, wanted));
	}
}

/* A folder's walk, and what has a name in it: its own label, if there is one. */
static enum sbx_why judge_entry(
	const struct label *folder, size_t n, const struct label *entry, __u32 tenant)
{
	struct sbx_walk of_folder = { 0 }, of_entry = { 0 };

	for (size_t i = 0; i < n; i++)
		meet(&of_folder, tenant, &folder[i]);
	if (entry)
		meet(&of_entry, tenant, entry);
	return sbx_entry_end(&of_folder, &of_entry);
}

TEST(a_name_is_of_its_folder_and_of_what_has_it)
{
	const struct label writable = { .granted = true, .rights = SBX_READ | SBX_WRITE };
	const struct label readable = { .granted = true, .rights = SBX_READ };
	const struct label other = { .owner = 2 };

	EXPECT_EQ(SBX_WHY_NONE, judge_entry(&writable, 1, NULL, 1));
	EXPECT_EQ(SBX_WHY_NONE, judge_entry(&writable, 1, &writable, 1));
	EXPECT_EQ(SBX_WHY_RIGHTS, judge_entry(&readable, 1, &writable, 1));
	EXPECT_EQ(SBX_WHY_RIGHTS, judge_entry(&writable, 1, &readable, 1));
	EXPECT_EQ(SBX_WHY_NO_GRANT, judge_entry(NULL, 0, &writable, 1));
	EXPECT_EQ(SBX_WHY_OWNED, judge_entry(&writable, 1, &other, 1));
	EXPECT_EQ(SBX_WHY_OWNED, judge_entry(&other, 1, &writable, 1));
	EXPECT_EQ(SBX_WHY_NONE, judge_entry(&writable, 1, &other, 2));
}

TEST(rights_never_rise_by_a_move)
{
	for (__u32 from = 0; from < 16; from++)
		for (__u32 to = 0; to < 16; to++) {
			const struct sbx_walk here = { .rights = from | SBX_GRANTED };
			const struct sbx_walk there = { .rights = to | SBX_GRANTED };
			const struct sbx_walk none = { 0 }, label = { .rights = SBX_GRANTED };

			EXPECT_EQ((from | to) != from ? SBX_WHY_RISES : SBX_WHY_NONE,
				sbx_move_end(&none, &here, &there));
			EXPECT_EQ(SBX_WHY_NONE, sbx_move_end(&label, &here, &there));
		}
}

/* What has a name, which label there is on that name, and the folders above it: as a chain. */
struct place {
	struct label labels[8];
	size_t n;
	bool labelled; /* the first is on what has the name itself, and goes where it goes */
};

static struct place random_place(void)
{
	struct place p = { .n = 1 + (size_t)random() % 7, .labelled = random() % 2 };

	for (size_t i = 0; i < p.n; i++)
		p.labels[i] = (struct label){
			.owner = random() % 8 ? 0 : (__u32)random() % 4,
			.shared = random() % 2,
			.granted = random() % 2,
			.rights = (__u32)random() % 16,
		};
	if (!p.labelled)
		p.labels[0] = (struct label){ 0 };
	return p;
}

/* As the hooks judge a rename, which gives 0, EACCES or EXDEV. */
static int move(const struct place *from, const struct place *to, __u32 tenant)
{
	struct sbx_walk entry = { 0 }, old = { 0 }, new = { 0 }, taken = { 0 };

	for (size_t i = 1; i < from->n; i++)
		meet(&old, tenant, &from->labels[i]);
	for (size_t i = 1; i < to->n; i++)
		meet(&new, tenant, &to->labels[i]);
	meet(&entry, tenant, &from->labels[0]);
	meet(&taken, tenant, &to->labels[0]);
	if (sbx_entry_end(&old, &entry) != SBX_WHY_NONE ||
		sbx_entry_end(&new, &taken) != SBX_WHY_NONE)
		return EACCES;
	return sbx_move_end(&entry, &old, &new) == SBX_WHY_NONE ? 0 : EXDEV;
}

/*
 * In words: both files and both folders may be written to; what is shared there stays; and no right
 * is new in the new place.
 */
static int model_move(const struct place *from, const struct place *to, __u32 tenant)
{
	__u32 old = from->n > 1 ? sharer(from->labels + 1, from->n - 2, tenant) : 0;
	__u32 new = to->n > 1 ? sharer(to->labels + 1, to->n - 2, tenant) : 0;
	struct label moved[8];

	for (int i = 0; i < 2; i++) {
		const struct place *p = i ? to : from;

		if (model(p->labels, p->n, tenant, SBX_WRITE) != SBX_WHY_NONE ||
			model(p->labels + 1, p->n - 1, tenant, SBX_WRITE) != SBX_WHY_NONE)
			return EACCES;
	}
	if (old && old != new)
		return EXDEV;
	memcpy(moved, to->labels, sizeof(moved));
	moved[0] = from->labels[0];
	for (__u32 right = 1; right < 16; right <<= 1)
		if (model(moved, to->n, tenant, right) == SBX_WHY_NONE &&
			model(from->labels, from->n, tenant, right) != SBX_WHY_NONE)
			return EXDEV;
	return 0;
}

TEST(random_moves_against_the_model)
{
	unsigned int n[3] = { 0 };

	srandom(2);
	for (int round = 0; round < 300000; round++) {
		struct place from = random_place(), to = random_place();
		__u32 tenant = 1 + (__u32)random() % 3;
		int r = move(&from, &to, tenant);

		ASSERT_EQ(model_move(&from, &to, tenant), r);
		n[r == EXDEV ? 2 : r == EACCES]++;
	}
	EXPECT_TRUE(n[0] > 1000 && n[1] > 1000 && n[2] > 1000);
}

TEST(ports)
{
	struct sbx_net_rule rule = { .n = 2,
		.ports = { { 443, 443, 6, 0 }, { 8000, 8099, 17, 0 }, { 1, 65535, 6, 0 } } };

	EXPECT_EQ(SBX_WHY_NONE, sbx_rule_covers(&rule, 6, 443));
	EXPECT_EQ(SBX_WHY_NO_RULE, sbx_rule_covers(&rule, 17, 443));
	EXPECT_EQ(SBX_WHY_NONE, sbx_rule_covers(&rule, 17, 8000));
	EXPECT_EQ(SBX_WHY_NONE, sbx_rule_covers(&rule, 17, 8099));
	EXPECT_EQ(SBX_WHY_NO_RULE, sbx_rule_covers(&rule, 17, 8100));
	/* The third range is behind the count, whatever it says. */
	EXPECT_EQ(SBX_WHY_NO_RULE, sbx_rule_covers(&rule, 6, 80));
	rule.n = 1000;
	EXPECT_EQ(SBX_WHY_NONE, sbx_rule_covers(&rule, 6, 80));
}

TEST(unspecified_addresses)
{
	const __u8 any6[16] = { 0 }, any4[16] = { [10] = 0xff, [11] = 0xff };
	const __u8 one6[16] = { [15] = 1 },
		   loopback4[16] = { [10] = 0xff, [11] = 0xff, 127, 0, 0, 1 };
	const __u8 odd[16] = { [10] = 0xff }, high[16] = { [0] = 1 };

	EXPECT_TRUE(sbx_address_is_unspecified(any6));
	EXPECT_TRUE(sbx_address_is_unspecified(any4));
	EXPECT_FALSE(sbx_address_is_unspecified(one6));
	EXPECT_FALSE(sbx_address_is_unspecified(loopback4));
	EXPECT_FALSE(sbx_address_is_unspecified(odd));
	EXPECT_FALSE(sbx_address_is_unspecified(high));
}

/* Whatever is added to the reasons stays denied until somebody thinks of it here. */
TEST(what_a_mode_lifts)
{
	unsigned int n = 0;

	for (__u32 why = SBX_WHY_NONE; why < 64; why++)
		n += sbx_is_lifted(why) != 0;
	EXPECT_EQ(3, n);
	EXPECT_TRUE(sbx_is_lifted(SBX_WHY_NO_GRANT));
	EXPECT_TRUE(sbx_is_lifted(SBX_WHY_RIGHTS));
	EXPECT_TRUE(sbx_is_lifted(SBX_WHY_NO_RULE));
	EXPECT_FALSE(sbx_is_lifted(SBX_WHY_OWNED));
	EXPECT_FALSE(sbx_is_lifted(SBX_WHY_RISES));
	EXPECT_FALSE(sbx_is_lifted(SBX_WHY_SHARED));
	EXPECT_FALSE(sbx_is_lifted(SBX_WHY_ADRIFT));
}

TEST(what_holds_for_the_kernel_too)
{
	unsigned int n = 0;

	for (__u32 why = SBX_WHY_NONE; why < 64; why++)
		n += sbx_may_be_anothers(why) != 0;
	EXPECT_EQ(3, n);
	EXPECT_TRUE(sbx_may_be_anothers(SBX_WHY_OWNED));
	EXPECT_TRUE(sbx_may_be_anothers(SBX_WHY_DEPTH));
	EXPECT_TRUE(sbx_may_be_anothers(SBX_WHY_ADRIFT));
}
