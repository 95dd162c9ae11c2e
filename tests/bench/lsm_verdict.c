/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long does the LSM's verdict on an open take? Runs the hook's own code, for which the kernel
 * needs no BPF LSM, on files some folders deep: with one tenant, and with many and a million
 *labels. Exits with 1 where the 10th percentile, which other work on the machine changes least,
 *misses what is promised for it.
 *
 * usage: lsm_verdict [-n ROUNDS] [-j FILE]
 *
 *	-n	measured rounds (100) of 20,000 verdicts each
 *	-j	writes the same as JSON, with every sample, to FILE
 *
 * Works in a mount namespace and a cgroup of its own, which go again.
 */
#include "bpf/abi.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "kernel/cgroup.h"

#include "lsm_verdict.h"
#include "lsm_verdict.skel.h"
#include "samples.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <jansson.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum {
	VERDICTS = 20000, /* in a round */
	MANY = 10000, /* tenants */
	LABELS_EACH = 100,
	POLICY = 1,
	TENANT = 1,
};

/* How deep the file lies: it and the folders above it, the root of its file system not counted. */
static const struct {
	unsigned int depth;
	double asked, limit; /* ns */
} depths[] = { { 4, 60, 90 }, { 8, 100, 120 } };

enum {
	N_DEPTHS = sizeof(depths) / sizeof(depths[0]),
	/* Behind the files of the depths: one that is nobody's, which is denied. */
	N_FILES = N_DEPTHS + 1,
	/* % of the time with one tenant that it may take with many. */
	MAX_GROWTH = 110,
};

static const struct {
	const char *name;
	unsigned int tenants;
} loads[] = { { "1 tenant", 1 }, { "10,000 tenants", MANY } };

enum { N_LOADS = sizeof(loads) / sizeof(loads[0]) };

struct bench {
	struct cgroup root, base, slice, leaf;
	struct lsm_verdict_bpf *programs[N_LOADS];
	uint32_t rounds;
	double *samples[N_LOADS][N_DEPTHS]; /* ns */
	struct summary summary[N_LOADS][N_DEPTHS];
};

/* ---- files and maps ---- */

static int open_file_of(unsigned int depth, int as, struct sbx_error *err)
{
	char path[128] = ".";
	int fd;

	for (unsigned int i = 1; i < depth; i++) {
		(void)strcat(path, "/d");
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			return error_errno(err, errno, "make a folder");
	}
	(void)strcat(path, "/file");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || dup3(fd, as, O_CLOEXEC) < 0)
		return error_errno(err, errno, "make a file");
	(void)close(fd);
	return 0;
}

static int mount_tmpfs(const char *on, struct sbx_error *err)
{
	if (mount("bench", on, "tmpfs", 0, NULL) < 0 || chdir(on) < 0)
		return error_errno(err, errno, "mount a tmpfs on '%s'", on);
	return 0;
}

/* The files as FIRST_FD and so on. The file system's root, which gets the label, lies before. */
static int make_files(struct sbx_error *err)
{
	int r = 0, root;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return error_errno(err, errno, "make a mount namespace");
	r = mount_tmpfs("/tmp", err);
	if (r == 0)
		r = open_file_of(1, FIRST_FD + N_DEPTHS, err);
	if (r == 0)
		r = mount_tmpfs("/tmp", err);
	for (unsigned int i = 0; i < N_DEPTHS && r == 0; i++)
		r = open_file_of(depths[i].depth, FIRST_FD + (int)i, err);
	root = open(".", O_PATH | O_CLOEXEC);
	if (r == 0 && dup3(root, FIRST_FD - 1, O_CLOEXEC) < 0)
		r = error_errno(err, errno, "open the root of a file system");
	return r;
}

