/* SPDX-License-Identifier: Apache-2.0 */
/* Who a tenant's processes are: what /etc has of users, and what nobody may be. */
#include "launch/identity.h"

#include "kernel/users.h"
#include "tmpdir.h"

#define RANGE_FIRST 2000000000U
#define OWN	    (RANGE_FIRST + 1000)

static const struct host_config host = { .first_id = RANGE_FIRST, .last_id = 2000065535 };
static struct sbx_error err;
static const char *etc;

static void make_etc(void)
{
	etc = tmpdir_make();
	(void)tmpdir_write("passwd", "root:x:0:0:root:/root:/bin/sh\n"
				     "toor:x:0:0::/root:/bin/sh\n"
				     "# a remark\n"
				     "+\n"
				     "broken:x:nine:9::/:\n"
				     "short:x:9\n"
				     "web:x:33:34:a:/var/www:/usr/sbin/nologin\n"
				     "also-web:x:33:35:::\n"
				     "web:x:99:99:a second one:/:\n"
				     "operator:x:37:0::/:\n"
				     "box:x:600000:600000::/:\n"
				     "taken:x:2000001001:50::/:\n"
				     "taking:x:50:2000001001::/:\n"
				     "123:x:124:124::/:\n"
				     "-1:x:4294967295:5::/:\n"
				     "blank:x: 79:80\t:\r\n"
				     "blanks:x:79 1:80:\n"
				     "last:x:77:78");
	(void)tmpdir_write("group", "root:x:0:\nwheel:x:10:web,last\nbox:x:600000:\nbad:x:y:\n");
	(void)tmpdir_write(
		"subuid", "web:100000:65536\nbad:1:x\nlast:300000:1\nblank: 400000:9\r\n");
	(void)tmpdir_write("subgid", "web:200000:65536\n");
}

/* "UID GID", or the error. */
static const char *chosen(const char *user, const char *group, uint32_t tenant_id)
{
	static char text[sizeof(err.text) + sizeof(err.cure)];
	struct policy policy = { .process = { .user = (char *)user, .group = (char *)group } };
	const struct policy_place *at = NULL;
	struct identity id = { 7, 7 };
	int r;

	err = (struct sbx_error){ 0 };
	r = identity_choose(&policy, &host, tenant_id, etc, &id, &at, &err);
	if (r == 0) {
		(void)snprintf(text, sizeof(text), "%u %u", id.uid, id.gid);
		return text;
	}
	EXPECT_TRUE(r == (strstr(err.text, "nothing else is asked") ? -ENOENT : -EPERM));
	EXPECT_TRUE(at && *err.cure);
	EXPECT_TRUE(id.uid == 7 && id.gid == 7);
	return err.text;
}

TEST(by_name_and_by_number)
{
	make_etc();
	EXPECT_STREQ("2000001000 2000001000", chosen(NULL, NULL, 1000));
	EXPECT_STREQ("2000000000 2000000000", chosen(NULL, NULL, 0));
	EXPECT_STREQ("33 34", chosen("web", NULL, 1000));
	EXPECT_STREQ("33 34", chosen("33", NULL, 1000));
	EXPECT_STREQ("33 35", chosen("also-web", NULL, 1000));
	EXPECT_STREQ("33 10", chosen("web", "wheel", 1000));
	EXPECT_STREQ("33 10", chosen("web", "10", 1000));
	EXPECT_STREQ("77 78", chosen("last", NULL, 1000));
	EXPECT_STREQ("79 80", chosen("blank", NULL, 1000));
	EXPECT_TRUE(strstr(chosen("blanks", NULL, 1000), "nothing else is asked"));
	EXPECT_STREQ("2000001000 10", chosen(NULL, "wheel", 1000));
	/* Digits are a number. */
	EXPECT_STREQ("124 124", chosen("124", NULL, 1000));
}

/* Of those without an entry the group is the tenant's own, and not one that has the same number. */
TEST(numbers_without_an_entry)
{
	make_etc();
	EXPECT_STREQ("10 2000001000", chosen("10", NULL, 1000));
	EXPECT_STREQ("123 2000001000", chosen("123", NULL, 1000));
	EXPECT_STREQ("1234 5678", chosen("1234", "5678", 1000));
	EXPECT_STREQ("2000001000 2000001000", chosen("2000001000", NULL, 1000));
	EXPECT_STREQ("33 2000001000", chosen("web", "2000001000", 1000));
	EXPECT_STREQ("2000065536 2000001000", chosen("2000065536", NULL, 1000));
}

TEST(who_is_not_there)
{
	char expected[PATH_MAX + 100];

	make_etc();
	for (size_t i = 0; i < 5; i++) {
		static const char *const names[] = { "nobody-at-all", "we", "web2", "broken",
			"short" };

		(void)snprintf(expected, sizeof(expected),
			"user: '%s' is not in '%s/passwd', and nothing else is asked", names[i],
			etc);
		EXPECT_STREQ(expected, chosen(names[i], NULL, 1000));
	}
	(void)snprintf(expected, sizeof(expected),
		"group: 'bad' is not in '%s/group', and nothing else is asked", etc);
	EXPECT_STREQ(expected, chosen(NULL, "bad", 1000));
	EXPECT_STREQ(expected, chosen("web", "bad", 1000));
}

