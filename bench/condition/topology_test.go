package condition

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// A machine is CPUs by core and last cache, each list as the kernel writes it.
type machine []struct{ core, llc string }

func (m machine) files(coreList string) fstest.MapFS {
	files := fstest.MapFS{}
	for cpu, at := range m {
		dir := fmt.Sprintf("sys/devices/system/cpu/cpu%d/", cpu)
		for name, text := range map[string]string{
			"topology/" + coreList:         at.core,
			"cache/index0/level":           "1",
			"cache/index0/type":            "Data",
			"cache/index0/shared_cpu_list": at.core,
			"cache/index1/level":           "4", // none such is known: it must not count
			"cache/index1/type":            "Instruction",
			"cache/index1/shared_cpu_list": at.core,
			"cache/index3/level":           "3",
			"cache/index3/type":            "Unified",
			"cache/index3/shared_cpu_list": at.llc,
		} {
			files[dir+name] = &fstest.MapFile{Data: []byte(text + "\n")}
		}
	}
	return files
}

var (
	// Two threads a core, siblings half the machine apart, two last caches.
	server = machine{
		{"0,4", "0,2,4,6"}, {"1,5", "1,3,5,7"}, {"2,6", "0,2,4,6"}, {"3,7", "1,3,5,7"},
		{"0,4", "0,2,4,6"}, {"1,5", "1,3,5,7"}, {"2,6", "0,2,4,6"}, {"3,7", "1,3,5,7"},
	}
	plain   = machine{{"0", "0-1"}, {"1", "0-1"}}
	oneCore = machine{{"0-1", "0-1"}, {"0-1", "0-1"}}
	apart   = machine{{"0", "0"}, {"1", "1"}}
)

func TestFindPair(t *testing.T) {
	for _, test := range []struct {
		name    string
		machine machine
		place   Place
		usable  []int
		want    Pair
		err     string
	}{
		{"server", server, SameCPU, []int{3, 5}, Pair{3, 3}, ""},
		{"server", server, CrossCPU, []int{0, 1, 2, 3, 4, 5, 6, 7}, Pair{0, 2}, ""}, // not 1, with another cache
		{"server", server, SMT, []int{0, 1, 2, 3, 4, 5, 6, 7}, Pair{0, 4}, ""},
		{"server", server, CrossLLC, []int{0, 1, 2, 3, 4, 5, 6, 7}, Pair{0, 1}, ""},
		{"server, half", server, CrossCPU, []int{1, 2, 4}, Pair{2, 4}, ""},
		{"server, two caches", server, CrossCPU, []int{1, 2}, Pair{1, 2}, ""},
		{"server, one core", server, CrossCPU, []int{1, 5}, Pair{1, 5}, ""},
		{"server, no siblings", server, SMT, []int{0, 1, 2, 3}, Pair{}, "no two of them share a core (this process may use CPU 0-3): SMT is off"},
		{"server, one cache", server, CrossLLC, []int{0, 2, 4, 6}, Pair{}, "different last caches (this process may use CPU 0,2,4,6)"},
		{"plain", plain, CrossCPU, []int{0, 1}, Pair{0, 1}, ""},
		{"plain", plain, SMT, []int{0, 1}, Pair{}, "SMT is off"},
		{"plain", plain, CrossLLC, []int{0, 1}, Pair{}, "different last caches"},
		{"one core", oneCore, CrossCPU, []int{0, 1}, Pair{0, 1}, ""},
		{"one core", oneCore, SMT, []int{0, 1}, Pair{0, 1}, ""},
		{"apart", apart, CrossLLC, []int{0, 1}, Pair{0, 1}, ""},
		{"one CPU", plain, CrossCPU, []int{1}, Pair{}, "this process may use CPU 1 alone"},
		{"one CPU", plain, SameCPU, []int{1}, Pair{1, 1}, ""},
		{"nothing told", nil, CrossCPU, []int{0, 1}, Pair{0, 1}, ""},
		{"nothing told", nil, SMT, []int{0, 1}, Pair{}, "no two of them share a core"},
		{"nothing told", nil, CrossLLC, []int{0, 1}, Pair{}, "no two of them are known"},
	} {
		for _, list := range []string{"core_cpus_list", "thread_siblings_list"} {
			got, err := FindPair(test.machine.files(list), test.place, test.usable)
			if got != test.want || (err == nil) != (test.err == "") {
				t.Errorf("%s, %s of %v: %v, %v; want %v", test.name, test.place, test.usable, got, err, test.want)
			}
			if err != nil && (!errors.Is(err, ErrNoPair) || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("%s, %s of %v: %v, want %q in it", test.name, test.place, test.usable, err, test.err)
			}
		}
	}
	for _, bad := range []struct {
		place  Place
		usable []int
	}{{"elsewhere", []int{0, 1}}, {SameCPU, nil}} {
		if got, err := FindPair(plain.files("core_cpus_list"), bad.place, bad.usable); err == nil {
			t.Errorf("%s of %v: %v", bad.place, bad.usable, got)
		}
	}
}

func TestLists(t *testing.T) {
	for text, want := range map[string][]int{
		"0": {0}, "0-3": {0, 1, 2, 3}, "0,2,4-5": {0, 2, 4, 5}, "7-8,10": {7, 8, 10},
	} {
		got, err := ParseList(text)
		if err != nil || !slices.Equal(got, want) || List(got) != text {
			t.Errorf("%q: %v, printed %q, %v; want %v", text, got, List(got), err, want)
		}
	}
	for _, bad := range []string{"", "x", "3-1", "-1", "1,", "0-99999999999", "0-65536", "1-2-3"} {
		if got, err := ParseList(bad); err == nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
	if got := List([]int{3, 1, 2, 2}); got != "1-3" {
		t.Errorf("out of order: %q", got)
	}
	if got := List(nil); got != "" {
		t.Errorf("none: %q", got)
	}
}
