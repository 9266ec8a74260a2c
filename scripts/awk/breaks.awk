# Sums up what becomes of profiles when a process is killed or a stage is left out. The
# input is what nsbench export --format markdown prints of that: for each profile a table
# and notes, of which the first sentence that begins with its name is kept, and a table of
# the stages that are left out, of which those without which the world is not whole.

/^### .*: a process is killed/ {
	name = substr($0, 5)
	sub(/: a process is killed.*/, "", name)
	left = 0
}

/^### What becomes of .* when a stage is left out/ {
	left = 1
}

/^[*] / && !left {
	if (/^[*] open: /)
		head = substr($0, 3) "\n"
	else if (index($0, "* " name " ") == 1)
		told = told "* `" name "`" substr($0, length(name) + 3) "\n"
}

/^[|]/ && left && !/[|] whole [|]/ { dropped = dropped $0 "\n" }
/^[|] `/ && left { ++stages }
/^[|] `/ && left && /[|] whole [|]/ { ++whole }
/^<details/ { left = 0 }

/^[*] / && left { behind = behind $0 "\n" }

END {
	if (told == "" || dropped == "") {
		print "no breaks in the report" > "/dev/stderr"
		exit 1
	}
	printf "%s\nWhere a process is killed right after a stage:\n\n%s\n", head, told
	printf "Where a stage is left out: of %d stages, %d leave the world whole. The others:\n\n%s\n%s", stages, whole, dropped, behind
}
