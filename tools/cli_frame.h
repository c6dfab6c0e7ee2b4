/* cli_frame.h - between the files of the frame; tools include cli.h only. */
#ifndef ML_TOOLS_CLI_FRAME_H
#define ML_TOOLS_CLI_FRAME_H

#include "cli.h"

/* cli_shared.c: options that tools share, in groups. */
struct ml_cli_group {
	const char *title; /* heads its part of --help; groups of one title follow each other */
	unsigned any;      /* offered when the tool has one of these flags */
	const struct ml_opt *opts; /* of struct ml_cli */
	int (*after)(struct ml_cli *cli,
		     struct ml_error *err); /* once an option of it was set; or NULL */
};
extern const struct ml_cli_group ml_cli_groups[]; /* ended by title NULL */
bool ml_cli_offers(const struct ml_tool *tool, const struct ml_cli_group *group);
void ml_cli_shared_init(struct ml_cli *cli);
void ml_cli_shared_release(struct ml_cli *cli);

/* cli_limits.c: what the shared options mean for the run: formats, threads, limits. */
int ml_cli_settle(struct ml_cli *cli, struct ml_error *err) ML_CHECK;
double ml_cli_clock(void);                                 /* seconds of the monotonic clock */
const char *ml_cli_journal_path(const struct ml_cli *cli); /* --log, ML_LOG, or NULL */

/* cli_family.c: items that the command line picks. */
bool ml_family_find(const struct ml_family *family, const char *name, struct ml_item *out);
int ml_cli_pick(struct ml_cli *cli, const struct ml_item *item, const char *value,
		struct ml_error *err) ML_CHECK;
/* The last picked item that has an option `name`; NULL: none. */
struct ml_picked *ml_cli_owner(const struct ml_cli *cli, const char *name,
			       const struct ml_opt **opt);
int ml_cli_set(struct ml_cli *cli, struct ml_error *err) ML_CHECK; /* --set, the last one */
int ml_cli_unknown_item(const struct ml_family *family, const char *name, struct ml_error *err);
int ml_cli_unknown_option(const struct ml_cli *cli, const char *dashes, const char *name,
			  struct ml_error *err);
void ml_cli_picked_release(struct ml_cli *cli);

/* cli_parse.c */
int ml_cli_parse(struct ml_cli *cli, int argc, char **argv, struct ml_error *err) ML_CHECK;

/* cli_doc.c, cli_help.c, cli_complete.c: answers to --help and the like. */
bool ml_cli_asks(const struct ml_cli *cli);
int ml_cli_answer(struct ml_cli *cli, struct ml_error *err) ML_CHECK;
struct ml_cli_exit {
	int code;
	const char *text;
};
extern const struct ml_cli_exit ml_cli_exits[]; /* ended by text NULL */
extern const char *const ml_cli_shells[];       /* NULL-ended */
/* The option that begins an item, as an entry for help; two[1] ends the table. */
void ml_cli_item_option(const struct ml_item *item, struct ml_opt two[2]);
void ml_cli_help(const struct ml_cli *cli, struct ml_buf *out);
void ml_cli_mdoc(const struct ml_cli *cli, struct ml_buf *out);
void ml_cli_describe(const struct ml_cli *cli, struct ml_buf *out);
void ml_cli_complete(const struct ml_cli *cli, struct ml_buf *out);
int ml_cli_check(const struct ml_tool *tool,
		 struct ml_error *err) ML_CHECK; /* its tables; ML_EBUG */

/* cli_talk.c */
void ml_cli_talk_init(struct ml_cli *cli);
void ml_cli_stderr(const char *line, size_t n);     /* in one write */
const char *ml_cli_tag(const struct ml_error *err); /* its own, or one for its code */
/* "NAME: message [TAG]" in one write. */
void ml_cli_complain(struct ml_cli *cli, const struct ml_error *err);
/* The same as text, for the note at the end of a broken CSV. */
enum { ML_CLI_LINE = 512 };
void ml_cli_line(const struct ml_tool *tool, const struct ml_error *err,
		 char out[ML_CLI_LINE + 1]);

/* cli_progress.c */
void ml_cli_progress(void *cli, const struct ml_progress *p); /* as run.progress */
bool ml_cli_listens(void *cli);                               /* as run.listens */
void ml_cli_progress_erase(
	struct ml_talk *t); /* before anything else is written, and at the end */

/* cli_signal.c */
void ml_cli_signals_init(void);
void ml_cli_signals_arm(void); /* from now on a stop can be soft */
const volatile bool *ml_cli_stop(void);
/* Standard descriptors that are closed are opened on nothing, so that no file takes their
 * place. */
void ml_cli_descriptors_init(void);

/* cli_journal.c */
struct ml_cli_start {
	double clock;
	long long seconds;
	long milliseconds;
};
void ml_cli_start(struct ml_cli_start *s);
/* For a run that leaves a line: its name, that of the run that started it, where files are
 * noted. */
void ml_cli_journal_begin(struct ml_cli *cli, const struct ml_cli_start *start);
int ml_cli_journal(const struct ml_cli *cli, const struct ml_cli_start *start, int argc,
		   char **argv, int status, const struct ml_error *failure,
		   struct ml_error *err) ML_CHECK;

#endif
