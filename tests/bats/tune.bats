#!/usr/bin/env bats
# ml-tune: searches run, printed, asked for; their journals, killed, shared and torn.
# Takes long.

load helper

# 90 rows, classes that x tells in part.
table() {
	awk 'BEGIN {
		print "id,x,z,city,y"
		for (i = 0; i < 90; i++) {
			x = i * 37 % 90
			print "r" i "," x "," i * 17 % 23 "," (i % 3 ? "ulm" : "bonn") "," (x + i * 29 % 40 > 64 ? "yes" : "no")
		}
	}' >t.csv
}

# A table of trials without the seconds, which differ from run to run.
settled() { cut -d, -f 1-5,7-; }

@test "ml-tune --print: one trial a line, conditions kept, values quoted for the shell" {
	ml-tune grid -p C=log:0.1:10:3 -p 'kernel=rbf,a poly' -p 'g=1,2 if kernel=rbf' --print >out
	[ "$(wc -l <out)" -eq 9 ]
	[ "$(sed -n 1p out)" = "--set C=0.1 --set kernel=rbf --set g=1" ]
	[ "$(sed -n 3p out)" = "--set C=0.1 --set kernel='a poly'" ]
	ml-tune grid -p C=log:0.1:10:3 -p 'kernel=rbf,a poly' -p 'g=1,2 if kernel=rbf' --print -0 | tr '\0' '\n' | cmp - out
	ml-tune grid -p a=1,2 --print -- prog -a {a} 'x y' '{trial}' >out
	[ "$(sed -n 2p out)" = "prog -a 2 'x y' 1" ]
	ml-tune random -p a=0:1.0 --trials 3 --print >one
	ml-tune random -p a=0:1.0 --trials 5 --print | head -3 | cmp - one
	ml-tune random -p a=0:1.0 --trials 3 --print --seed 1 >two
	! cmp -s one two || false
}

@test "ml-tune: estimators bring their own parameters, and their word comes first" {
	ml-tune grid -p algorithm=ridge,logistic -p ridge.alpha=1,2 --points 2 --print >out
	[ "$(sed -n 1p out)" = "ridge --set alpha=1" ]
	[ "$(sed -n 3p out | cut -d' ' -f 1,2)" = "logistic --set" ]
	! grep -q 'ridge\.\|logistic\.' out || false
	ml-tune grid -p algorithm=ridge,logistic -p ridge.alpha=1,2 --points 2 --print -- '{algorithm} {ridge.alpha:-none} {set}' >out
	[ "$(sed -n 1p out)" = "ridge 1 " ]
	grep -q '^logistic none --set C=' out
	ml-tune grid --space logistic --points 3 --print | grep -q -- '--set C='
	refused 64 E-USAGE "no ALGORITHM 'magic'" -- ml-tune grid -p algorithm=ridge,magic --print
	refused 64 E-USAGE "nothing to search" -- ml-tune grid --print
}

@test "ml-tune: placeholders that mean nothing are refused, braces that are none are kept" {
	refused 64 E-USAGE "{b} in the command is no parameter" -- ml-tune grid -p a=1,2 -- 'echo {b}'
	refused 64 E-USAGE "parameter 'g' is not in every trial" -- ml-tune grid -p k=u,v -p 'g=1,2 if k=u' -- 'echo {g}'
	refused 64 E-USAGE "{fold} in the command" -- ml-tune grid -p a=1,2 -- 'echo {fold}'
	ml-tune grid -p a=3,4 --print -- 'awk "{ print {a} }" ${a} {} {1} {{a}} {a:-x} {seed}' >out
	[ "$(head -1 out)" = 'awk "{ print 3 }" ${a} {} {1} {a} 3 0' ]
}

