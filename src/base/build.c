/* SPDX-License-Identifier: Apache-2.0 */
#include "base/build.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <string.h>

/* Where the program was loaded; the linker defines it. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));

/* elf(5): notes follow each other, names and contents padded to 4 bytes. */
static size_t padded(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

static int find_in(const char *notes, size_t size, const void **ret_id, size_t *ret_size)
{
	while (size >= sizeof(ElfW(Nhdr))) {
		const ElfW(Nhdr) *note = (const void *)notes;
		const char *name = notes + sizeof(*note);
		size_t whole = sizeof(*note) + padded(note->n_namesz) + padded(note->n_descsz);

		if (whole > size)
			return -ENOENT;
		if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == sizeof(ELF_NOTE_GNU) &&
			memcmp(name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) == 0) {
			*ret_id = name + padded(note->n_namesz);
			*ret_size = note->n_descsz;
			return 0;
		}
		notes += whole;
		size -= whole;
	}
	return -ENOENT;
}

int build_id(const void **ret_id, size_t *ret_size)
{
	const char *base = __ehdr_start;
	const ElfW(Ehdr) *header = (const void *)base;
	const ElfW(Phdr) *headers = (const void *)(base + header->e_phoff);

	/* Linked at 0, as all of our programs are (-pie). */
	for (size_t i = 0; i < header->e_phnum; i++)
		if (headers[i].p_type == PT_NOTE &&
			find_in(base + headers[i].p_vaddr, headers[i].p_memsz, ret_id, ret_size) ==
				0)
			return 0;
	return -ENOENT;
}
