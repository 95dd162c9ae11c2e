// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Memory that a file is mapped to: what in it is executed, is executed of the file. Nothing else
 * is asked, for a mapping is read and written as its descriptor was opened to be.
 */
#include "walk.h"

#define PROT_EXEC 0x4
#define VM_EXEC	  0x4UL

static __always_inline int mediate_execution(enum sbx_hook hook, struct file *file)
{
	struct dentry *dentry = file->f_path.dentry;
	enum sbx_why why;
	__u32 owner = 0;
	struct actor a;

	identify(&a);
	if (is_free(&a))
		return 0;
	/* Memory that the kernel made a file of, for it is shared. No descriptor leads there. */
	if (!is_nobody(&a) && file->f_inode->i_flags & S_PRIVATE)
		return 0;
	why = is_nobody(&a) ? a.why : judge(&a, dentry, SBX_EXEC, &owner);
	return answer(&a, hook, dentry, SBX_EXEC, why, owner);
}

/* `file` is NULL for memory without one: what a program makes there is its own. */
SEC("lsm/mmap_file")
int BPF_PROG(mmap_file, struct file *file, unsigned long asked, unsigned long protection)
{
	if (!(protection & PROT_EXEC) || !is_there(file))
		return 0;
	return mediate_execution(SBX_HOOK_mmap_file, file);
}

/*
 * Of an overlay the file is the one below, since Linux 6.6 by its path there, where the policy
 * grants nothing: it is mapped executable at once, or never.
 */
SEC("lsm/file_mprotect")
int BPF_PROG(
	file_mprotect, struct vm_area_struct *area, unsigned long asked, unsigned long protection)
{
	struct file *file;

	if (!(protection & PROT_EXEC) || area->vm_flags & VM_EXEC)
		return 0;
	file = area->vm_file;
	if (!file || !is_there(file))
		return 0;
	return mediate_execution(SBX_HOOK_file_mprotect, file);
}