@test "ml-tune: the value of a trial is the last word printed; failures are rows" {
	ml-tune grid -p a=4,1,0,2 -- 'echo noise; echo value $((8 / {a})) ' >out.csv 2>err
	[ "$(cut -d, -f 2,3 out.csv | tr '\n' ' ')" = "state,value failed, done,8 done,4 done,2 " ]
	grep -q 'W-TRIAL' err
	grep -q '^0,failed,.*zero' out.csv
	refused 65 E-TRIAL "every trial has failed; the first: the command ended with status 3" -- ml-tune grid -p a=1,2 -- 'exit 3'
	refused 65 E-TRIAL "the last word printed is no number: 'abc'" -- ml-tune grid -p a=1,2 -- 'echo abc'
	refused 65 E-TRIAL "the command has printed nothing" -- ml-tune grid -p a=1,2 -- ':'
	run -65 ml-tune grid --strict -p a=1,0 -- 'echo $((1 / {a}))'
	[[ $output == *W-TRIAL*E-STRICT* ]]
	refused 64 E-USAGE "how many trials" -- ml-tune random -p a=0:1.0 -- 'echo {a}'
	refused 64 E-USAGE "expected -- and the command" -- ml-tune grid -p a=1,2
	refused 64 E-USAGE "the command is empty" -- ml-tune grid -p a=1,2 -- ' '
	refused 64 E-USAGE "need a table" -- ml-tune grid --refit -p a=1,2 -- 'echo {a}'
	refused 64 E-USAGE "what are the files for" -- ml-tune grid -p a=1,2 t.csv -- 'echo {a}'
	refused 64 E-USAGE "column of this name" -- ml-tune grid -p seconds=1,2 -- 'echo {seconds}'
	refused 64 E-USAGE "a --metric is better high or low by itself" -- ml-tune grid --maximize --metric auc -p a=1,2 -- 'echo {a}'
	refused 64 E-USAGE "no metric 'magic'" -- ml-tune grid --metric magic -p a=1,2 --print
}

@test "ml-tune: a value is the mean over folds that ml-cv and ml-eval give, its error theirs" {
	table
	ml-tune grid -p C=0.01,1 -q -y y --id id --stratify y --metric auc -k 4 t.csv -- ml-fit -q logistic -C {C} >out.csv
	for C in 0.01 1; do
		ml-cv -q -P -y y --id id --stratify y -k 4 "ml-fit -q logistic -C $C" t.csv |
			ml-eval -y y --metric auc --by fold | awk -F, '
				NR == 1 { for (i = 1; i <= NF; i++) if ($i == "value") v = i; next }
				/fold=/ { n++; s += $v; q += $v ^ 2 } END { m = s / n; printf "%.10f,%.8f\n", m, sqrt((q - n * m * m) / (n - 1) / n) }'
	done >want
	tail -n +2 out.csv | awk -F, '{ printf "%.10f,%.8f\n", $3, $4 }' >have
	diff have want
	ml-tune grid -p C=0.01,1 -q -y y --id id -b t.csv -- ml-fit -q logistic -C {C} | ml-clean | head -1 | grep -q '^trial,state'
	# A binary table brings its target, a quoted pipeline gets it.
	ml-clean -y y --id id -b t.csv | ml-tune grid -p C=0.01,1 -q --stratify y --cv 4 --metric auc -- 'ml-feat --scale standard -b | ml-fit -q logistic -C {C}' >two.csv
	[ "$(cut -d, -f 1-4 out.csv)" = "$(cut -d, -f 1-4 two.csv)" ]
}

@test "ml-tune: trials, values and table are the same for any -j, with every method and pruning" {
	table
	for method in $(sed -n 's/^ML_SEARCH(\(.*\))$/\1/p' "$BATS_TEST_DIRNAME"/../../lib/search/searches.def); do
		for j in 1 2 5; do
			ml-tune $method -q --trials 20 --lag 3 -j $j -p x=-2.0:2.0 -p k=a,b -- \
				'awk "BEGIN { x = {x}; print x * x + ({budget} < 1) + (\"{k}\" == \"a\") }"' | settled >$method.$j
		done
		cmp $method.1 $method.2
		cmp $method.1 $method.5
	done
	for j in 1 2 5; do
		ml-tune random -q --trials 12 --lag 3 --prune -k 4 -y y --id id -j $j -p C=log:1e-6:1e3 t.csv -- ml-fit -q logistic -C {C} |
			settled >prune.$j
	done
	cmp prune.1 prune.2
	cmp prune.1 prune.5
	grep -q ,pruned, prune.1
}

