/* make-table.c - writes a large table, the same bytes every time.
 *
 *     make-table SHAPE ROWS [SEED] >FILE
 *
 * Shapes: numbers (28 columns, %.6f), digits (the same numbers, 17 digits), mixed (numbers, some missing,
 * and categories), libsvm (the table `numbers` as LIBSVM text), predictions (truth, predicted class,
 * probability), ranking (numbers, queries of 20 rows, grades 0 to 4), images (28 x 28 grey values, class y
 * of ten), cover (ten whole numbers, 44 columns of 0 and 1, seven classes),
 * blobs (ten numbers in 30 clouds), clouds (three numbers in 12 clouds, and noise).  numbers, digits and mixed have
 * the columns y (yes or no) and z (a number) to learn.
 *
 * Features are normal with mean 0 and variance 1, so that programs that scale and programs that do not
 * solve the same problem; y is drawn with the probability 1 / (1 + exp(-s)), z is s and noise, where s weighs
 * the features by 1, -1/2, 1/3, ...  Numbers are drawn by SplitMix64 (Steele, Lea, Flood 2014), sums of
 * twelve of them stand for normals: but for exp in a probability no libm is in the bytes. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEATURES = 28, NUMBERS_OF_MIXED = 12, CATEGORIES = 4 };
enum { COVER_NUMBERS = 10, COVER_AREAS = 4, COVER_SOILS = 40 };

struct row {
	double x[FEATURES], z, probability;
	int y, pick[CATEGORIES];
	long number;
};

static uint64_t next(uint64_t *state)
{
	uint64_t h = *state += 0x9e3779b97f4a7c15u;

	h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
	h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
	return h ^ (h >> 31);
}

static double uniform(uint64_t *state)
{
	return (double)(next(state) >> 11) * 0x1p-53;
}

/* Nearly normal: the sum of twelve uniform numbers of 21 bits, three out of each draw. */
static double normal(uint64_t *state)
{
	uint64_t sum = 0;

	for (int i = 0; i < 4; i++) {
		uint64_t h = next(state);

		sum += (h & 0x1fffff) + (h >> 21 & 0x1fffff) + (h >> 42 & 0x1fffff);
	}
	return (double)sum * 0x1p-21 - 6;
}

static void draw(struct row *r, uint64_t *state)
{
	double s = 0;

	for (int j = 0; j < FEATURES; j++) {
		r->x[j] = normal(state);
		s += (j % 2 ? -0.5 : 0.5) * r->x[j] / (j + 1);
	}
	r->probability = 1 / (1 + exp(-s));
	r->y = uniform(state) < r->probability;
	r->z = s + normal(state);
	for (int k = 0; k < CATEGORIES; k++)
		r->pick[k] = (int)(next(state) % (k == CATEGORIES - 1 ? 1000 : 5 + 3 * (unsigned)k));
}

static void head_of_numbers(void)
{
	for (int j = 0; j < FEATURES; j++)
		printf("x%d,", j + 1);
	puts("y,z");
}

static void row_of_numbers(const struct row *r)
{
	for (int j = 0; j < FEATURES; j++)
		printf("%.6f,", r->x[j]);
	printf("%s,%.6f\n", r->y ? "yes" : "no", r->z);
}

static void row_of_digits(const struct row *r)
{
	for (int j = 0; j < FEATURES; j++)
		printf("%.17g,", r->x[j] / 3);
	printf("%s,%.17g\n", r->y ? "yes" : "no", r->z / 3);
}

static void head_of_mixed(void)
{
	for (int j = 0; j < NUMBERS_OF_MIXED; j++)
		printf("x%d,", j + 1);
	puts("city,plan,colour,code,note,y,z");
}

/* Every 16th number is missing; a note is quoted and holds a comma. */
static void row_of_mixed(const struct row *r)
{
	static const char *const plan[] = { "basic", "silver", "gold", "family", "none" };

	for (int j = 0; j < NUMBERS_OF_MIXED; j++)
		if ((r->pick[3] + j) % 16)
			printf("%.3f,", r->x[j]);
		else
			putchar(',');
	printf("city-%d,%s,c%02d,K%04d,\"note %d, of many\",%s,%.6f\n", r->pick[1],
	       plan[r->pick[0]], r->pick[2], r->pick[3], r->pick[1], r->y ? "yes" : "no", r->z);
}

static void no_head(void)
{
}

static void row_of_libsvm(const struct row *r)
{
	fputs(r->y ? "+1" : "-1", stdout);
	for (int j = 0; j < FEATURES; j++)
		printf(" %d:%.6f", j + 1, r->x[j]);
	putchar('\n');
}

static void head_of_predictions(void)
{
	puts("y,pred,prob:no,prob:yes");
}

static void row_of_predictions(const struct row *r)
{
	printf("%s,%s,%.17g,%.17g\n", r->y ? "yes" : "no", r->probability > 0.5 ? "yes" : "no",
	       1 - r->probability, r->probability);
}

/* Images: a class has many styles of five blobs; a row shows one of them, moved by up to two pixels, with
 * more or less contrast, and speckled. */
enum { SIDE = 28, CLASSES = 10, STYLES = 15, BLOBS = 5 };

static void head_of_images(void)
{
	for (int j = 0; j < SIDE * SIDE; j++)
		printf("p%d,", j + 1);
	puts("y");
}

