/* SPDX-License-Identifier: Apache-2.0 */
/* A policy that allows more is never rated better. */
#include "score.h"

/* Each line allows more, or, from N_LOOSER on, less. */
static const char *const changes[] = {
	"[filesystem]\nown = /etc",
	"[filesystem]\nwrite = /usr/local/x",
	"[filesystem]\nread = /etc/ssh",
	"[filesystem]\nread = /run",
	"[filesystem]\nexec = /usr/bin",
	"[filesystem]\nexec = /etc",
	"[filesystem]\nwrite = /home /var",
	"[filesystem]\nread = /etc/hosts",
	"[filesystem]\nmount = /etc:/e:ro",
	"[filesystem]\nmount = /var/lib:/v",
	"[network]\nconnect = tcp 0.0.0.0/0 443",
	"[network]\nconnect = udp [::]/0 1-65535",
	"[network]\nconnect = tcp 10.0.0.0/8 1-2000",
	"[network]\nconnect = tcp 127.0.0.1 80",
	"[network]\nconnect = tcp 169.254.0.0/16 80",
	"[seccomp]\nallow = ptrace keyctl",
	"[seccomp]\nallow = io_uring_setup",
	"[seccomp]\nallow = mount unshare",
	"[seccomp]\nallow = bpf clone3 reboot",
	"[seccomp]\nallow = @network-io personality",
	"[process]\nuser = www-data",
	"[process]\ngroup = www-data",
	"[process]\nenv = A=1",
	"[process]\nenv = API_TOKEN=1",
	"[seccomp]\ndeny = socket connect",
	"[seccomp]\ndeny = bpf mount",
	"[seccomp]\ndeny = io_uring_setup",
	"[seccomp]\ndeny = @timer",
	"[cgroup]\nio.max = /dev/sda rbps=1M",
};
enum { N_LOOSER = 24 };

/* Each from tight to loose. */
static const char *const scales[][4] = {
	{ "[cgroup]\nmemory.max = 64M", "[cgroup]\nmemory.max = 3G", "[cgroup]\nmemory.max = 99G",
		"[cgroup]\nmemory.max =" },
	{ "[cgroup]\npids.max = 5", "[cgroup]\npids.max = 600", "[cgroup]\npids.max = 9999",
		"[cgroup]\npids.max = max" },
	{ "[cgroup]\ncpu.max = 50%", "[cgroup]\ncpu.max = 300%", "[cgroup]\ncpu.max = 999%",
		"[cgroup]\ncpu.max = max" },
	{ "[runtime]\ntimeout = 1s", "[runtime]\ntimeout = 24h", "[runtime]\ntimeout = 25h", "" },
	{ "[filesystem]\ntmp = 1M", "[filesystem]\ntmp = 300M", "[filesystem]\ntmp = 2G",
		"[filesystem]\ntmp = 9G" },
	{ "", "[process]\ncapabilities = cap_kill", "[process]\ncapabilities = cap_kill cap_bpf",
		"[process]\ncapabilities = all" },
	{ "[seccomp]\ndefault = kill", "[seccomp]\ndefault = trap", "", "" },
	{ "[cgroup.sandbox]\nmemory.max = 1M", "", "", "" },
	{ "[namespaces]\nuser = yes", "[namespaces]\nuser = no", "", "" },
	{ "", "[namespaces]\npid = no", "[namespaces]\npid = no\nipc = no",
		"[namespaces]\npid = no\nipc = no" },
};

struct choice {
	bool changed[ARRAY_SIZE(changes)];
	unsigned int at[ARRAY_SIZE(scales)];
};

static unsigned int rate_choice(const struct choice *choice)
{
	char text[8192] = HOST_NETWORK;
	size_t n = strlen(text);

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		if (choice->changed[i])
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\n", changes[i]);
	for (size_t i = 0; i < ARRAY_SIZE(scales); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\n", scales[i][choice->at[i]]);
	return rate_text(text);
}

TEST(what_allows_more_never_lowers_it)
{
	const char *seed = getenv("SEED");
	unsigned int dice = seed ? (unsigned int)strtoul(seed, NULL, 10) : (unsigned int)time(NULL);

	printf("# SEED=%u\n", dice);
	for (int round = 0; round < 200; round++) {
		struct choice choice = { 0 };
		unsigned int tight, loose, badness[SCORE_MAX];

		for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
			choice.changed[i] = rand_r(&dice) % 3 == 0;
		for (size_t i = 0; i < ARRAY_SIZE(scales); i++)
			choice.at[i] = (unsigned int)rand_r(&dice) % 4;
		tight = rate_choice(&choice);
		for (size_t i = 0; i < n_score_rows; i++)
			badness[i] = finding(score_rows[i].name)->badness;
		for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
			if (rand_r(&dice) % 4 == 0)
				choice.changed[i] = i < N_LOOSER;
		for (size_t i = 0; i < ARRAY_SIZE(scales); i++)
			if (choice.at[i] < 3 && rand_r(&dice) % 4 == 0)
				choice.at[i]++;
		loose = rate_choice(&choice);
		EXPECT_LE(tight, loose);
		for (size_t i = 0; i < n_score_rows; i++)
			EXPECT_LE(badness[i], finding(score_rows[i].name)->badness);
	}
}
