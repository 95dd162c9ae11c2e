/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long does a policy take to read? Measures `sandboxctl policy check` of a policy of 1,000
 * lines, from posix_spawn to waitpid, and in this process the reading of it and of an ordinary one,
 * all of them in turn. Exits with 1 where a median misses what is promised for it.
 *
 * usage: policy [-n ROUNDS] [-j FILE] SANDBOXCTL SHIPPED
 *
 *	-n	measured rounds (200), after a tenth of them to warm up
 *	-j	writes the same as JSON, with every sample, to FILE
 *
 * SHIPPED is the folder of the shipped policies.
 */
#include "policy/policy.h"

#include "samples.h"

#include <jansson.h>
#include <limits.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct bench {
	const char *sandboxctl;
	struct policy_dirs dirs;
	char folder[64];
	char large[96], ordinary[96];
};

/* What the README has, and a dozen grants and rules. */
static const char ordinary[] =
	"version = 1\n"
	"\n"
	"[tenant]\n"
	"# Its processes run as uid and gid 2000000000 + id\n"
	"id = 1\n"
	"\n"
	"[runtime]\n"
	"timeout = 10m\n"
	"env = GREETING=\"hello world\"\n"
	"\n"
	"[cgroup]\n"
	"memory.max = 128M\n"
	"pids.max = 20\n"
	"cpu.max = 250%\n"
	"\n"
	"[seccomp]\n"
	"allow = personality\n"
	"deny = ptrace\n"
	"\n"
	"[filesystem]\n"
	"# Nobody else opens a file in there, whatever other policies grant\n"
	"own = /srv/%t\n"
	"read = /usr/share/zoneinfo /etc/ssl/certs\n"
	"write = /var/spool/%t\n"
	"exec = /usr/bin/true /usr/bin/env\n"
	"exec = /lib64/ld-linux-x86-64.so.2 /lib/x86_64-linux-gnu/libc.so.6\n"
	"\n"
	"[network]\n"
	"mode = host\n"
	"connect = tcp 127.0.0.1 5432\n"
	"connect = tcp 10.0.0.0/8 443,8000-8099\n"
	"connect = udp 10.0.0.53 53\n"
	"connect = tcp [2001:db8::]/32 443\n"
	"\n"
	"[process]\n"
	"env = LANG=C.UTF-8 TZ=UTC\n";

static const char *const calls[] = { "read", "write", "openat", "close", "fstat", "mmap",
	"mprotect", "munmap", "brk", "futex", "epoll_wait", "getrandom", "clock_gettime",
	"rt_sigaction", "sched_yield", "sendto", "recvfrom", "personality", "getdents64", "ppoll" };

static void write_grants(FILE *out, int n)
{
	static const char *const keys[] = { "read", "write", "exec", "own" };

	(void)fputs("[filesystem]\n", out);
	for (int i = 0; i < n; i++)
		(void)fprintf(out,
			i % 4 ? "%s = /srv/%%t/part-%d/data /var/lib/%%t/%d\n"
			      : "# %s: what part %d needs, see ticket %d\n",
			keys[i / 4 % 4], i, i);
}

static void write_rules(FILE *out, int n)
{
	(void)fputs("[network]\nmode = host\n", out);
	for (int i = 0; i < n; i++)
		if (i % 4 == 0)
			(void)fprintf(out, "; the peers of part %d\n", i);
		else if (i % 4 == 1)
			(void)fprintf(out, "connect = udp [2001:db8:%x::]/48 53\n", i);
		else
			(void)fprintf(out, "connect = tcp 10.%d.%d.0/24 443,8000-8099\n", i / 256,
				i % 256);
}

static void write_calls(FILE *out, int n)
{
	(void)fputs("[seccomp]\nprofile = @default\n", out);
	for (int i = 0; i < n; i++)
		(void)fprintf(out, "allow = %s %s %s\n", calls[i % 20], calls[(i + 7) % 20],
			calls[(i + 13) % 20]);
}

static void write_limits(FILE *out, int n)
{
	(void)fputs("[cgroup]\nmemory.max = 2G\nmemory.high = 1500M\npids.max = 500\n"
		    "cpu.max = 250%\ncpuset.cpus = 0-3,8\n",
		out);
	for (int i = 0; i < n; i++)
		(void)fprintf(out, "io.max = /dev/disk/%d rbps=10M wiops=120\n", i);
}

static void write_environment(FILE *out, int n)
{
	(void)fputs("[process]\n", out);
	for (int i = 0; i < n; i++)
		(void)fprintf(out, "env = PART_%d=\"the value of %d\" LEVEL_%d=%d\n", i, i, i, i);
}

/* 1,000 lines. */
static void write_large(FILE *out)
{
	(void)fputs("version = 1\n", out);
	write_limits(out, 50);
	write_calls(out, 80);
	write_grants(out, 400);
	write_rules(out, 357);
	write_environment(out, 100);
}

static void write_ordinary(FILE *out)
{
	(void)fputs(ordinary, out);
}

static int write_file(const char *path, void (*write_to)(FILE *out))
{
	FILE *out = fopen(path, "we");

	if (!out)
		return -errno;
	write_to(out);
	return fclose(out) == 0 ? 0 : -errno;
}

/* Each returns the time that it took in ms, or less than 0 where it failed. */
static double run_check(const struct bench *bench)
{
	char *const argv[] = { (char *)bench->sandboxctl, (char *)"policy", (char *)"check",
		(char *)bench->large, NULL };
	struct timespec start;
	double ms;
	int status;
	pid_t pid;

	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	if (posix_spawn(&pid, bench->sandboxctl, NULL, NULL, argv, environ) != 0 ||
		waitpid(pid, &status, 0) < 0)
		return -1;
	ms = ms_since(&start);
	return status == 0 ? ms : -1;
}