TEST(who_is_root_or_another_tenant)
{
	make_etc();
	EXPECT_STREQ("user: 'toor' is 0, which is root's", chosen("toor", NULL, 1000));
	EXPECT_STREQ("user: 'root' is 0, which is root's", chosen("root", "wheel", 1000));
	EXPECT_STREQ("user: 0 is root's", chosen("0", NULL, 1000));
	EXPECT_STREQ("group: 'root' is 0, which is root's", chosen(NULL, "root", 1000));
	EXPECT_STREQ(
		"user: 'operator' has group 0, which is root's", chosen("operator", NULL, 1000));
	EXPECT_STREQ("37 10", chosen("operator", "wheel", 1000));
	EXPECT_STREQ("user: '-1' is 4294967295, which is nobody's", chosen("-1", NULL, 1000));
	for (size_t i = 0; i < 3; i++) {
		static const char *const numbers[] = { "2000000000", "2000001001", "2000065535" };
		char expected[200];

		(void)snprintf(expected, sizeof(expected),
			"user: %s is of the range that tenants have theirs from", numbers[i]);
		EXPECT_STREQ(expected, chosen(numbers[i], NULL, 1000));
		/* Nor is it the tenant's own while it has none. */
		EXPECT_STREQ(expected, chosen(numbers[i], NULL, 0));
	}
	EXPECT_STREQ(
		"user: 'taken' is 2000001001, which is of the range that tenants have theirs from",
		chosen("taken", NULL, 1000));
	EXPECT_STREQ("user: 'taking' has group 2000001001, which is of the range that tenants have "
		     "theirs from",
		chosen("taking", NULL, 1000));
}

/* Ranges that others give to theirs: only who has an entry of his own is meant there. */
TEST(numbers_of_others)
{
	static const struct {
		const char *user, *group, *expected;
	} cases[] = {
		{ "61183", "61183", "61183 61183" },
		{ "61184", NULL, "user: 61184 is systemd's, for services with DynamicUser=" },
		{ "65519", NULL, "user: 65519 is systemd's, for services with DynamicUser=" },
		{ "65535", NULL, "user: 65535 is nobody's" },
		{ "65534", NULL, "65534 2000001000" },
		{ "524288", NULL, "user: 524288 is systemd's, for containers" },
		{ "600000", NULL, "600000 600000" },
		{ "600001", NULL, "user: 600001 is systemd's, for containers" },
		{ NULL, "600000", "2000001000 600000" },
		{ NULL, "600001", "group: 600001 is systemd's, for containers" },
		{ "2147352576", NULL, "user: 2147352576 is systemd's, for images of others" },
		{ "99999", NULL, "99999 2000001000" },
		{ "100000", NULL, "user: 100000 is somebody's, for his containers" },
		{ "165535", NULL, "user: 165535 is somebody's, for his containers" },
		{ "165536", NULL, "165536 2000001000" },
		{ "300000", NULL, "user: 300000 is somebody's, for his containers" },
		{ "300001", "100000", "300001 100000" },
		{ "400008", NULL, "user: 400008 is somebody's, for his containers" },
		{ "400009", NULL, "400009 2000001000" },
		{ "300001", "200000", "group: 200000 is somebody's, for his containers" },
	};

	make_etc();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		EXPECT_STREQ(cases[i].expected, chosen(cases[i].user, cases[i].group, 1000));
}

/* A host may well have none of these files, but what can't be read is no answer. */
TEST(files_that_are_not_there_or_no_files)
{
	etc = tmpdir_make();
	EXPECT_STREQ("1234 2000001000", chosen("1234", NULL, 1000));
	EXPECT_TRUE(strstr(chosen("web", NULL, 1000), "nothing else is asked"));
	(void)tmpdir_folder("subuid");
	EXPECT_TRUE(users_is_subordinate(etc, "subuid", 5, &err) < 0);
	EXPECT_TRUE(strstr(err.text, "read '"));
	(void)tmpdir_folder("passwd");
	(void)tmpdir_folder("group");
	{
		uid_t uid = 7;
		gid_t gid = 7;

		EXPECT_TRUE(users_find(etc, "web", &uid, &gid, &err) < 0);
		EXPECT_TRUE(users_find_group(etc, "web", &gid, &err) < 0);
		EXPECT_TRUE(uid == 7 && gid == 7);
	}
}

/* Groups have long lines. */
TEST(a_long_line)
{
	static char text[300000];
	char *end = stpcpy(text, "many:x:88:a");

	etc = tmpdir_make();
	while (end < text + sizeof(text) - 100)
		end = stpcpy(end, ",someone");
	(void)stpcpy(end, "\nlater:x:89:\n");
	(void)tmpdir_write("group", text);
	EXPECT_STREQ("2000001000 88", chosen(NULL, "many", 1000));
	EXPECT_STREQ("2000001000 89", chosen(NULL, "later", 1000));
}
