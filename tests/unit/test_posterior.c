/* test_posterior.c - log probabilities of nb, lda and qda against other programs.
 *
 * Expected: scikit-learn 1.2.1 (GaussianNB, MultinomialNB, ComplementNB, BernoulliNB,
 * CategoricalNB, LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis); lda and qda
 * without shrinkage are the same in R's MASS 7.3-58.2 to 13 digits.  Shrunk ones are worked out
 * with numpy 1.24.2 from the formulas in ml-models(7), the automatic share with
 * sklearn.covariance.ledoit_wolf of the rows about their class means. */
#include "posterior.h"

static void expect(const char *name, const char *options, const struct ml_problem *p,
		   const double *x, const double *want, double tol)
{
	struct fitted f;
	double got[Q * K], prob[Q * K];

	fit(&f, name, options, p);
	CHECK(!f.rc && f.rep.converged && isfinite(f.rep.objective));
	ask(&f, x, Q, P, true, got);
	ask(&f, x, Q, P, false, prob);
	for (size_t i = 0; i < Q * K; i++) {
		/* Where it is near 0 the other program has the rounding of its largest score.
		 */
		if (!(fabs(got[i] - want[i]) <= tol * fabs(want[i]) + 2e-14 * 500))
			printf("# %s %s: ", name, options);
		NEAR(got[i] + 1, want[i] + 1, tol, "digits printed, and rounding of the peer");
		CHECK(got[i] <= 0 && fabs(exp(got[i]) - prob[i]) <= 1e-14);
	}
	done(&f);
}

TEST("nb --kind gaussian: scikit-learn's log probabilities; smoothing, priors, weights")
{
	struct table t;
	static const double plain[] = { 0,
					-45.7589093040726,
					-98.2779641313599,
					-367.427338342167,
					-0.0505860964911014,
					-3.00926494081974,
					-341.005543599076,
					-2.03511874019568e-09,
					-20.0127116720955 };
	static const double smooth[] = { -1.9498389054462e-05, -10.84518862243,
					 -26.463513124101,     -22.4314027625164,
					 -0.455851132265843,   -1.00487115389795,
					 -16.245824975021,     -0.00548368783672082,
					 -5.20873412586102 };
	static const double weighted[] = { 0,
					   -54.5544221010607,
					   -97.0039450716786,
					   -370.760382946721,
					   -0.0650942529871865,
					   -2.76428959358473,
					   -349.186110986074,
					   -1.67699978348423e-08,
					   -17.9036744090614 };

	table_make(&t);
	expect("nb", "kind=gaussian", &t.p, queries, plain, 1e-12);
	expect("nb", "kind=mixed", &t.p, queries, plain, 1e-12); /* of numbers: the same */
	expect("nb",
	       "kind=gaussian var-smoothing=0.1 priors=setosa=0.2,versicolor=0.5,virginica=0.3",
	       &t.p, queries, smooth, 1e-12);
	t.p.w = t.w;
	expect("nb", "kind=gaussian var-smoothing=0", &t.p, queries, weighted, 1e-12);
}

TEST("nb --kind multinomial, complement, bernoulli: scikit-learn's log probabilities")
{
	struct table t;
	static const double plain[] = { -0.381386745211774, -1.59950903233643,
					-2.16203556451295,  -2.89080141171686,
					-0.692245207902975, -0.811892160546083,
					-3.57536683970791,  -0.776877009087883,
					-0.669127960234341 };
	static const double weighted[] = { -0.399018632213538, -1.57965442167656,
					   -2.095770052886,    -3.31079192837214,
					   -0.698079142979193, -0.763628352322389,
					   -4.08969540215788,  -0.793576061071882,
					   -0.63293497341752 };
	static const double complement[] = { -0.610558949599701, -1.32414909606258,
					     -1.65588233065803,  -1.24067029426019,
					     -1.15993139351523,  -0.923058580077832,
					     -1.49497372556213,  -1.17044950684752,
					     -0.764604423328144 };
	static const double norm[] = {
		-0.962181085563536, -1.11718658977611, -1.23531803977146,
		-1.03683089929046,  -1.08938564572402, -1.17441304880362,
		-1.08280051151128,  -1.0857765665325,  -1.12789270499934
	};
	static const double bernoulli[] = { -0.131463139560464, -2.98134353610189,
					    -2.62466859216316,  -2.89037175789616,
					    -0.944461608840851, -0.587786664902119,
					    -4.35670882668959,  -0.349375641457121,
					    -1.26566637333128 };

	table_make(&t);
	expect("nb", "kind=multinomial", &t.p, queries, plain, 1e-13);
	expect("nb", "kind=complement", &t.p, queries, complement, 1e-13);
	expect("nb", "kind=complement norm=yes alpha=0.5", &t.p, queries, norm, 1e-13);
	expect("nb", "kind=bernoulli binarize=2.9", &t.p, queries, bernoulli, 1e-13);
	t.p.w = t.w;
	expect("nb", "kind=multinomial alpha=0.25", &t.p, queries, weighted, 1e-13);
}

