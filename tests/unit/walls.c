/* SPDX-License-Identifier: Apache-2.0 */
/* What a running sandbox has otherwise than its policy says now, by fingerprints. */
#include "launch/walls.h"
#include "policy/key.h"

#include "test.h"
#include "tmpdir.h"

static unsigned int all(void)
{
	unsigned int n = 0;

	while (walls_name(n))
		n++;
	return (1U << n) - 1;
}

/* What differs of a plan without any key when it has this one. */
static unsigned int differing(const struct key *key, const char *value)
{
	struct policy_assignment one = { .key = key, .text = (char *)value };
	struct policy policy = { 0 };
	struct plan plan = { .policy = &policy };
	char before[REGISTRY_WALLS_MAX] = "", after[REGISTRY_WALLS_MAX] = "";

	EXPECT_EQ(0, walls_describe(&plan, before, NULL));
	policy.assignments = &one;
	policy.n_assignments = 1;
	EXPECT_EQ(0, walls_describe(&plan, after, NULL));
	return walls_compare(before, after);
}

/* What the filter is made of is compared as a whole, with its profile; a start is over. */
static bool can_be_changed(const struct key *key)
{
	static const char *const sections[] = { "", "tenant", "cgroup", "cgroup.sandbox", "seccomp",
		"lsm", "audit" };

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		if (streq(key->section, sections[i]))
			return true;
	return (streq(key->section, "network") && streq(key->name, "connect")) ||
	       (streq(key->section, "runtime") && streq(key->name, "start.timeout"));
}

/* Of a key that is made later, too. */
TEST(each_key_is_a_wall_or_can_be_changed)
{
	for (size_t i = 0; i < policy_keys.n; i++) {
		const struct key *key = &policy_keys.keys[i];

		EXPECT_EQ(!can_be_changed(key), differing(key, "another") != 0);
	}
}

TEST(what_is_told_of_a_filter_goes_with_it)
{
	char before[REGISTRY_WALLS_MAX], after[REGISTRY_WALLS_MAX], text[WALLS_TEXT_MAX];
	struct policy policy = { 0 };
	const struct plan plan = { .policy = &policy };

	EXPECT_EQ(0, walls_describe(&plan, before, NULL));
	policy.audit.syscalls = POLICY_YES;
	EXPECT_EQ(0, walls_describe(&plan, after, NULL));
	walls_list(walls_compare(before, after), text);
	EXPECT_STREQ("seccomp", text);
}

TEST(a_command_that_comes_later_needs_those_of_the_process)
{
	static const struct key process = {
		.section = "process", .name = "umask", .initial = "022"
	};
	static const struct key unheard = { .section = "unheard", .name = "of" };
	static const struct key env = { .section = "process", .name = "env" };
	static const struct key mount = { .section = "filesystem", .name = "mount" };

	EXPECT_TRUE(walls_of_command(differing(&process, "077")) != 0);
	EXPECT_TRUE(walls_of_command(differing(&unheard, "x")) != 0);
	EXPECT_EQ(0, walls_of_command(differing(&env, "A=1")));
	EXPECT_EQ(0, walls_of_command(differing(&mount, "/a:/b")));
	EXPECT_EQ(0, differing(&process, "022"));
	EXPECT_TRUE(differing(&process, "") != 0);
}

TEST(a_plan_itself_is_compared)
{
	struct policy policy = { 0 };
	struct plan plan = { .policy = &policy };
	char before[REGISTRY_WALLS_MAX] = "", after[REGISTRY_WALLS_MAX] = "", list[WALLS_TEXT_MAX];

	EXPECT_EQ(0, walls_describe(&plan, before, NULL));
	plan.filter_digest = 1;
	plan.uid = 1;
	plan.host.lsm = true;
	EXPECT_EQ(0, walls_describe(&plan, after, NULL));
	walls_list(walls_compare(before, after), list);
	EXPECT_STREQ("seccomp, process, lsm", list);
	plan.gid = 1;
	EXPECT_EQ(0, walls_describe(&plan, before, NULL));
	walls_list(walls_compare(before, after), list);
	EXPECT_STREQ("process", list);
	walls_list(all(), list);
	EXPECT_TRUE(strlen(list) < sizeof(list) - 1);
	walls_list(0, list);
	EXPECT_STREQ("", list);
}