@test "ml-tune: killed at any moment and begun again, no finished trial is lost or run twice" {
	for ((k = 0; k < ${ML_TUNE_KILLS:-8}; k++)); do
		rm -f j j.* log
		for ((n = 0; n < 4; n++)); do
			ml-tune random -p x=0:1.0 --trials 40 -j 2 --journal j -- 'sleep 0.00{trial}; echo {trial} >>log; echo {x}' >out 2>/dev/null &
			pid=$!
			sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
			kill -9 $pid 2>/dev/null || true
			wait $pid || true
			cp j j.$n 2>/dev/null || :
		done
		ml-tune random -p x=0:1.0 --trials 40 -j 2 --journal j -- 'sleep 0.00{trial}; echo {trial} >>log; echo {x}' | settled >out.csv
		[ "$(wc -l <out.csv)" -eq 41 ]
		[ "$(wc -l <j)" -eq 41 ]
		[ "$(tail -n +2 j | sed 's/.*"trial":\([0-9]*\).*/\1/' | sort -n | tr '\n' ' ')" = "$(seq 0 39 | tr '\n' ' ')" ]
		# What had ended stands where it stood.
		for f in j.*; do cmp -n "$(wc -c <$f)" $f j || fail "$f is not the beginning"; done
	done
	ml-tune random -p x=0:1.0 --trials 40 -- 'echo {x}' | settled | cmp - out.csv
	# All have ended: nothing is run.
	ml-tune random -p x=0:1.0 --trials 40 -j 2 --journal j -- 'sleep 0.00{trial}; echo {trial} >>log; echo {x}' | settled | cmp - out.csv
}

@test "ml-tune: many processes on one journal run each trial once, and all write the same table" {
	for i in 1 2 3 4; do
		ml-tune random -p x=0:1.0 --trials 60 -j 2 --journal j -- 'echo {trial} >>log; echo {x}' >out.$i &
		pids="$pids $!"
	done
	for pid in $pids; do wait $pid; done
	[ "$(sort -n log | tr '\n' ' ')" = "$(seq 0 59 | tr '\n' ' ')" ]
	[ "$(wc -l <j)" -eq 61 ]
	for i in 2 3 4; do cmp out.1 out.$i; done
}

@test "ml-tune: processes that are killed while others go on, with a method that learns" {
	run_one() {
		exec ml-tune tpe -p x=-2.0:2.0 --lag 4 --trials 40 -j 2 --journal j -- 'echo {x} | awk "{ print \$1 * \$1 }"' >"out.$1" 2>/dev/null
	}
	for k in 1 2 3; do
		run_one 1 & a=$!
		run_one 2 & b=$!
		sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
		kill -9 $a 2>/dev/null || true
		run_one 3 & c=$!
		sleep "0.0$((RANDOM % 10))"
		kill -9 $b $c 2>/dev/null || true
		wait || true
	done
	run_one 1 & a=$!
	run_one 2 & b=$!
	wait $a
	wait $b
	cmp out.1 out.2
	[ "$(wc -l <j)" -eq 41 ]
	ml-tune tpe -p x=-2.0:2.0 --lag 4 --trials 40 -j 1 -- 'echo {x} | awk "{ print \$1 * \$1 }"' | settled >want
	settled <out.1 | cmp - want
}

@test "ml-tune: what a killed process was running is taken over" {
	# What a killed process has started runs on; bats would wait for it.
	ml-tune grid -p x=1,2,3 -j 1 --journal j -- '[ {x} != 2 ] || [ -e go ] || sleep 60; echo {x}' >/dev/null 3>&- &
	pid=$!
	soon '[ "$(wc -l <j 2>/dev/null)" = 2 ]'
	touch go
	ml-tune grid -p x=1,2,3 -j 1 --journal j -- '[ {x} != 2 ] || [ -e go ] || sleep 60; echo {x}' >out &
	other=$!
	soon '[ "$(wc -l <j)" = 3 ]'
	kill -9 $pid
	wait $other
	[ "$(cut -d, -f 1-3 out | tr '\n' ' ')" = "trial,state,value 0,done,1 1,done,2 2,done,3 " ]
}

