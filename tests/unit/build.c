/* SPDX-License-Identifier: Apache-2.0 */
/* The id that the linker wrote, against what readelf(1) says of this very program. */
#include "base/build.h"

#include "test.h"

TEST(the_id_of_this_program)
{
	char command[] = "readelf -n /proc/%d/exe | sed -n 's/.*Build ID: //p'", line[256];
	char shell[sizeof(line)], text[128] = "";
	const void *id = NULL;
	size_t size = 0;
	FILE *f;

	ASSERT_EQ(0, build_id(&id, &size));
	ASSERT_EQ(20, size);
	for (size_t i = 0; i < size; i++)
		(void)sprintf(text + 2 * i, "%02x", ((const unsigned char *)id)[i]);
	(void)snprintf(shell, sizeof(shell), command, (int)getpid());
	f = popen(shell, "r");
	ASSERT_TRUE(f && fgets(line, sizeof(line), f));
	(void)pclose(f);
	line[strcspn(line, "\n")] = '\0';
	EXPECT_STREQ(line, text);
}