/* One read of an iterator over our own descriptors. */
static ssize_t read_iterator(struct bpf_program *program, void *buf, size_t size)
{
	union bpf_iter_link_info info = { .task.tid = (__u32)gettid() };
	LIBBPF_OPTS(bpf_link_create_opts, opts, .iter_info = &info, .iter_info_len = sizeof(info));
	_cleanup_close_ int link = bpf_link_create(
		bpf_program__fd(program), 0, (enum bpf_attach_type)BPF_TRACE_ITER, &opts);
	_cleanup_close_ int fd = link < 0 ? -1 : bpf_iter_create(link);
	ssize_t all = 0, n = -1;

	while (fd >= 0 && (n = read(fd, (char *)buf + all, size - (size_t)all)) > 0)
		all += n;
	return n < 0 ? -1 : all;
}

static int set_label(struct lsm_verdict_bpf *p, __u64 address, const struct sbx_label *label)
{
	int bits = bpf_map__fd(p->maps.label_bits), labels = bpf_map__fd(p->maps.labels);
	__u32 key = sbx_label_bit(address) / 64;
	__u64 word;
	int r = bpf_map_lookup_elem(bits, &key, &word);

	word |= sbx_label_bits(address);
	r |= bpf_map_update_elem(bits, &key, &word, BPF_ANY);
	return r | bpf_map_update_elem(labels, &address, label, BPF_ANY);
}

/* The label of the root; those of the others' are of inodes that aren't there. */
static int fill_labels(struct lsm_verdict_bpf *p, unsigned int tenants, struct sbx_error *err)
{
	struct sbx_perm_key key = { .policy = POLICY, .label = 1 };
	struct sbx_file_info info[64];
	struct sbx_label label = { .label = 1, .owner = TENANT };
	const __u32 rights = SBX_READ | SBX_WRITE;
	ssize_t size = read_iterator(p->progs.file_info, info, sizeof(info));
	int perms = bpf_map__fd(p->maps.perms), r = 0;
	__u64 address = 0;

	for (size_t i = 0; size > 0 && i < (size_t)size / sizeof(info[0]); i++)
		if (info[i].fd == FIRST_FD - 1) {
			address = info[i].inode;
			label.ino = info[i].ino;
			label.dev = info[i].dev;
			label.generation = info[i].generation;
		}
	if (!address)
		return error_errno(err, errno, "ask the kernel of an inode");
	r |= set_label(p, address, &label);
	r |= bpf_map_update_elem(perms, &key, &rights, BPF_ANY);
	for (unsigned int i = 1; i < (tenants - 1) * LABELS_EACH && r == 0; i++) {
		/* As far apart as inodes lie. */
		address = 0xffff888000000000 + (__u64)i * 1024;
		label = (struct sbx_label){ .ino = i, .label = i + 1 };
		key = (struct sbx_perm_key){ POLICY + i / LABELS_EACH, i + 1 };
		r |= set_label(p, address, &label);
		r |= bpf_map_update_elem(perms, &key, &rights, BPF_ANY);
	}
	return r ? error_errno(err, errno, "fill the maps") : 0;
}

static int fill_leaves(
	struct lsm_verdict_bpf *p, __u64 id, unsigned int tenants, struct sbx_error *err)
{
	int map = bpf_map__fd(p->maps.leaves), seats = bpf_map__fd(p->maps.seats);

	for (unsigned int i = tenants; i-- > 0;) {
		/* The last one has the seat, where they meet. The others' are cgroups that there
		 * never will be. */
		struct sbx_leaf leaf = {
			.id = i == 0 ? id : ~(__u64)i,
			.tenant = TENANT + i,
			.policy = POLICY + i,
		};
		struct sbx_seat seat = sbx_seat_for(leaf.id, leaf.tenant, leaf.policy);
		__u32 number = sbx_seat_of(leaf.id);

		if (bpf_map_update_elem(map, &leaf.id, &leaf, BPF_ANY) < 0 ||
			bpf_map_update_elem(seats, &number, &seat, BPF_ANY) < 0)
			return error_errno(err, errno, "write the maps 'leaves' and 'seats'");
	}
	return 0;
}