@test "ml-tune: a torn line is removed, a damaged one is named, another search is told by what differs" {
	run_it() { ml-tune random -p x=0:1.0 --trials 5 --journal j "$@" -- 'echo {x}'; }
	run_it | settled >want
	head -c -9 j >torn
	cp torn j
	run_it 2>err | settled | cmp - want
	grep -q 'the last line .* W-TORN' err || grep -q 'W-TORN' err
	[ "$(wc -l <j)" -eq 6 ]
	# Any length of it.
	n=$(wc -c <j)
	for cut in 1 7 60 $((n / 2)) $((n - 40)); do
		head -c $((n - cut)) j >torn
		cp torn k
		ml-tune random -q -p x=0:1.0 --trials 5 --journal k -- 'echo {x}' | settled | cmp - want
	done
	refused 65 E-JOURNAL "'seed' is 0 there, and 1 here" -- ml-tune random -p x=0:1.0 --trials 5 --journal j --seed 1 -- 'echo {x}'
	refused 65 E-JOURNAL "'space' is \"x=real:0:1\" there, and \"x=real:0:2\" here" -- ml-tune random -p x=0:2.0 --trials 5 --journal j -- 'echo {x}'
	refused 65 E-JOURNAL "'method' is \"random\" there, and \"halton\" here" -- ml-tune halton -p x=0:1.0 --trials 5 --journal j -- 'echo {x}'
	refused 65 E-JOURNAL "'command' is" -- ml-tune random -p x=0:1.0 --trials 5 --journal j -- 'echo 1 {x}'
	table
	ml-tune grid -q -p C=1,2 -y y --id id --journal t t.csv -- ml-fit -q logistic -C {C} >/dev/null
	refused 65 E-JOURNAL "'metric' is" -- ml-tune grid -q -p C=1,2 -y y --id id --metric auc --journal t t.csv -- ml-fit -q logistic -C {C}
	echo 'r91,1,2,ulm,no' >>t.csv
	refused 65 E-JOURNAL "is 90 there, and 91 here" -- ml-tune grid -q -p C=1,2 -y y --id id --journal t t.csv -- ml-fit -q logistic -C {C}
	sed -i '3s/.*/{"trial":1,"state":"done"}/' j
	refused 65 E-JOURNAL "j:3: no trial: 'point' is not as it should be" -- ml-tune table --journal j
	sed -i '3s/.*/not json/' j
	refused 65 E-JOURNAL "j:3: not a line of JSON" -- ml-tune table --journal j
	refused 66 E-OPEN "none: the journal cannot be opened" -- ml-tune table --journal none
	: >empty
	refused 65 E-JOURNAL "no study" -- ml-tune table --journal empty
}

@test "ml-tune: more trials may be asked for later, and the first ones stay" {
	ml-tune random -p x=0:1.0 --trials 5 --journal j -- 'echo {x}' | settled >five
	ml-tune random -p x=0:1.0 --trials 9 --journal j -- 'echo {x}' | settled >nine
	head -6 nine | cmp - five
	[ "$(wc -l <nine)" -eq 10 ]
	ml-tune random -p x=0:1.0 --trials 3 --journal j -- 'exit 9' && fail "another command"
	ml-tune random -p x=0:1.0 --trials 3 --journal j -- 'echo {x}' | settled | cmp - <(head -4 five)
}

@test "ml-tune ask, tell: each trial is handed out once, and told once" {
	ml-tune grid -p a=1,2,3 -p k=u,v --journal j --create
	[ "$(ml-tune ask -n 2 --journal j)" = $'--set a=1 --set k=u\n--set a=1 --set k=v' ]
	[ "$(ml-tune ask --journal j -- 'run {trial} {a} {set}')" = "run 2 2 --set k=u" ]
	ml-tune tell --journal j --trial 0 --value 3
	ml-tune tell --journal j --value 2.5 -- --set a=1 --set k=v
	ml-tune tell --journal j --failed 'no luck' -- '--set a=2 --set k=u'
	printf 'trial,value,error\n3,1.5,\n4,,broken\n' | ml-tune tell --journal j
	refused 64 E-USAGE "trial 3 has ended already" -- ml-tune tell --journal j --trial 3 --value 1
	refused 64 E-USAGE "the trial with this setting has ended already (trial 1)" -- ml-tune tell --journal j --value 2 -- --set a=1 --set k=v
	refused 64 E-USAGE "no trial of this search" -- ml-tune tell --journal j --value 2 -- --set a=1
	refused 64 E-USAGE "'b=1' is not NAME=VALUE" -- ml-tune tell --journal j --value 2 -- --set b=1
	refused 64 E-USAGE "which trial" -- ml-tune tell --journal j --value 2
	refused 64 E-USAGE "what came of" -- ml-tune tell --journal j --trial 2
	refused 64 E-USAGE "'x' is not a number" -- ml-tune tell --journal j --trial 5 --value x
	[ "$(ml-tune ask -n 9 --journal j)" = "--set a=3 --set k=v" ]
	refused 1 E-WAIT "1 under way have not been told" -- ml-tune ask --journal j
	[ "$(ml-tune ask -n 9 --again --journal j)" = "--set a=3 --set k=v" ]
	ml-tune tell --journal j --trial 5 --value 0.5
	refused 1 E-WAIT "all 6 trials have ended" -- ml-tune ask --journal j
	ml-tune table --journal j | settled >out
	[ "$(cut -d, -f 1-3 out | tr '\n' ' ')" = "trial,state,value 0,done,3 1,done,2.5 2,failed, 3,done,1.5 4,failed, 5,done,0.5 " ]
	[ "$(ml-tune best --journal j --print)" = "--set a=3 --set k=v" ]
	[ "$(ml-tune best --journal j --print -- 'go {k} {a}')" = "go v 3" ]
}

