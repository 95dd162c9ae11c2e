/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/report.h"

#include "policy/array.h"

/* A problem stays on one line whatever the file's name or text contains. */
static char *flatten(char *s)
{
	for (char *c = s; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return s;
}

static int add(const struct report_file *file, struct policy_problem problem)
{
	struct policy_report *report = file->report;
	struct policy_problem *room = array_room(report->problems, report->n, sizeof(*room));

	if (!room)
		return -ENOMEM;
	report->problems = room;
	problem.file = strdup(file->name);
	if (!problem.file)
		return -ENOMEM;
	(void)flatten(problem.file);
	(void)flatten(problem.text);
	room[report->n++] = problem;
	return 0;
}

void report_error(const struct report_file *file, unsigned int line, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	file->report->n_errors++;
	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n >= 0 && add(file, (struct policy_problem){ .line = line, .text = text }) < 0)
		free(text);
}

void report_warning(const struct report_file *file, unsigned int line, const char *fmt, ...)
{
	struct policy_problem problem = { .line = line, .warning = true };
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&problem.text, fmt, ap);
	va_end(ap);
	if (n >= 0 && add(file, problem) < 0)
		free(problem.text);
}

/* qsort() promises no order among equals: the number keeps problems of one line as they came. */
struct numbered {
	struct policy_problem problem;
	size_t number;
};

static int compare_lines(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	if (x->problem.line != y->problem.line)
		return x->problem.line < y->problem.line ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

void report_sort(struct policy_report *report, size_t from)
{
	_cleanup_free_ struct numbered *sorted = NULL;
	size_t n = report->n - from;

	if (n < 2)
		return;
	sorted = calloc(n, sizeof(*sorted));
	if (!sorted)
		return; /* out of order, but complete */
	for (size_t i = 0; i < n; i++)
		sorted[i] = (struct numbered){ report->problems[from + i], i };
	qsort(sorted, n, sizeof(*sorted), compare_lines);
	for (size_t i = 0; i < n; i++)
		report->problems[from + i] = sorted[i].problem;
}

int report_to_error(
	const struct policy_report *report, size_t from, size_t n_errors, struct sbx_error *err)
{
	const struct policy_problem *p = NULL;
	char more[48] = "", line[16] = "";

	for (size_t i = from; i < report->n && !p; i++)
		if (!report->problems[i].warning)
			p = &report->problems[i];
	if (!p)
		return error_set(err, ENOMEM, "no memory to say what is wrong");
	if (n_errors > 1)
		(void)snprintf(more, sizeof(more), " (and %zu more)", n_errors - 1);
	if (p->line)
		(void)snprintf(line, sizeof(line), ":%u", p->line);
	return error_set(err, EINVAL, "%s%s: %s%s", p->file, line, p->text, more);
}

void policy_report_clear(struct policy_report *report)
{
	for (size_t i = 0; i < report->n; i++) {
		free(report->problems[i].file);
		free(report->problems[i].text);
	}
	free(report->problems);
	*report = (struct policy_report){ 0 };
}

void policy_report_print(const struct policy_report *report, FILE *out)
{
	for (size_t i = 0; i < report->n; i++) {
		const struct policy_problem *p = &report->problems[i];
		const char *kind = p->warning ? "warning" : "error";

		if (p->line)
			(void)fprintf(out, "%s:%u: %s: %s\n", p->file, p->line, kind, p->text);
		else
			(void)fprintf(out, "%s: %s: %s\n", p->file, kind, p->text);
	}
}
