/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/devices.h"

#include "base/cleanup.h"

#include "test.h"

#include <stdint.h>

/* What the kernel makes of the program: as far as its instructions go, and each must be known. */
static int evaluate(const struct bpf_insn *insns, size_t n, const struct bpf_cgroup_dev_ctx *ctx)
{
	uint64_t reg[11] = { 0 };

	for (size_t at = 0; at < n; at++) {
		const struct bpf_insn *i = &insns[at];
		uint64_t imm = (uint64_t)(int64_t)i->imm;
		uint32_t field;

		switch (i->code) {
		case BPF_LDX | BPF_MEM | BPF_W:
			ASSERT_EQ(BPF_REG_1, i->src_reg);
			ASSERT_TRUE(i->off >= 0 && (size_t)i->off + 4 <= sizeof(*ctx));
			memcpy(&field, (const char *)ctx + i->off, sizeof(field));
			reg[i->dst_reg] = field;
			break;
		case BPF_ALU64 | BPF_MOV | BPF_X:
			reg[i->dst_reg] = reg[i->src_reg];
			break;
		case BPF_ALU64 | BPF_MOV | BPF_K:
			reg[i->dst_reg] = imm;
			break;
		case BPF_ALU64 | BPF_AND | BPF_K:
			reg[i->dst_reg] &= imm;
			break;
		case BPF_ALU64 | BPF_RSH | BPF_K:
			reg[i->dst_reg] >>= imm;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			at += reg[i->dst_reg] == imm ? (size_t)i->off : 0;
			break;
		case BPF_JMP | BPF_JNE | BPF_K:
			at += reg[i->dst_reg] != imm ? (size_t)i->off : 0;
			break;
		case BPF_JMP | BPF_EXIT:
			return (int)reg[0];
		default:
			ASSERT_EQ(0, i->code);
		}
	}
	return -1;
}

enum {
	M = BPF_DEVCG_ACC_MKNOD,
	R = BPF_DEVCG_ACC_READ,
	W = BPF_DEVCG_ACC_WRITE,
	C = BPF_DEVCG_DEV_CHAR,
	B = BPF_DEVCG_DEV_BLOCK,
};

static int ask(unsigned int type, unsigned int major, unsigned int minor, unsigned int access)
{
	struct bpf_insn insns[DEVICES_PROGRAM_MAX];
	const struct bpf_cgroup_dev_ctx ctx = {
		.access_type = access << 16 | type, .major = major, .minor = minor
	};
	size_t n = devices_program(insns);

	ASSERT_TRUE(n > 0 && n <= DEVICES_PROGRAM_MAX);
	return evaluate(insns, n, &ctx);
}

/* Said again, independently of the table. */
static int expected(unsigned int type, unsigned int major, unsigned int minor, unsigned int access)
{
	bool node = (major == 1 &&
			    (minor == 3 || minor == 5 || minor == 7 || minor == 8 || minor == 9)) ||
		    (major == 5 && minor == 0);
	bool terminal = (major == 5 && minor == 2) || major == 136;

	return type == C && (node || (terminal && !(access & M)));
}

TEST(these_devices_and_no_others)
{
	static const unsigned int minors[] = { 10, 11, 64, 255, 256, 1U << 19, (1U << 20) - 1,
		0x10003 };

	for (unsigned int type = 0; type < 4; type++)
		for (unsigned int major = 0; major < 300; major++)
			for (unsigned int access = 0; access < 8; access++) {
				for (unsigned int minor = 0; minor < 12; minor++)
					ASSERT_EQ(expected(type, major, minor, access),
						ask(type, major, minor, access));
				for (size_t i = 0; i < ARRAY_SIZE(minors); i++)
					ASSERT_EQ(expected(type, major, minors[i], access),
						ask(type, major, minors[i], access));
			}
	/* A kind of access that we don't know of is none of those allowed. */
	EXPECT_EQ(0, ask(C, 1, 3, 8));
	EXPECT_EQ(0, ask(C, 1, 3, 8 | R));
	EXPECT_EQ(1, ask(C, 1, 3, R | W));
	EXPECT_EQ(0, ask(B, 1, 3, R));
}