@test "ml-tune ask, tell: a loop gives what a run gives, with a method that learns" {
	grep -q 'ML_SEARCH(tpe)' "$BATS_TEST_DIRNAME"/../../lib/search/searches.def || skip "no method that learns"
	ml-tune tpe --trials 30 --lag 4 -p x=-2.0:2.0 --journal run -- 'echo {x} | awk "{ print \$1 * \$1 }"' | settled >want
	ml-tune tpe --trials 30 --lag 4 -p x=-2.0:2.0 --journal j --create
	for ((turn = 0; turn < 60; turn++)); do
		ml-tune ask -n 3 --journal j -- '{trial} {x}' >asked 2>/dev/null || break
		tac asked | while read -r trial x; do
			ml-tune tell --journal j --trial "$trial" --value "$(awk "BEGIN { x = $x; print x * x }")"
		done
	done
	ml-tune table --journal j | settled | cmp - want
}

@test "ml-tune --print | xargs -P2 | ml-tune tell" {
	ml-tune grid -p a=1,2,3,4 --journal j --print |
		xargs -P2 -I{} sh -c 'ml-tune tell --journal j --value "${1#--set a=}" -- "$1"' sh {}
	[ "$(ml-tune table --journal j | tail -n +2 | cut -d, -f 2,3 | tr '\n' ' ')" = "done,1 done,2 done,3 done,4 " ]
	[ -z "$(ml-tune grid -p a=1,2,3,4 --journal j --print)" ]
}

@test "ml-tune: a run leaves alone what was handed out, unless --again" {
	ml-tune grid -p a=1,2,3 --journal j --create -- 'echo {a}'
	ml-tune ask --journal j -- '{a}' >/dev/null
	run -1 ml-tune grid -p a=1,2,3 --journal j -- 'echo {a}'
	[[ $output == *"1 trials that ml-tune ask handed out have not been told"* ]]
	ml-tune grid -p a=1,2,3 --journal j --again -- 'echo {a}' | settled >out
	[ "$(grep -c ,done, out)" -eq 3 ]
}

@test "ml-tune --refit: the model is the one that the pipeline makes of all rows" {
	table
	ml-tune grid -p C=0.001,1,100 -q -y y --id id --metric auc --refit -o best.mls t.csv -- ml-fit -q logistic -C {C}
	C=$(ml-tune grid -p C=0.001,1,100 -q -y y --id id --metric auc t.csv -- ml-fit -q logistic -C {C} |
		tail -n +2 | sort -t, -k3,3gr | head -1 | cut -d, -f 9)
	ml-clean -y y --id id -b t.csv | ml-fit -q logistic -C "$C" >own.mls
	ml-show --json best.mls | jq 'del(.lineage)' >a.json
	ml-show --json own.mls | jq 'del(.lineage)' | cmp - a.json
	ml-predict -P -m best.mls t.csv >a.csv
	ml-predict -P -m own.mls t.csv | cmp - a.csv
	ml-show --json best.mls | jq -e '.lineage[0].program == "ml-tune"'
	for j in 1 3; do ml-tune grid -j $j -p C=0.001,1,100 -q -y y --id id --metric auc --refit t.csv -- ml-fit -q logistic -C {C} | cmp - best.mls; done
	refused 64 E-USAGE "refusing to write a model to a terminal" -- script -qec "ml-tune grid -p C=1,2 -y y --refit t.csv -- ml-fit logistic -C {C} 2>err" /dev/null || grep -q 'to a terminal' err
}

