/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key tables: what each section and key means, one row a key, and the reader that obeys them.
 */
#ifndef SBX_POLICY_KEY_H
#define SBX_POLICY_KEY_H

#include "policy/lines.h"
#include "policy/report.h"
#include "policy/text.h"

struct key;
struct key_load;

/* One value as it stands in the file, while its parser looks at it. All borrowed. */
struct key_use {
	struct key_load *load;
	const struct key *key;
	const char *text; /* never empty */
	struct policy_place at; /* of the text; nowhere: the default of the key's row */
	const char *name; /* of the key as it stands there: a row may be a pattern */
};

/*
 * What the values of some keys have in common. `parse` returns 0, -EINVAL with the problem
 * reported, or -ENOMEM. `clear` is what an empty value does; it may be NULL.
 */
struct key_type {
	const char *form; /* how a value is written, for people */
	int (*parse)(const struct key_use *use, void *field);
	void (*clear)(const struct key *key, void *field);
	bool list; /* repeating the key adds */
	bool unset; /* an empty value means none, instead of the default */
	bool required; /* an empty value is an error */
};

/* A word that a key takes, and its meaning. One that ends in '*' stands for all that begin so. */
struct key_word {
	const char *word;
	unsigned int value;
};

enum { KEY_WORD_NOT_BUILT = ~0U >> 1 };

/*
 * One key. Lists of words end in a row without a word. A name that ends in '*' stands for all that
 * begin so, "*.*" for all that have a dot: such rows come behind those of which they may speak, and
 * their types look at the name.
 */
struct key {
	const char *section;
	const char *name;
	const struct key_type *type; /* NULL: not supported by this build */
	size_t offset; /* of its field in the table's target */
	const char *initial; /* the default as a file would write it; NULL: none */
	const struct key_word *words;
	unsigned int number; /* for the type to interpret */
	const char *help;
	const char *since; /* the first release that knows the key */
};

/* Rows of one section stand together. */
struct key_table {
	const struct key *keys;
	size_t n;
	void (*check)(struct key_load *load); /* what concerns several keys; may be NULL */
};

/* What was seen of a key. */
struct key_seen {
	struct policy_place first; /* in the file that is read now */
	struct policy_place last; /* in all of them; nowhere: not given */
	bool bad; /* one of its values was no good: don't judge others by it */
};

/* What is remembered of a word: where it starts, and which names it spoke of. */
struct key_note {
	unsigned int column, spoken;
};

/* A file on its way into a target. */
struct key_load {
	const struct key_table *table;
	const struct policy_dirs *dirs; /* for checks that read other files */
	struct text_names names;
	unsigned int spoken; /* of them, by the value that is being parsed, or its word */
	bool unsettled; /* some value spoke of what isn't known yet */
	void *target;
	struct policy_sources *sources; /* what is read is added here */
	struct policy_report *report;
	const struct policy_source *source; /* that is being read */
	struct key_seen *seen; /* one a row */
	struct key_note *notes; /* of the words of the value that is being parsed */
	size_t n_notes;
	unsigned int column; /* what errors of that value are about; 0: all of it */
	const struct key *section, *section_end; /* rows of the section that is being read */
	unsigned int guesses; /* suggestions that may still be made: they are slow */
	bool versioned; /* something stood in the file: `version` came first, or was missed */
	bool stopped; /* by a version that isn't ours: the rest may mean anything */
	bool begun; /* a key other than `version` and `include` stood in the file */
	bool no_memory;
	bool incomplete; /* a file could not be read, or not to its end */
	unsigned int depth; /* of includes */
	size_t first_problem, errors_before; /* in the report */
	struct policy_assignment *assignments;
	size_t n_assignments;
};

/*
 * One target from several files. key_begin() sets the defaults; the caller has set table, dirs,
 * tenant, target, sources and report before. key_read() reads a file, of which problems go to the
 * report; -errno, and nothing read, where the file can't be. key_end() checks what concerns several
 * keys, and puts the problems in order: 0, and `assignments` is the caller's; or -EINVAL with the
 * first error in ERR. After key_begin() it must be called in any case.
 */
int key_begin(struct key_load *load, struct sbx_error *err);
int key_read(struct key_load *load, const char *path, struct sbx_error *err);
/* The same of a text that is in memory. */
int key_read_text(struct key_load *load, const char *name, const char *text, size_t size,
	struct sbx_error *err);
/*
 * And of "SECTION.KEY=VALUE", behind all files: one more source, called "--set SECTION.KEY=VALUE".
 * What is wrong with it goes to the report, too. -ENOMEM.
 */
int key_read_setting(struct key_load *load, const char *setting, struct sbx_error *err);
int key_end(struct key_load *load, struct sbx_error *err);

/* What sections and keys do that a reader has found, with a struct key_load. */
extern const struct lines_events key_events;

/* The key's name as it stood there. */
const char *assignment_name(const struct policy_assignment *assignment);
void assignments_clear(struct policy_assignment **assignments, size_t *n);

/* All three for one file, whose assignments nobody wants. */
int key_read_file(struct key_load *load, const char *path, struct sbx_error *err);

/* Empties every field of TARGET that a row can. */
void key_clear(const struct key_table *table, void *target);