static double read_file(const struct bench *bench, const char *path)
{
	_cleanup_policy_ struct policy *policy = NULL;
	struct sbx_error err = { 0 };
	struct timespec start;

	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	if (policy_load_file(&bench->dirs, path, "bench", &policy, NULL, &err) < 0) {
		(void)fprintf(stderr, "policy: %s\n", err.text);
		return -1;
	}
	return ms_since(&start);
}

static double read_large(const struct bench *bench)
{
	return read_file(bench, bench->large);
}

static double read_ordinary(const struct bench *bench)
{
	return read_file(bench, bench->ordinary);
}

static struct measured {
	const char *name;
	double (*run)(const struct bench *bench);
	double limit; /* ms that the median stays below; 0: none */
	double *samples;
	struct summary summary;
} all[] = {
	{ "check-1000", run_check, .limit = 10 },
	{ "read-1000", read_large, .limit = 0 },
	{ "read-ordinary", read_ordinary, .limit = 0.2 },
};

static int measure(const struct bench *bench, uint32_t rounds)
{
	uint32_t warmup = rounds / 10 + 1;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		all[i].samples = calloc(rounds, sizeof(double));
		if (!all[i].samples)
			return -1;
	}
	for (uint32_t round = 0; round < warmup + rounds; round++)
		for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
			double ms = all[i].run(bench);

			if (ms < 0) {
				(void)fprintf(stderr, "policy: %s failed\n", all[i].name);
				return -1;
			}
			if (round >= warmup)
				all[i].samples[round - warmup] = ms;
		}
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		all[i].summary = sum_up(all[i].samples, rounds);
	return 0;
}

/* Whether all of them stay below their limits. */
static bool print_table(uint32_t rounds)
{
	bool good = true;

	(void)printf("%-16s %9s %9s %9s %9s %9s\n", "ms", "min", "median", "p90", "max", "limit");
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		const struct summary *s = &all[i].summary;

		(void)printf("%-16s %9.3f %9.3f %9.3f %9.3f", all[i].name, s->min, s->median,
			s->p90, s->max);
		if (all[i].limit > 0)
			(void)printf(" %9.3f\n", all[i].limit);
		else
			(void)printf(" %9s\n", "-");
	}
	(void)printf("%u rounds\n", rounds);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (all[i].limit <= 0 || all[i].summary.median < all[i].limit)
			continue;
		(void)fflush(stdout);
		(void)fprintf(stderr, "policy: %s takes %.3f ms, and less than %.3f is promised\n",
			all[i].name, all[i].summary.median, all[i].limit);
		good = false;
	}
	return good;
}

static json_t *measured_json(const struct measured *measured, uint32_t rounds)
{
	const struct summary *s = &measured->summary;
	json_t *samples = json_array();

	for (uint32_t i = 0; i < rounds; i++)
		(void)json_array_append_new(samples, json_real(measured->samples[i]));
	return json_pack("{s:s, s:f, s:f, s:f, s:f, s:o, s:o}", "name", measured->name, "min_ms",
		s->min, "median_ms", s->median, "p90_ms", s->p90, "max_ms", s->max, "limit_ms",
		measured->limit > 0 ? json_real(measured->limit) : json_null(), "samples_ms",
		samples);
}

static int write_json(const char *path, uint32_t rounds)
{
	json_t *measured = json_array(), *json;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		(void)json_array_append_new(measured, measured_json(&all[i], rounds));
	json = json_pack("{s:i, s:o}", "rounds", (int)rounds, "measured", measured);
	r = json ? json_dump_file(json, path, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) : -1;
	json_decref(json);
	if (r < 0)
		(void)fprintf(stderr, "policy: can't write '%s'\n", path);
	return r;
}

static int make_files(struct bench *bench)
{
	int r;

	(void)snprintf(bench->folder, sizeof(bench->folder), "/var/tmp/sandboxctl-bench.XXXXXX");
	if (!mkdtemp(bench->folder))
		return -errno;
	(void)snprintf(bench->large, sizeof(bench->large), "%s/large.ini", bench->folder);
	(void)snprintf(bench->ordinary, sizeof(bench->ordinary), "%s/ordinary.ini", bench->folder);
	r = write_file(bench->large, write_large);
	return r < 0 ? r : write_file(bench->ordinary, write_ordinary);
}

static void remove_files(const struct bench *bench)
{
	(void)unlink(bench->large);
	(void)unlink(bench->ordinary);
	(void)rmdir(bench->folder);
}

static int usage(void)
{
	(void)fprintf(stderr, "usage: policy [-n ROUNDS] [-j FILE] SANDBOXCTL SHIPPED\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct bench bench = { 0 };
	const char *json = NULL;
	uint32_t rounds = 200;
	int option, r;

	while ((option = getopt(argc, argv, "n:j:")) != -1) {
		if (option == 'j')
			json = optarg;
		else if (option != 'n' || str_to_u32(optarg, &rounds) < 0 || rounds == 0)
			return usage();
	}
	if (argc - optind != 2)
		return usage();
	bench.sandboxctl = argv[optind];
	bench.dirs = (struct policy_dirs){ "/nonexistent", argv[optind + 1] };
	r = make_files(&bench);
	if (r == 0)
		r = measure(&bench, rounds);
	else
		(void)fprintf(stderr, "policy: %s: %s\n", bench.folder, strerror(-r));
	remove_files(&bench);
	if (r < 0)
		return 1;
	r = print_table(rounds) ? 0 : 1;
	return json && write_json(json, rounds) < 0 ? 1 : r;
}
