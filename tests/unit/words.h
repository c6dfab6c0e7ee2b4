/* words.h - lists of test cases as one text, words between blanks:
 *
 *     for (struct words w = { .left = "1 2.5 -7" }; next_word(&w);) use(w.word, w.n); */
#ifndef ML_TESTS_WORDS_H
#define ML_TESTS_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct words {
	const char *left;
	char word[1024];
	size_t n;
};

static inline bool next_word(struct words *w)
{
	w->left += strspn(w->left, " ");
	w->n = strcspn(w->left, " ");
	memcpy(w->word, w->left, w->n);
	w->word[w->n] = '\0';
	w->left += w->n;
	return w->n > 0;
}

#endif
