/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/report.h"

#include "policy/array.h"
#include "policy/text.h"

/* A longer line is nobody's to read. */
#define EXCERPT_MAX 160

/* A problem stays on one line whatever the file's name or text contains. */
static char *flatten(char *s)
{
	for (char *c = s; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return s;
}

static void problem_clear(struct policy_problem *problem)
{
	free(problem->file);
	free(problem->text);
	free(problem->excerpt);
}

/* What the text checks refuse would do its harm in a terminal just as well. */
static char *copy_line(const struct policy_place *at)
{
	size_t n = 0;
	const char *line = place_line(at, &n);

	return line && !text_check(line, n) && n <= EXCERPT_MAX ? strndup(line, n) : NULL;
}

static int complete(struct policy_problem *problem, const struct policy_place *at)
{
	if (!problem->text)
		return -ENOMEM;
	problem->file = strdup(place_file(at));
	if (!problem->file)
		return -ENOMEM;
	problem->order = at->source ? at->source->order : 0;
	problem->line = at->line;
	problem->column = at->column;
	problem->excerpt = copy_line(at);
	(void)flatten(problem->file);
	(void)flatten(problem->text);
	return 0;
}

static void add(
	struct policy_report *report, const struct policy_place *at, struct policy_problem problem)
{
	struct policy_problem *room = array_room(report->problems, report->n, sizeof(*room));

	if (room)
		report->problems = room;
	if (!room || complete(&problem, at) < 0)
		problem_clear(&problem);
	else
		room[report->n++] = problem;
}

static char *format(const char *fmt, va_list ap)
{
	char *text;

	return vasprintf(&text, fmt, ap) < 0 ? NULL : text;
}

void report_error(struct policy_report *report, const struct policy_place *at, const char *fmt, ...)
{
	va_list ap;

	report->n_errors++;
	va_start(ap, fmt);
	add(report, at, (struct policy_problem){ .text = format(fmt, ap) });
	va_end(ap);
}

void report_warning(
	struct policy_report *report, const struct policy_place *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(report, at, (struct policy_problem){ .text = format(fmt, ap), .warning = true });
	va_end(ap);
}

void report_failure(
	struct policy_report *report, const struct policy_place *at, const struct sbx_error *err)
{
	report_error(report, at, *err->cure ? "%s (%s)" : "%s%s", err->text, err->cure);
}

/* qsort() promises no order among equals: the number keeps problems of one line as they came. */
struct numbered {
	struct policy_problem problem;
	size_t number;
};

static int compare_places(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	const unsigned int p[] = { x->problem.order, x->problem.line, x->problem.column };
	const unsigned int q[] = { y->problem.order, y->problem.line, y->problem.column };

	for (size_t i = 0; i < ARRAY_SIZE(p); i++)
		if (p[i] != q[i])
			return p[i] < q[i] ? -1 : 1;
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
	qsort(sorted, n, sizeof(*sorted), compare_places);
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
	for (size_t i = 0; i < report->n; i++)
		problem_clear(&report->problems[i]);
	free(report->problems);
	*report = (struct policy_report){ 0 };
}

/* Under the line a caret; a tab before it stays one, or the caret would be elsewhere. */
static void print_excerpt(const struct policy_problem *p, FILE *out)
{
	unsigned int column = 1;

	(void)fprintf(out, "%5u | %s\n", p->line, p->excerpt);
	if (!p->column)
		return;
	(void)fputs("      | ", out);
	for (const char *c = p->excerpt; *c && column < p->column; c++) {
		if (count_characters(c, 1) == 0)
			continue;
		(void)fputc(*c == '\t' ? '\t' : ' ', out);
		column++;
	}
	(void)fputs("^\n", out);
}

static void print_all(const struct policy_report *report, FILE *out)
{
	for (size_t i = 0; i < report->n; i++) {
		const struct policy_problem *p = &report->problems[i];

		(void)fputs(p->file, out);
		if (p->line)
			(void)fprintf(out, ":%u", p->line);
		if (p->column)
			(void)fprintf(out, ":%u", p->column);
		(void)fprintf(out, ": %s: %s\n", p->warning ? "warning" : "error", p->text);
		if (p->excerpt)
			print_excerpt(p, out);
	}
}

void policy_report_print(const struct policy_report *report, FILE *out)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *all = report->n ? open_memstream(&text, &size) : NULL;

	/* stderr has no buffer: a thousand problems would be ten thousand writes. */
	if (!all) {
		print_all(report, out);
		return;
	}
	print_all(report, all);
	if (fclose(all) == 0)
		(void)fwrite(text, 1, size, out);
}
