# Holds the figures that the simulations of bench/stat log to their bounds, which
# are those of the tests. A line is one of go test -v.

BEGIN {
	least["TestCoverage"] = 94
	most["TestCoverage"] = 97
	least["TestComparisonCovers"] = 94
	most["TestComparisonCovers"] = 98.5
	least["TestStoppingKeepsCoverage"] = 94
	most["TestStoppingKeepsCoverage"] = 100
	least["TestFalseAlarms"] = 0
	most["TestFalseAlarms"] = 5
}

/^=== (RUN|CONT|NAME) / {
	test = conditions = $3
	sub("/.*", "", test)
	sub("[^/]*/?", "", conditions)
	gsub("_", " ", conditions)
}

/ of [0-9]+, [0-9.]+ %$/ && test in least {
	what = $0
	sub("^[^:]*:[0-9]+: ", "", what)
	sub(":.*", "", what)
	held = $(NF - 1) >= least[test] && $(NF - 1) <= most[test]
	printf "%-26s %-44s %-13s %8.2f %%  bound %s to %s %% %s\n", test, conditions, what,
		$(NF - 1), least[test], most[test], held ? "held" : "MISSED"
	figures++
	missed += !held
}

END { exit missed > 0 || !figures }
