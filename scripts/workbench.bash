# Sourced by the scripts that measure nsbench: a work directory that goes when
# they end, the programs to measure with, and how to read what they print.
#
# NSBENCH=/path/to/nsbench measures that program instead of this tree's.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nsbench=${NSBENCH:-$work/nsbench}
peer=$work/peer
record=$work/out/result.jsonl
figures=$work/figures.json

die() {
	echo "${0##*/}: $1" >&2
	exit "${2:-1}"
}

# options_into "NAME..." ARG...: takes "--name value" for each NAME into the
# variable of that name.
options_into() {
	local known=" ${1:-} "
	shift
	while (($#)); do
		[[ $1 == --* && $known == *" ${1#--} "* ]] || die "$1: not an option; its options are:$known" 2
		(($# >= 2)) || die "$1: needs a value" 2
		printf -v "${1#--}" %s "$2"
		shift 2
	done
}

build_nsbench() {
	[[ -n ${NSBENCH:-} ]] || (cd "$root" && CGO_ENABLED=0 go build -o "$nsbench" ./cmd/nsbench)
}

# run_nsbench ARG...: one run. Its record is left in $record, its figures as JSON
# in $figures.
run_nsbench() {
	"$nsbench" run --force --out "$work/out" -q --format json "$@" >"$figures"
}

# run_peer ARG...: one run of the C program, on the CPUs that nsbench chose.
run_peer() {
	"$peer" --cpus "$cpus" "$@"
}

# Builds both programs, and runs nsbench once for the CPUs that it chooses.
build_both() {
	build_nsbench
	"$root/scripts/peers/build" "$peer"
	run_nsbench --primitives pipe-eof --placement cross-cpu --iterations 20
	local header
	IFS= read -r header <"$record"
	[[ $header =~ \"cpu_parent\":([0-9]+) ]] || die "the record names no CPU of the parent"
	cpus=${BASH_REMATCH[1]}
	[[ $header =~ \"cpu_child\":([0-9]+) ]] || die "the record names no CPU of the child"
	cpus+=,${BASH_REMATCH[1]}
}

# value KEY LINE: the value of "key=value" in that line.
value() {
	[[ " $2 " =~ " $1="([^ ]*)" " ]] || die "the C program printed no $1"
	echo "${BASH_REMATCH[1]}"
}

# over PROGRAM ARG...: awk/PROGRAM.awk with what it needs of awk/record.awk.
over() {
	local program=$1
	shift
	awk -f "$root/scripts/awk/record.awk" -f "$root/scripts/awk/$program.awk" "$@"
}

# watch_memory PID: the peak of the memory of a process in KiB, once it has ended.
# One that has has no VmHWM, even before it is reaped.
watch_memory() {
	local peak='' now
	while now=$(awk '/^VmHWM:/ { print $2 }' "/proc/$1/status" 2>/dev/null) && [[ $now ]]; do
		peak=$now
		sleep 0.1
	done
	echo "$peak"
}