@test "ml-tune in the quotes of ml-cv" {
	table
	ml-cv -q -P -y y --id id -k 3 'ml-tune grid -q -p C=0.01,1 --cv 3 --metric auc --refit -- ml-fit -q logistic -C {C}' t.csv >one.csv
	[ "$(wc -l <one.csv)" -eq 91 ]
	ml-cv -j 1 -q -P -y y --id id -k 3 'ml-tune grid -q -p C=0.01,1 --cv 3 --metric auc --refit -- ml-fit -q logistic -C {C}' t.csv | cmp - one.csv
}

@test "ml-tune: time ends a search, what has ended counts, and it can go on" {
	ml-tune grid -p 'x=0.05,0.1,60' -j 1 --max-seconds 1 --journal j -- 'sleep {x}; echo {x}' >out.csv
	[ "$(cut -d, -f 1-3 out.csv | tr '\n' ' ')" = "trial,state,value 0,done,0.05 1,done,0.1 " ]
	[ "$(wc -l <j)" -eq 3 ]
}

@test "ml-tune: SIGINT and SIGTERM leave the table, a journal that goes on, and no file" {
	mkdir tmp
	for signal in INT TERM; do
		rm -f j
		(TMPDIR=$PWD/tmp exec env --default-signal=INT,TERM setsid ml-tune grid -p x=1,2,3 -j 1 --journal j -- '[ {x} = 1 ] || sleep 30; echo {x}' >out.csv) &
		pid=$!
		soon '[ "$(wc -l <j 2>/dev/null)" = 2 ]'
		kill -$signal $pid
		wait $pid
		[ "$(cut -d, -f 1-3 out.csv | tr '\n' ' ')" = "trial,state,value 0,done,1 " ]
		[ "$(wc -l <j)" -eq 2 ]
		[ -z "$(ls tmp)" ]
	done
}

@test "ml-tune: a disk that is full is told" {
	run -74 ml-tune grid -p a=1,2 -o /dev/full -- 'echo {a}'
	run -74 bash -c "ml-tune grid -p a=1,2 --print >/dev/full"
	run -74 bash -c "ulimit -f 1; ml-tune random -p a=0:1.0 --trials 40 --journal j -- 'echo {a}' >/dev/null"
	[[ $output == *"journal"* ]]
	# It goes on where there is room again.
	ml-tune random -q -p a=0:1.0 --trials 40 --journal j -- 'echo {a}' | settled >have
	ml-tune random -p a=0:1.0 --trials 40 -- 'echo {a}' | settled | cmp - have
}

@test "ml-tune best: one standard error, Pareto front; importance" {
	{
		ml-tune random -p a=0:1.0 --trials 5 --create --journal j && cat j
		for i in 0 1 2 3 4; do
			set -- $(sed -n $((i + 1))p <<<$'0.90 0.02 900 9\n0.91 0.02 500 5\n0.92 0.02 1000 8\n0.80 0.02 100 1\n0.92 0.02 1200 20')
			a=$(ml-tune random -p a=0:1.0 --trials 5 --print | sed -n "$((i + 1))s/.*=//p")
			echo "{\"trial\":$i,\"state\":\"done\",\"point\":{\"a\":\"$a\"},\"budget\":1,\"value\":$1,\"se\":$2,\"model_bytes\":$3,\"seconds\":$4}"
		done
	} >k
	sed -i '1s/"maximize":false/"maximize":true/' k
	ids() { tail -n +2 | cut -d, -f 1 | tr '\n' ' '; }
	[ "$(ml-tune best --journal k | ids)" = "2 " ]
	[ "$(ml-tune best --rule one-se --journal k | ids)" = "1 " ]
	[ "$(ml-tune best --pareto bytes --journal k | ids)" = "3 1 2 " ]
	[ "$(ml-tune best --pareto seconds --journal k | ids)" = "3 1 2 " ]
	refused 65 E-TRIAL "only 5 trials" -- ml-tune importance --journal k
	ml-tune random -p x=-2.0:2.0 -p none=0:1.0 -p k=a,b --trials 200 --journal i -- 'awk "BEGIN { x = {x}; print x * x }"' >/dev/null
	ml-tune importance --journal i >out
	[ "$(sed -n 2p out | cut -d, -f 1)" = x ]
	awk -F, 'NR == 2 { exit !($2 > 0.8) }' out
	awk -F, 'NR > 1 { s += $2 } END { exit !(s > 0.999999 && s < 1.000001) }' out
}

