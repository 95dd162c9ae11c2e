/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first process of a sandbox's pid namespace: it waits until it is killed, and all of the
 * namespace with it.
 *
 * Orphans come to it. It reaps them by ignoring SIGCHLD (wait(2), "NOTES"), as which it was
 * started, so that they leave no zombies. The command is its neighbour and not its child: the
 * supervisor is the parent of both, and passes signals on to the command itself.
 *
 * Without a libc: a page of code, a page of stack, and one system call.
 */
#include <sys/syscall.h>

/* x32 and i386 aside, the number is in rax and the arguments of ppoll(NULL, 0, NULL, NULL, 0) are
 * 0. */
static void wait_for_ever(void)
{
#if defined(__x86_64__)
	register long r10 __asm__("r10") = 0;
	register long r8 __asm__("r8") = 0;
	long nr = SYS_ppoll;

	__asm__ volatile("syscall"
			 : "+a"(nr)
			 : "D"(0L), "S"(0L), "d"(0L), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = SYS_ppoll;
	register long x0 __asm__("x0") = 0;
	register long x1 __asm__("x1") = 0;
	register long x2 __asm__("x2") = 0;
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
	/* A signal that stops and continues it ends the wait. */
	for (;;)
		wait_for_ever();
}
