/* cli.h - the frame of every tool.  main() of a tool is one line:
 *     return ml_tool_main(&tool, argc, argv);
 * ml_tool_main() is the only function of the project that ends the process. */
#ifndef ML_TOOLS_CLI_H
#define ML_TOOLS_CLI_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/run.h"
#include "base/sink.h"
#include "core/input.h"
#include "core/journal.h"
#include "opt/opt.h"

struct ml_tool;

/* Tables of options that the command line may bring in beside the tool's own: the algorithms of
 * ml-fit, picked by the first operand, or the preparations of ml-feat, each begun by an option
 * of its own name (`--onehot @cat`) as often and in the order the user likes.  The options of a
 * picked item may follow it; they belong to the last item picked that has such an option. Names
 * that the tool or all tools have cannot be names of an item's options. */
struct ml_item {
	const char *name, *summary;
	const char *arg; /* placeholder of the item's own value: "COLUMNS"; NULL: none */
	const struct ml_opt *opts; /* may be NULL */
	size_t size;               /* of the struct that opts describe */
};
struct ml_family {
	const char *title; /* "ALGORITHM", heads its part of --help and the manual */
	bool by_operand;
	bool (*item)(size_t i, struct ml_item *out); /* false behind the last one */
	bool commands; /* what to do: they have options, not hyperparameters, and no --set */
};
struct ml_picked {
	const char *name,
		*value; /* value: NULL for an item picked by operand, or without arg */
	void *args;     /* item.size bytes, defaults filled in; owned by the frame */
	const struct ml_opt *opts;
};

/* Which of the shared options a tool has beside those that all have. */
enum ml_tool_flags {
	ML_READS_TABLE =
		1, /* -d --no-header --na --num --cat --text --decimal ... and the roles */
	ML_WRITES_TABLE = 2,  /* -b --binary, --to csv|tsv */
	ML_WRITES_BINARY = 4, /* always: a model; refuses a terminal */
	ML_LEARNS_STEPS = 8,  /* --save --discard --apply */
	ML_USES_SEED = 16,
	ML_USES_MODEL = 32,     /* -m --model, repeatable */
	ML_NO_OUTPUT = 64,      /* no -o */
	ML_STOPS_SOFTLY = 128,  /* --max-seconds; from the first call of run.progress on, SIGINT
				 * and SIGTERM set run.stop (once; again: die), else they kill */
	ML_STREAMS_ROWS = 256,  /* --line-buffered, as input.csv.prompt */
	ML_READS_JOURNAL = 512, /* leaves no line: has a --log of its own, with ml_cli_log() */
};

enum ml_text_format { ML_CSV, ML_TSV };

/* Values of shared options that only the frame looks at. */
struct ml_asked {
	bool help, version, describe, mdoc;
	int completion; /* index of the shell; -1: none */
	bool header;
	char delimiter; /* 0: not given */
	int from, to;   /* enum ml_text_format */
	const char *output, *log;
	int64_t threads, seed; /* threads 0: not given */
	size_t max_memory;     /* 0: no limit */
	double max_seconds;    /* 0: no limit */
	struct ml_texts set;
};

/* What has been said on stderr. */
struct ml_talk {
	struct ml_buf warned; /* warnings, NUL between them: none is repeated */
	size_t warnings;
	/* Of a table that comes in parts lines that differ in numbers alone are the same one;
	 * how many were not given for that. */
	bool in_parts;
	size_t alike;
	size_t width; /* of the progress line that stands there now */
	double shown; /* when it was written */
	bool terminal;
};

struct ml_cli {
	const struct ml_tool *tool;
	void *args;                 /* parsed options, args_size bytes */
	struct ml_input_opts input; /* table format, kinds, roles; inputs of the run */
	bool binary;                /* -b */
	char to_delimiter;          /* of a CSV written: ',' or '\\t' (--to tsv) */
	const char *save, *apply;   /* --save FILE, --apply FILE, or NULL */
	bool discard, private_data; /* --discard, --private */
	bool verbose, quiet, strict;
	struct ml_texts models; /* -m */
	struct ml_run run;      /* threads, seed, limits, progress, warnings */
	struct ml_sink *out;    /* stdout or -o; opened before run(), closed after it */
	bool out_is_csv; /* set by a tool that has begun a CSV: a failure then poisons it */
	int verdict;     /* set by a tool: exit status of a run that did its work, 0 or 1 (the
			  * answer is no) or 65 (bad rows were told apart) */
	struct ml_journal journal; /* filled by the tool, written at the end with --log */
	struct ml_journal *record; /* the same when the run leaves a line there, else NULL */
	char name[17], parent[65]; /* of this run, and of the one that started it, in journals
				    */
	struct ml_picked *picked;  /* n_picked items of the family, in the order given */
	size_t n_picked;
	char **operands; /* what is left after the options and the picked operand */
	size_t n_operands;
	size_t n_before; /* of them: those before "--"; all when there is none */
	struct ml_asked asked;
	struct ml_talk talk;
};

struct ml_tool {
	const char *name;         /* "ml-fit" */
	const char *summary;      /* one clause, no full stop: NAME in the man page */
	const char *const *usage; /* SYNOPSIS lines without the name, NULL-ended; with a family
				   * by operand the first begins with its title */
	const char *const *examples; /* command lines for --help, NULL-ended; or NULL */
	const struct ml_opt *opts;   /* beside the options that all tools share; may be NULL */
	size_t args_size;
	unsigned flags;                 /* of ml_tool_flags */
	const struct ml_family *family; /* or NULL */
	int (*run)(struct ml_cli *cli, struct ml_error *err);
};

/* Parses the command line, answers --help, --version, --describe (JSON), --completion and
 * --mdoc (the OPTIONS section; the tables are checked first), turns GSL's aborting error
 * handler off in tools that link GSL, opens the output, runs the tool, then flushes, syncs and
 * closes: an error found only then (a full disk) counts as well.  On failure a CSV that was
 * begun ends in an open quote and a note (E-UPSTREAM for its readers), a binary one without its
 * end record, a file behind -o is not replaced.  Prints "NAME: message [TAG]" and returns the
 * code of the error as exit status.  run() may return 1 for cli->verdict = 1; when it has
 * filled *err with that code, the message is told. */
int ml_tool_main(const struct ml_tool *tool, int argc, char **argv);

/* One line on stderr, "NAME: warning: ... [TAG]"; nothing with -q.  The same line is given
 * once (and see in_parts). Under --strict the run ends with 65 after run() has returned (or
 * when ml_strict() is asked). */
void ml_warn(struct ml_cli *cli, const char *tag, const char *fmt, ...) ML_PRINTF(3, 4);
/* ML_EDATA, E-STRICT when a warning was given under --strict: asked before output is begun. */
int ml_strict(struct ml_cli *cli, struct ml_error *err) ML_CHECK;
/* Canonical texts of all options that affect the result and differ from their defaults (not
 * .neutral), the shared ones and those of picked items included ("scale: standard"), for the
 * lineage. */
int ml_cli_options(const struct ml_cli *cli, struct ml_fields *out,
		   struct ml_error *err) ML_CHECK;
/* The journal that ML_LOG names, or NULL. */
const char *ml_cli_log(void);
/* One line on stderr with -v. */
void ml_note(struct ml_cli *cli, const char *fmt, ...) ML_PRINTF(2, 3);

#endif