static int load(struct bench *b, size_t i, struct sbx_error *err)
{
	struct lsm_verdict_bpf *p = lsm_verdict_bpf__open();
	struct bpf_program *program;
	int r;

	b->programs[i] = p;
	if (!p)
		return error_errno(err, errno, "open the programs");
	bpf_object__for_each_program(program, p->obj)
	{
		(void)bpf_program__set_autoload(
			program, program == p->progs.verdicts || program == p->progs.file_info);
	}
	p->rodata->base_id = b->base.id;
	p->rodata->base_level = 1;
	p->rodata->rounds = VERDICTS;
	r = lsm_verdict_bpf__load(p);
	if (r < 0)
		return error_errno(err, -r, "load the programs");
	r = fill_labels(p, loads[i].tenants, err);
	return r < 0 ? r : fill_leaves(p, b->leaf.id, loads[i].tenants, err);
}

/* ---- measuring ---- */

/* That each file was judged as it must be says that it is the verdict which was measured. */
static int measure_round(struct bench *b, size_t load, long round, struct sbx_error *err)
{
	struct verdicts v[N_FILES];
	ssize_t size = read_iterator(b->programs[load]->progs.verdicts, v, sizeof(v));

	if (size != sizeof(v))
		return error_errno(err, size < 0 ? errno : EIO, "run the programs");
	for (size_t i = 0; i < N_FILES; i++)
		if (v[i].denied != (i < N_DEPTHS ? 0 : VERDICTS))
			return error_set(err, EIO, "file %zu was denied %u times", i, v[i].denied);
	for (size_t i = 0; i < N_DEPTHS && round >= 0; i++)
		b->samples[load][i][round] = ((double)v[i].ns - (double)v[i].empty_ns) / VERDICTS;
	return 0;
}

static int measure(struct bench *b, struct sbx_error *err)
{
	long warmup = b->rounds / 10 + 1;
	int r = 0;

	for (size_t load = 0; load < N_LOADS; load++)
		for (size_t i = 0; i < N_DEPTHS; i++)
			if (!(b->samples[load][i] = calloc(b->rounds, sizeof(double))))
				return error_errno(err, ENOMEM, "measure");
	for (long round = -warmup; round < (long)b->rounds; round++)
		for (size_t load = 0; load < N_LOADS && r == 0; load++)
			r = measure_round(b, load, round, err);
	for (size_t load = 0; load < N_LOADS && r == 0; load++)
		for (size_t i = 0; i < N_DEPTHS; i++)
			b->summary[load][i] = sum_up(b->samples[load][i], b->rounds);
	return r;
}

static bool print_table(const struct bench *b)
{
	bool good = true;

	(void)printf("%-24s %9s %9s %9s %9s %9s %9s\n", "a verdict, ns", "min", "p10", "median",
		"p90", "asked", "held");
	for (size_t i = 0; i < N_DEPTHS; i++) {
		const struct summary *one = &b->summary[0][i], *many = &b->summary[N_LOADS - 1][i];

		for (size_t load = 0; load < N_LOADS; load++) {
			const struct summary *s = &b->summary[load][i];

			(void)printf("%-15s depth %-2u %9.1f %9.1f %9.1f %9.1f %9.1f %9.1f\n",
				loads[load].name, depths[i].depth, s->min, s->p10, s->median,
				s->p90, depths[i].asked, depths[i].limit);
			good &= s->p10 <= depths[i].limit;
		}
		(void)printf("many / one      depth %-2u %9s %9.2f %9s %9s %9.2f %9.2f\n",
			depths[i].depth, "", many->p10 / one->p10, "", "", 1.1, MAX_GROWTH / 100.0);
		good &= many->p10 * 100 <= one->p10 * MAX_GROWTH;
	}
	(void)printf("%u rounds of %d\n", b->rounds, VERDICTS);
	(void)fflush(stdout);
	if (!good)
		(void)fprintf(stderr, "lsm_verdict: a verdict takes longer than is promised\n");
	return good;
}

