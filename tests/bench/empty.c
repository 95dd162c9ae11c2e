/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does nothing, with a libc: what each C program takes before its main, on a virtual machine mostly
 * for asking the processor what it is.
 */
int main(void)
{
	return 0;
}