static const int levels[P] = { 8, 5, 7, 3 };

static void to_codes(double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = floor(x[i]);
}

TEST("nb --kind categorical: scikit-learn's log probabilities")
{
	struct table t;
	double x[Q * P];
	static const double want[] = { -0.000186777160633866, -9.37967088353092,
				       -9.18724184965891,     -9.41154487607538,
				       -0.0205982920970174,   -3.89684764109542,
				       -8.24311298512281,     -0.00342242329797582,
				       -5.75923934350811 };

	table_make(&t);
	memcpy(x, queries, sizeof x);
	to_codes(x, Q * P);
	to_codes(t.x, N * P);
	t.p.levels = levels;
	t.p.w = t.w;
	expect("nb", "kind=categorical alpha=0.5", &t.p, x, want, 1e-13);
	expect("nb", "kind=mixed alpha=0.5", &t.p, x, want,
	       1e-13); /* of categories: the same */
}

TEST("lda: log probabilities of MASS and scikit-learn; priors; shrinkage by the formula")
{
	struct table t;
	static const double plain[] = { 0,
					-55.8019160350409,
					-134.507169382463,
					-76.1894395827254,
					-0.00013791822142318,
					-8.8889186051642,
					-92.9787654887363,
					-0.00548674512668276,
					-5.20816219059396 };
	static const double priors[] = { 0,
					 -54.8856253031667,
					 -134.101704274355,
					 -77.1056751495935,
					 -8.27532154051673e-05,
					 -9.39968906392418,
					 -93.892865133759,
					 -0.00329565827527574,
					 -5.71679672750855 };
	static const double some[] = { 0,
				       -41.0105676950685,
				       -95.6484435372539,
				       -55.2732448099308,
				       -0.0151101982195248,
				       -4.1999309702245,
				       -61.4560272703826,
				       -0.00153660261846866,
				       -6.47894959439368 };
	static const double wolf[] = { 0,
				       -43.647151771064,
				       -101.767352792586,
				       -58.6712016136702,
				       -0.00648412443532864,
				       -5.0416387945468,
				       -67.5085102718047,
				       -0.00306009993984357,
				       -5.79083736326609 };

	table_make(&t);
	expect("lda", "", &t.p, queries, plain, 1e-12);
	expect("lda", "priors=setosa=2,versicolor=5,virginica=3", &t.p, queries, priors, 1e-12);
	expect("lda", "shrinkage=0.3", &t.p, queries, some, 1e-12);
	expect("lda", "shrinkage=auto", &t.p, queries, wolf, 1e-12);
}

TEST("qda: log probabilities of MASS and scikit-learn; shrinkage by the formula")
{
	struct table t;
	static const double plain[] = { 0,
					-127.797087598741,
					-102.582055990878,
					-570.762870511828,
					-0.012187649441455,
					-4.41341981648214,
					-489.29508838088,
					0,
					-61.058980475731 };
	static const double wolf[] = { 0,
				       -44.5465193113611,
				       -86.9717423644189,
				       -186.173019520205,
				       -0.0289425666370224,
				       -3.55687825404892,
				       -154.275251342616,
				       -2.99359426136903e-10,
				       -21.9293761267614 };

	table_make(&t);
	expect("qda", "", &t.p, queries, plain, 1e-12);
	expect("qda", "shrinkage=auto", &t.p, queries, wolf, 1e-12);
}

int main(void)
{
	return ml_tests_run();
}