static double ink(uint64_t state, double i, double j)
{
	double sum = 0;

	for (int b = 0; b < BLOBS; b++) {
		double u = i - 5 - 18 * uniform(&state), v = j - 5 - 18 * uniform(&state);
		double d = (u * u + v * v) / 8;

		sum += 1 / (1 + d * d * d);
	}
	return sum;
}

static void row_of_images(const struct row *r)
{
	uint64_t state = 0;

	memcpy(&state, &r->z, sizeof state);
	uint64_t class = next(&state) % CLASSES, style = next(&state) % STYLES;
	double down = 4 * uniform(&state) - 2, right = 4 * uniform(&state) - 2;
	double contrast = 140 + 110 * uniform(&state);

	for (int i = 0; i < SIDE; i++)
		for (int j = 0; j < SIDE; j++) {
			double v = ink(1000 + class * STYLES + style, i + down, j + right);

			v = contrast * v + 200 * (uniform(&state) - 0.5) * (v + 0.4);
			printf("%d,", v < 30 ? 0 : v > 255 ? 255 : (int)v);
		}
	printf("c%d\n", (int)class);
}

static void head_of_ranking(void)
{
	printf("query,");
	for (int j = 0; j < FEATURES; j++)
		printf("x%d,", j + 1);
	puts("grade");
}

static void row_of_ranking(const struct row *r)
{
	static const double from[] = { 0.5, 1, 1.6, 2.4 };
	double merit = r->z + 0.8 * r->x[2] * r->x[3];
	int grade = 0;

	while (grade < 4 && merit > from[grade])
		grade++;
	printf("%ld,", r->number / 20);
	for (int j = 0; j < FEATURES; j++)
		printf("%.6f,", r->x[j]);
	printf("%d\n", grade);
}

static void head_of_cover(void)
{
	for (int j = 0; j < COVER_NUMBERS + COVER_AREAS + COVER_SOILS; j++)
		printf("x%d,", j + 1);
	puts("y");
}

/* Numbers of several widths about the middle of one of seven classes, and two categories as 0/1. */
static void row_of_cover(const struct row *r)
{
	static const int width[COVER_NUMBERS] = { 280, 110, 7, 212, 58, 1559, 27, 20, 38, 1324 };
	int class = (int)((r->number * 7919 + r->pick[3]) % 7);
	int area = (class + r->pick[0] % 2) % COVER_AREAS;
	int soil = (class * 5 + r->pick[1]) % COVER_SOILS;

	for (int j = 0; j < COVER_NUMBERS; j++)
		printf("%.0f,", 3000 + width[j] * (r->x[j] + (class * (j + 3)) % 7 * 0.35));
	for (int j = 0; j < COVER_AREAS; j++)
		printf("%d,", j == area);
	for (int j = 0; j < COVER_SOILS; j++)
		printf("%d,", j == soil);
	printf("t%d\n", class + 1);
}

static void head_of_blobs(void)
{
	puts("x1,x2,x3,x4,x5,x6,x7,x8,x9,x10");
}

/* One of 30 clouds, whose middles are drawn by their number. */
static void row_of_blobs(const struct row *r)
{
	long cloud = r->number * 7919 % 30;

	for (int j = 0; j < 10; j++)
		printf("%.6f%c", r->x[j] + (double)((cloud + 1) * (j + 5) * 7919 % 41) / 2 - 10,
		       j < 9 ? ',' : '\n');
}

static void head_of_clouds(void)
{
	puts("x1,x2,x3");
}

/* One of 12 clouds, or, one of 16 rows, anywhere. */
static void row_of_clouds(const struct row *r)
{
	long cloud = r->number * 7919 % 12;
	int alone = r->number % 16 == 5;

	for (int j = 0; j < 3; j++)
		printf("%.6f%c",
		       alone ? 5 * r->x[j]
			     : 0.8 * r->x[j] + (double)((cloud + 1) * (j + 5) * 7919 % 41) / 2 - 10,
		       j < 2 ? ',' : '\n');
}

static const struct shape {
	const char *name;
	void (*head)(void);
	void (*row)(const struct row *);
} shapes[] = {
	{ "numbers", head_of_numbers, row_of_numbers },
	{ "digits", head_of_numbers, row_of_digits },
	{ "mixed", head_of_mixed, row_of_mixed },
	{ "libsvm", no_head, row_of_libsvm },
	{ "predictions", head_of_predictions, row_of_predictions },
	{ "images", head_of_images, row_of_images },
	{ "ranking", head_of_ranking, row_of_ranking },
	{ "cover", head_of_cover, row_of_cover },
	{ "blobs", head_of_blobs, row_of_blobs },
	{ "clouds", head_of_clouds, row_of_clouds },
};

int main(int argc, char **argv)
{
	const struct shape *shape = NULL;
	long rows = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
	uint64_t state = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
	struct row row;

	for (size_t i = 0; argc > 1 && i < sizeof shapes / sizeof *shapes; i++)
		if (!strcmp(argv[1], shapes[i].name))
			shape = &shapes[i];
	if (!shape || rows < 1) {
		fputs("usage: make-table numbers|digits|mixed|libsvm|predictions|ranking|images|cover|blobs|clouds ROWS [SEED]\n", stderr);
		return 64;
	}
	shape->head();
	for (long i = 0; i < rows; i++) {
		draw(&row, &state);
		row.number = i;
		shape->row(&row);
	}
	if (fflush(stdout) || ferror(stdout)) {
		perror("make-table");
		return 74;
	}
	return 0;
}
