/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/btf.h"

#include "test.h"

#include <bpf/btf.h>

/* One type of each kind, then the function. */
static struct btf *make(void)
{
	struct btf *btf = btf__new_empty();
	int last;

	ASSERT_TRUE(btf != NULL);
	ASSERT_EQ(1, btf__add_int(btf, "int", 4, BTF_INT_SIGNED));
	EXPECT_TRUE(btf__add_float(btf, "double", 8) > 0);
	EXPECT_TRUE(btf__add_ptr(btf, 1) > 0);
	EXPECT_TRUE(btf__add_array(btf, 1, 1, 7) > 0);
	EXPECT_TRUE(btf__add_struct(btf, "sought", 8) > 0);
	EXPECT_EQ(0, btf__add_field(btf, "a", 1, 0, 0));
	EXPECT_EQ(0, btf__add_field(btf, "b", 1, 32, 0));
	EXPECT_TRUE(btf__add_union(btf, "u", 4) > 0);
	EXPECT_EQ(0, btf__add_field(btf, "a", 1, 0, 0));
	EXPECT_TRUE(btf__add_enum(btf, "e", 4) > 0);
	EXPECT_EQ(0, btf__add_enum_value(btf, "one", 1));
	EXPECT_TRUE(btf__add_enum64(btf, "e64", 8, false) > 0);
	EXPECT_EQ(0, btf__add_enum64_value(btf, "two", 2));
	EXPECT_TRUE(btf__add_fwd(btf, "f", BTF_FWD_STRUCT) > 0);
	EXPECT_TRUE(btf__add_typedef(btf, "t", 1) > 0);
	EXPECT_TRUE(btf__add_const(btf, 1) > 0);
	EXPECT_TRUE(btf__add_volatile(btf, 1) > 0);
	EXPECT_TRUE(btf__add_restrict(btf, 1) > 0);
	EXPECT_TRUE(btf__add_type_tag(btf, "tag", 1) > 0);
	EXPECT_TRUE(btf__add_decl_tag(btf, "tag", 1, -1) > 0);
	EXPECT_TRUE(btf__add_var(btf, "v", BTF_VAR_STATIC, 1) > 0);
	EXPECT_TRUE(btf__add_datasec(btf, ".data", 4) > 0);
	EXPECT_EQ(0, btf__add_datasec_var_info(btf, 1, 0, 4));
	last = btf__add_func_proto(btf, 1);
	EXPECT_TRUE(last > 0);
	EXPECT_EQ(0, btf__add_func_param(btf, "p", 1));
	EXPECT_TRUE(btf__add_func(btf, "sought_not", BTF_FUNC_GLOBAL, last) > 0);
	EXPECT_TRUE(btf__add_func(btf, "sought", BTF_FUNC_GLOBAL, last) > 0);
	return btf;
}

TEST(function_is_found_behind_each_kind_of_type)
{
	struct btf *btf = make();
	uint32_t size = 0, id = 0;
	const void *data = btf__raw_data(btf, &size);

	EXPECT_EQ(0, btf_find_function_in(data, size, "sought", &id));
	EXPECT_EQ(btf__find_by_name_kind(btf, "sought", BTF_KIND_FUNC), (int)id);
	EXPECT_EQ(0, btf_find_function_in(data, size, "sought_not", &id));
	EXPECT_EQ(btf__find_by_name_kind(btf, "sought_not", BTF_KIND_FUNC), (int)id);
	EXPECT_EQ(-ENOENT, btf_find_function_in(data, size, "ought", &id));
	EXPECT_EQ(-ENOENT, btf_find_function_in(data, size, "int", &id));
	btf__free(btf);
}

/* Each of a size of its own, so that a read beyond it is found out. */
TEST(cut_off_anywhere_it_is_refused)
{
	struct btf *btf = make();
	uint32_t size = 0, id = 77;
	const void *data = btf__raw_data(btf, &size);

	for (uint32_t n = 0; n < size; n++) {
		void *copy = malloc(n ? n : 1);

		ASSERT_TRUE(copy != NULL);
		memcpy(copy, data, n);
		EXPECT_EQ(-EBADMSG, btf_find_function_in(copy, n, "sought", &id));
		free(copy);
	}
	EXPECT_EQ(77, id);
	btf__free(btf);
}

TEST(what_is_of_another_make_is_refused)
{
	static const struct {
		size_t offset;
		uint8_t value;
	} changes[] = {
		{ offsetof(struct btf_header, magic), 0 },
		{ offsetof(struct btf_header, version), 2 },
		{ offsetof(struct btf_header, hdr_len) + 3, 0xff },
		{ offsetof(struct btf_header, type_len) + 3, 0xff },
		{ offsetof(struct btf_header, str_off) + 3, 0xff },
		/* A kind that there is not. */
		{ sizeof(struct btf_header) + offsetof(struct btf_type, info) + 3, 0x1f },
	};
	struct btf *btf = make();
	uint32_t size = 0, id = 0;
	const void *data = btf__raw_data(btf, &size);

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		uint8_t *copy = malloc(size);

		ASSERT_TRUE(copy != NULL);
		memcpy(copy, data, size);
		copy[changes[i].offset] = changes[i].value;
		EXPECT_EQ(-EBADMSG, btf_find_function_in(copy, size, "sought", &id));
		free(copy);
	}
	btf__free(btf);
}