/* What a plan has of FOLDER/name: that itself where it is there, else its folder. */
static void look_up(const char *folder, struct resolved *place)
{
	char path[PATH_MAX + 8];

	resolved_clear(place);
	(void)snprintf(path, sizeof(path), "%s/name", folder);
	place->path = strdup(path);
	place->fd = open(path, O_PATH | O_CLOEXEC);
	if (place->fd < 0)
		place->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_TRUE(place->path && (place->fd >= 0 || place->folder >= 0));
}

static void start(struct plan *plan, struct sandbox_status *sandbox)
{
	plan->sandbox = NULL;
	walls_note_names(plan, sandbox->names);
	ASSERT_EQ(0, walls_describe(plan, sandbox->walls, NULL));
	plan->sandbox = sandbox;
}

static const char *changed(const struct plan *plan)
{
	static char list[WALLS_TEXT_MAX];
	char now[REGISTRY_WALLS_MAX];

	ASSERT_EQ(0, walls_describe(plan, now, NULL));
	walls_list(walls_compare(plan->sandbox->walls, now), list);
	return list;
}

TEST(what_has_got_a_name_is_seen_where_its_folder_is)
{
	struct resolved places[] = { RESOLVED_INIT, RESOLVED_INIT, RESOLVED_INIT };
	struct policy policy = { 0 };
	struct sandbox_status sandbox = { 0 };
	struct plan plan = { .policy = &policy, .places = places, .n_places = 3 };
	const char *top = tmpdir_make(), *folder = tmpdir_folder("folder");

	ASSERT_EQ(0, resolve_path(top, &places[0], NULL));
	ASSERT_EQ(0, resolve_path(top, &places[2], NULL));
	look_up(folder, &places[1]);
	start(&plan, &sandbox);
	EXPECT_STREQ("-n", sandbox.names);
	EXPECT_STREQ("", changed(&plan));

	(void)tmpdir_write("folder/name", "");
	look_up(folder, &places[1]);
	EXPECT_STREQ("", changed(&plan));
	/* Another folder in its place is noticed all the same. */
	ASSERT_EQ(0, rename(folder, tmpdir_file("old")));
	(void)tmpdir_folder("folder");
	look_up(folder, &places[1]);
	EXPECT_STREQ("filesystem", changed(&plan));
	(void)tmpdir_write("folder/name", "");
	look_up(folder, &places[1]);
	EXPECT_STREQ("filesystem", changed(&plan));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		resolved_clear(&places[i]);
}

TEST(what_was_there_is_mounted_by_itself)
{
	struct resolved place = RESOLVED_INIT;
	struct policy policy = { 0 };
	struct sandbox_status sandbox = { 0 };
	struct plan plan = { .policy = &policy, .places = &place, .n_places = 1 };
	const char *top = tmpdir_make(), *file = tmpdir_write("name", "");

	look_up(top, &place);
	start(&plan, &sandbox);
	EXPECT_STREQ("", sandbox.names);
	EXPECT_STREQ("", changed(&plan));
	ASSERT_EQ(0, rename(file, tmpdir_file("old")));
	look_up(top, &place);
	EXPECT_STREQ("filesystem", changed(&plan));
	(void)tmpdir_write("name", "");
	look_up(top, &place);
	EXPECT_STREQ("filesystem", changed(&plan));
	resolved_clear(&place);
}

/* A sandbox of an older build: what isn't known is not said to be the same. */
TEST(what_is_missing_differs)
{
	EXPECT_EQ(0, walls_compare("a b c d e f g h i j", "a b c d e f g h i j"));
	EXPECT_EQ(1, walls_compare("a b c d e f g h i j", "x b c d e f g h i j"));
	EXPECT_EQ(2, walls_compare("a b c d e f g h i j", "a bb c d e f g h i j"));
	EXPECT_EQ(all(), walls_compare("a b c d e f g h i j", ""));
	EXPECT_EQ(all(), walls_compare("", ""));
	EXPECT_EQ(all() & ~1U, walls_compare("a b c d e f g h i j", "a"));
}