/* What was seen of a key that the table has. */
const struct key_seen *key_seen(const struct key_load *load, const char *section, const char *name);

/* Errors of this value, and `spoken`, are about its word number I from now on. */
void key_at_word(const struct key_use *use, size_t i);

/* Where the value stands, or that word of it. */
struct policy_place key_place(const struct key_use *use);

/* Reports "KEY: MESSAGE" at the value, or its word. Returns -EINVAL. */
int key_error(const struct key_use *use, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* What is said of a section or key that the table lacks, and of one that is not built. */
void key_unknown_section(struct key_load *load, const char *section, const struct policy_place *at);
/* The same of a setting, "memory.max", that no section begins. NAME is cut. */
void key_no_section(struct key_load *load, char *name, const struct policy_place *at);
void key_unknown(struct key_load *load, const struct lines_pair *pair);
void key_not_built(struct key_load *load, const struct key *key, const struct lines_pair *pair);

/* The known word nearest to WORD, as str_nearest(), so long as this file may still have guesses. */
const char *key_guess(struct key_load *load, const char *word, const void *words, size_t n,
	const char *(*at)(const void *words, size_t i));

/*
 * The value's words, quotes and specifiers resolved. 0, -EINVAL (reported), -ENOMEM. Where they
 * stand is known to key_at_word() until the next value.
 */
int key_words(const struct key_use *use, struct strv *ret_words);

/*
 * Moves those of WORDS that ACCEPT takes to the end of LIST, and drops the others. ACCEPT returns 1
 * to take a word, 0 to drop it, -EINVAL to drop it as reported. Returns 0, -EINVAL, -ENOMEM.
 */
int key_move_words(const struct key_use *use, struct strv *list, struct strv *words,
	int (*accept)(const struct key_use *use, const char *word));

/* key_words() where there must be exactly one; *ret_word is the caller's. */
int key_one_word(const struct key_use *use, char **ret_word);

/* For types whose field is a char *, which is the policy's. */
void key_clear_string(const struct key *key, void *field);

/* "none, host": those of WORDS that this build takes. */
void key_list_words(const struct key_word *words, const char *separator, char *text, size_t size);

/* Types that any table may use. Behind each: its field. */
extern const struct key_type type_version; /* none: only checked */
extern const struct key_type type_word; /* unsigned int or enum, one of key->words */
extern const struct key_type type_only; /* none: one of key->words, only checked */
extern const struct key_type type_words; /* struct strv */
extern const struct key_type type_env; /* struct strv of K=V */
extern const struct key_type type_path; /* char * */
extern const struct key_type type_duration; /* uint64_t, microseconds */

/* Types of one section. */
extern const struct key_type type_cgroup_size; /* struct policy_cgroup */
extern const struct key_type type_cgroup_flag;
extern const struct key_type type_cgroup_pids;
extern const struct key_type type_cgroup_cpu_max;
extern const struct key_type type_cgroup_cpu_weight;
extern const struct key_type type_cgroup_io_weight;
extern const struct key_type type_cgroup_cpus;
extern const struct key_type type_cgroup_burst;
extern const struct key_type type_cgroup_count; /* key->number is the lowest */
extern const struct key_type type_cgroup_bfq_weight;
extern const struct key_type type_cgroup_nice;
extern const struct key_type type_cgroup_nodes;
extern const struct key_type type_cgroup_words; /* one of key->words */
extern const struct key_type type_cgroup_huge; /* by its name, which is a pattern's */
extern const struct key_type type_cgroup_other; /* the same */
extern const struct key_type type_cgroup_io_max;
extern const struct key_type type_cgroup_io_latency;
extern const struct key_type type_cgroup_rdma;
extern const struct key_type type_cgroup_misc;
extern const struct key_type type_grants; /* struct policy; key->number is the right */
extern const struct key_type type_root; /* struct policy */
extern const struct key_type type_mounts; /* struct policy */
extern const struct key_type type_tmp; /* uint64_t, bytes */
extern const struct key_type type_net_rules; /* struct policy */
extern const struct key_type type_listen; /* struct policy */
extern const struct key_type type_tenant_id; /* uint32_t */
extern const struct key_type type_include; /* none: the files are read at once */
extern const struct key_type type_profile; /* char * */
extern const struct key_type type_syscalls; /* struct policy_calls; of this architecture */
extern const struct key_type type_any_syscalls; /* the same, others are left out */
extern const struct key_type type_seccomp_default; /* struct policy */
extern const struct key_type type_id_or_name; /* char *, of the host's passwd(5) or group(5) */
extern const struct key_type type_capabilities; /* uint64_t */
extern const struct key_type type_rlimit_number; /* struct policy; key->number is the resource */
extern const struct key_type type_rlimit_size;
extern const struct key_type type_rlimit_seconds;
extern const struct key_type type_umask; /* unsigned int */
extern const struct key_type type_rate; /* uint32_t, a second */

/* Words of [runtime] type, which sandboxctl.ini takes too. */
extern const struct key_word runtime_words[];

/* Of tenants' policies, and of sandboxctl.ini. */
extern const struct key_table policy_keys, host_keys;

#endif