@test "ml-tune: folds by group and time, repeats, tables from standard input" {
	table
	ml-tune grid -q -p C=0.1,1 -y y --group city --ignore id -k 2 --metric auc t.csv -- ml-fit -q logistic -C {C} >out
	ml-cv -q -P -y y --group city --ignore id -k 2 'ml-fit -q logistic -C 1' t.csv | ml-eval -y y --metric auc --by fold |
		awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "value") v = i; next } /fold=/ { s += $v / 2 } END { printf "%.9f\n", s }' >want
	awk -F, 'NR == 3 { printf "%.9f\n", $3 }' out | cmp - want
	ml-tune grid -q -p C=1 -y y --time z --ignore id -k 4 --metric log-loss --journal j -- ml-fit -q logistic -C {C} <t.csv >/dev/null
	[ "$(sed -n 2p j | jq '.folds | length')" -eq 3 ]
	ml-tune grid -q -p C=1 -y y --id id --repeats 3 -k 4 --metric log-loss --journal k -- ml-fit -q logistic -C {C} <t.csv >/dev/null
	[ "$(sed -n 2p k | jq '.folds | length')" -eq 12 ]
	refused 64 E-USAGE "folds by time are always the same" -- ml-tune grid -p C=1,2 -y y --time z --repeats 2 t.csv -- ml-fit logistic -C {C}
	refused 64 E-USAGE "every fit would write this file" -- ml-tune grid -p C=1,2 -y y t.csv -- 'ml-clean --save x -b | ml-fit logistic -C {C}'
}

@test "ml-tune: other programs fit and predict" {
	table
	ml-tune grid -q -p c=yes,no -y y --fold-format csv --metric accuracy --predict-cmd 'awk -v c={c} "NR == 1 { print \"pred\" } NR > 1 { print c }"' t.csv -- 'cat >/dev/null' >out
	awk -F, 'NR > 1 { s += $3 } END { exit !(s > 0.99999 && s < 1.00001) }' out
}

@test "ml-tune: budgets are shares of the training rows, or what {budget} is made of them" {
	table
	ml-tune halving -q -p C=log:0.01:100 -y y --id id --metric log-loss -j 2 --journal j t.csv -- ml-fit -q logistic -C {C} >out
	[ "$(tail -n +2 out | cut -d, -f 5 | sort -u | wc -l)" -gt 1 ]
	# The best is sought among those on the full budget.
	ml-tune best --journal j | awk -F, 'NR == 2 { exit $5 != 1 }'
	ml-tune halving -q -p x=0:1.0 --resource 81 -- 'echo {budget}' >out
	[ "$(tail -n +2 out | cut -d, -f 3 | sort -n | tail -1)" = 81 ]
	refused 64 E-USAGE "must say what {budget} of it means" -- ml-tune halving -p x=0:1.0 -- 'echo {x}'
}

@test "ml-tune: a fit that ends well when it is told to stop does not count" {
	table
	ml-tune grid -q -p s=0,5 -k 2 -y y --id id -j 1 --max-seconds 2 --journal j t.csv -- 'trap "exec ml-fit -q dummy" TERM; sleep {s}; ml-fit -q logistic' >out
	[ "$(wc -l <out)" -eq 2 ]
	[ "$(wc -l <j)" -eq 2 ]
}

@test "ml-tune: a terminal is told how many have ended, the best so far, and the time left" {
	command -v script >/dev/null || skip "no script(1)"
	script -qec "ml-tune random -p x=0:1.0 --trials 20 -j1 --maximize -- 'sleep 0.05; echo {x}' >/dev/null" /dev/null | tr '\r' '\n' >said
	grep -q 'ml-tune: trial [0-9]* of 20, best 0\.[0-9]*, [0-9]* s left' said
}

@test "ml-tune: warnings of fits are passed on once, and a step that has seen all rows is told" {
	table
	sed -i '3s/,[0-9]*,/,,/' t.csv
	ml-tune grid -p C=0.1,1 -j 1 -y y --id id t.csv -- ml-fit logistic -C {C} 2>err >/dev/null
	# One kind is of fitting, one of predicting.
	[ "$(grep -c 'trial 0 fold [0-9]*: .*W-IMPUTED' err)" -eq 2 ]
	[ "$(wc -l <err)" -eq 2 ]
	ml-clean -q -y y --id id --impute mean -b t.csv | ml-tune grid -p C=0.1,1 --cv 3 -- ml-fit -q logistic -C {C} 2>err >/dev/null
	grep -q "W-LEAK" err
}
