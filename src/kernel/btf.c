/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/btf.h"

#include "base/cleanup.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <stdbool.h>
#include <string.h>

/* What follows a type: so much, and so much for each of its members. */
static const struct {
	uint8_t once, each;
} tails[NR_BTF_KINDS] = {
	[BTF_KIND_INT] = { .once = sizeof(uint32_t) },
	[BTF_KIND_ARRAY] = { .once = sizeof(struct btf_array) },
	[BTF_KIND_STRUCT] = { .each = sizeof(struct btf_member) },
	[BTF_KIND_UNION] = { .each = sizeof(struct btf_member) },
	[BTF_KIND_ENUM] = { .each = sizeof(struct btf_enum) },
	[BTF_KIND_FUNC_PROTO] = { .each = sizeof(struct btf_param) },
	[BTF_KIND_VAR] = { .once = sizeof(struct btf_var) },
	[BTF_KIND_DATASEC] = { .each = sizeof(struct btf_var_secinfo) },
	[BTF_KIND_DECL_TAG] = { .once = sizeof(struct btf_decl_tag) },
	[BTF_KIND_ENUM64] = { .each = sizeof(struct btf_enum64) },
};

struct part {
	const char *at;
	size_t size;
};

static bool find_part(
	const char *btf, size_t size, uint64_t offset, uint32_t length, struct part *ret)
{
	if (offset > size || length > size - offset)
		return false;
	*ret = (struct part){ .at = btf + offset, .size = length };
	return true;
}

static bool has_name(const struct part *strings, uint32_t offset, const char *name)
{
	size_t n = strlen(name) + 1;

	return offset < strings->size && n <= strings->size - offset &&
	       memcmp(strings->at + offset, name, n) == 0;
}

static int find(struct part types, const struct part *strings, const char *name, uint32_t *ret_id)
{
	struct btf_type type;
	size_t length;

	/* 0 is void, which isn't written down. */
	for (uint32_t id = 1; types.size; id++) {
		if (types.size < sizeof(type))
			return -EBADMSG;
		(void)memcpy(&type, types.at, sizeof(type));
		if (BTF_INFO_KIND(type.info) >= NR_BTF_KINDS)
			return -EBADMSG;
		if (BTF_INFO_KIND(type.info) == BTF_KIND_FUNC &&
			has_name(strings, type.name_off, name)) {
			*ret_id = id;
			return 0;
		}
		length = sizeof(type) + tails[BTF_INFO_KIND(type.info)].once +
			 (size_t)tails[BTF_INFO_KIND(type.info)].each * BTF_INFO_VLEN(type.info);
		if (types.size < length)
			return -EBADMSG;
		types.at += length;
		types.size -= length;
	}
	return -ENOENT;
}

int btf_find_function_in(const void *btf, size_t size, const char *name, uint32_t *ret_id)
{
	struct btf_header header;
	struct part types, strings;

	if (size < sizeof(header))
		return -EBADMSG;
	(void)memcpy(&header, btf, sizeof(header));
	if (header.magic != BTF_MAGIC || header.version != BTF_VERSION ||
		!find_part(btf, size, (uint64_t)header.hdr_len + header.type_off, header.type_len,
			&types) ||
		!find_part(btf, size, (uint64_t)header.hdr_len + header.str_off, header.str_len,
			&strings))
		return -EBADMSG;
	return find(types, &strings, name, ret_id);
}

int btf_find_function(const char *name, uint32_t *ret_id)
{
	static const char path[] = "/sys/kernel/btf/vmlinux";
	_cleanup_free_ char *btf = NULL;
	struct stat st;
	ssize_t size;

	if (stat(path, &st) < 0)
		return -errno;
	btf = malloc((size_t)st.st_size + 1);
	if (!btf)
		return -ENOMEM;
	size = fs_read(AT_FDCWD, path, btf, (size_t)st.st_size + 1);
	return size < 0 ? (int)size : btf_find_function_in(btf, (size_t)size, name, ret_id);
}
