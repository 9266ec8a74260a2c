package condition

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A Place is how the CPUs of the two sides lie to each other.
type Place string

// The places.
const (
	SameCPU  Place = "same-cpu"  // one for both
	CrossCPU Place = "cross-cpu" // two cores, that share the last cache where two do
	SMT      Place = "smt"       // two threads of one core
	CrossLLC Place = "cross-llc" // two cores that do not share the last cache
)

// Places are all of them, in a fixed order.
func Places() []Place { return []Place{SameCPU, CrossCPU, SMT, CrossLLC} }

// A Pair is the CPUs of the two sides.
type Pair struct{ Parent, Child int }

// ErrNoPair says that no two CPUs lie as they should.
var ErrNoPair = errors.New("no such pair of CPUs")

// FindPair returns the first pair of usable CPUs that lies so, by what the kernel
// tells below sys/devices/system/cpu of the files: topology/core_cpus_list and
// cache/indexN. Documentation/admin-guide/cputopology.rst and
// Documentation/ABI/testing/sysfs-devices-system-cpu of the kernel.
//
// Where it tells nothing, each CPU is taken for a core of its own, and nobody is
// known to share a cache: same-cpu and cross-cpu can be had all the same, and the
// others are refused.
func FindPair(files fs.FS, place Place, usable []int) (Pair, error) {
	if len(usable) == 0 {
		return Pair{}, fmt.Errorf("placement %s: %w: no usable CPU", place, ErrNoPair)
	}
	if place == SameCPU {
		return Pair{usable[0], usable[0]}, nil
	}
	cpus := make([]location, len(usable))
	for i, cpu := range usable {
		cpus[i] = locate(files, cpu)
	}
	fits, missing := place.rule(usable)
	if fits == nil {
		return Pair{}, fmt.Errorf("placement %q: want one of %v", place, Places())
	}
	best, found := Pair{}, 0
	for i, parent := range cpus {
		for _, child := range cpus[i+1:] {
			if rank := fits(parent, child); rank > found {
				best, found = Pair{parent.cpu, child.cpu}, rank
			}
		}
	}
	if found == 0 {
		return Pair{}, fmt.Errorf("placement %s: %w: %s", place, ErrNoPair, missing)
	}
	return best, nil
}

// rule returns how well a pair fits, 0 being not at all, and what is missing
// where none does. Of pairs that fit equally well the first is taken.
func (p Place) rule(usable []int) (fits func(a, b location) int, missing string) {
	mask := "this process may use CPU " + List(usable)
	switch p {
	case CrossCPU:
		return crossing, mask + " alone: extend its mask by taskset -c, or the cpuset of its control group"
	case SMT:
		return func(a, b location) int {
			return truth(slices.Contains(a.core, b.cpu))
		}, "no two of them share a core (" + mask + "): SMT is off, or cannot be seen in a virtual machine, or taskset -c leaves the siblings out: see /sys/devices/system/cpu/smt/control"
	case CrossLLC:
		return func(a, b location) int {
			return truth(a.llc != nil && b.llc != nil && !slices.Contains(a.llc, b.cpu))
		}, "no two of them are known to have different last caches (" + mask + "): extend its mask by taskset -c to a second cache, if there is one: see lscpu -e"
	}
	return nil, ""
}

// crossing prefers two cores with one last cache to two cores, and those to two
// threads of a core.
func crossing(a, b location) int {
	switch {
	case slices.Contains(a.core, b.cpu):
		return 1
	case slices.Contains(a.llc, b.cpu):
		return 3
	}
	return 2
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A location is where a CPU lies. A list that the kernel does not tell is nil.
type location struct {
	cpu  int
	core []int // the CPUs that share its core
	llc  []int // the CPUs that share its last cache
}

func locate(files fs.FS, cpu int) location {
	dir := fmt.Sprintf("sys/devices/system/cpu/cpu%d", cpu)
	core := readList(files, path.Join(dir, "topology/core_cpus_list"))
	if core == nil { // its name before Linux 5.3
		core = readList(files, path.Join(dir, "topology/thread_siblings_list"))
	}
	return location{cpu, core, lastCache(files, dir)}
}

// lastCache returns who shares the cache of the highest level that holds data.
func lastCache(files fs.FS, dir string) (shared []int) {
	indexes, err := fs.Glob(files, path.Join(dir, "cache/index*"))
	if err != nil {
		return nil
	}
	highest := 0
	for _, index := range indexes {
		level, err := strconv.Atoi(read(files, path.Join(index, "level")))
		if err != nil || level <= highest || read(files, path.Join(index, "type")) == "Instruction" {
			continue
		}
		highest, shared = level, readList(files, path.Join(index, "shared_cpu_list"))
	}
	return shared
}

func read(files fs.FS, name string) string {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

func readList(files fs.FS, name string) []int {
	cpus, err := ParseList(read(files, name))
	if err != nil {
		return nil
	}
	return cpus
}

// maxCPUs is more than any kernel can be built for.
const maxCPUs = 1 << 16

// ParseList parses CPU numbers as the kernel and taskset write them, such as
// "0-3,8". cpuset(7), "List format".
func ParseList(s string) ([]int, error) {
	var cpus []int
	for part := range strings.SplitSeq(s, ",") {
		low, high, isRange := strings.Cut(part, "-")
		from, err := strconv.Atoi(low)
		to := from
		if err == nil && isRange {
			to, err = strconv.Atoi(high)
		}
		if err != nil || from < 0 || to < from || to >= maxCPUs {
			return nil, fmt.Errorf("CPU list %q: %q is neither a number nor a range", s, part)
		}
		for cpu := from; cpu <= to; cpu++ {
			cpus = append(cpus, cpu)
		}
	}
	slices.Sort(cpus)
	return slices.Compact(cpus), nil
}

// List is what ParseList parses, as short as can be.
func List(cpus []int) string {
	cpus = slices.Clone(cpus)
	slices.SortFunc(cpus, cmp.Compare[int])
	var parts []string
	for i := 0; i < len(cpus); {
		end := i
		for end+1 < len(cpus) && cpus[end+1] <= cpus[end]+1 {
			end++
		}
		part := strconv.Itoa(cpus[i])
		if cpus[end] != cpus[i] {
			part += "-" + strconv.Itoa(cpus[end])
		}
		parts = append(parts, part)
		i = end + 1
	}
	return strings.Join(parts, ",")
}
