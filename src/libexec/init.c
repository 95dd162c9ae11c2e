/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first process of a sandbox's pid namespace: it waits until it is killed, and all of the
 * namespace with it.
 *
 * Orphans come to it. It reaps them by ignoring SIGCHLD (wait(2), "NOTES"), as which it was
 * started, so that they leave no zombies. The command is its neighbour and not its child: the
 * supervisor is the parent of both, and passes signals on to the command itself.
 *
 * Its stdin is a pipe to the command's process, which executes nothing before it has read from
 * there that this runs: an end of the pipe would be one of this process, too.
 *
 * Without a libc: a page of code, a page of stack, and three system calls.
 */
#include <sys/syscall.h>
#include <unistd.h>

/* Of five arguments the last two are 0. */
static void call(long nr, long a, const void *b, long c)
{
#if defined(__x86_64__)
	register long r10 __asm__("r10") = 0;
	register long r8 __asm__("r8") = 0;

	__asm__ volatile("syscall"
			 : "+a"(nr)
			 : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = (long)b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = 0;
	register long x4 __asm__("x4") = 0;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
			 : "memory");
#else
#error "which architecture is this?"
#endif
}

_Noreturn void _start(void);
_Noreturn void _start(void)
{
	const char byte = 0;

	call(SYS_write, STDIN_FILENO, &byte, 1);
	call(SYS_close, STDIN_FILENO, 0, 0);
	/* A signal that stops and continues it ends the wait. */
	for (;;)
		call(SYS_ppoll, 0, 0, 0);
}