static json_t *samples_json(const double *samples, uint32_t n)
{
	json_t *json = json_array();

	for (uint32_t i = 0; i < n; i++)
		(void)json_array_append_new(json, json_real(samples[i]));
	return json;
}

static bool write_json(const struct bench *b, const char *path)
{
	json_t *json = json_array();
	int r;

	for (size_t load = 0; load < N_LOADS; load++)
		for (size_t i = 0; i < N_DEPTHS; i++)
			(void)json_array_append_new(json,
				json_pack("{s:i, s:i, s:f, s:f, s:o}", "tenants",
					(int)loads[load].tenants, "depth", (int)depths[i].depth,
					"p10_ns", b->summary[load][i].p10, "limit_ns",
					depths[i].limit, "samples_ns",
					samples_json(b->samples[load][i], b->rounds)));
	r = json_dump_file(json, path, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
	json_decref(json);
	if (r < 0)
		(void)fprintf(stderr, "lsm_verdict: can't write '%s'\n", path);
	return r == 0;
}

/* ---- the cgroup ---- */

static int make_cgroups(struct bench *b, struct sbx_error *err)
{
	char name[64];
	int r = cgroup_open_root(&b->root, err);

	(void)snprintf(name, sizeof(name), "sandboxctl-bench.%d", (int)getpid());
	if (r == 0)
		r = cgroup_make(&b->root, name, true, &b->base, err);
	if (r == 0)
		r = cgroup_make(&b->base, "t.slice", true, &b->slice, err);
	if (r == 0)
		r = cgroup_make(&b->slice, "x.scope", true, &b->leaf, err);
	return r;
}

static void remove_cgroups(struct bench *b)
{
	const struct cgroup *all[] = { &b->root, &b->base, &b->slice, &b->leaf };

	for (size_t i = 3; i > 0; i--)
		if (all[i]->made)
			(void)cgroup_remove(
				all[i - 1], strrchr(all[i]->path, '/') + 1, all[i], NULL);
}

/* The child's part: what is in the cgroup has to leave it, or end, before it can go. */
static int measure_inside(struct bench *b, const char *json)
{
	struct sbx_error err = { 0 };
	_cleanup_close_ int procs = openat(b->leaf.fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	bool good;
	int r = 0;

	if (procs < 0 || write(procs, "0", 1) != 1)
		r = error_errno(&err, errno, "enter a cgroup");
	if (r == 0)
		r = make_files(&err);
	for (size_t i = 0; i < N_LOADS && r == 0; i++)
		r = load(b, i, &err);
	if (r == 0)
		r = measure(b, &err);
	if (r < 0) {
		(void)fprintf(stderr, "lsm_verdict: %s\n", err.text);
		return 1;
	}
	good = print_table(b);
	return (!json || write_json(b, json)) && good ? 0 : 1;
}

static int usage(void)
{
	(void)fprintf(stderr, "usage: lsm_verdict [-n ROUNDS] [-j FILE]\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct bench b = { CGROUP_INIT, CGROUP_INIT, CGROUP_INIT, CGROUP_INIT, .rounds = 100 };
	struct sbx_error err = { 0 };
	const char *json = NULL;
	int option, status = 1;
	pid_t child;

	while ((option = getopt(argc, argv, "n:j:")) != -1) {
		if (option == 'j')
			json = optarg;
		else if (option != 'n' || str_to_u32(optarg, &b.rounds) < 0 || b.rounds == 0)
			return usage();
	}
	if (argc != optind)
		return usage();
	if (make_cgroups(&b, &err) < 0) {
		(void)fprintf(stderr, "lsm_verdict: %s\n", err.text);
	} else {
		child = fork();
		if (child == 0)
			exit(measure_inside(&b, json));
		if (child < 0 || waitpid(child, &status, 0) < 0)
			perror("lsm_verdict");
	}
	remove_cgroups(&b);
	return status == 0 ? 0 : 1;
}
