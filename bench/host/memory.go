package host

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"

	"github.com/nsbench/nsbench/bench/result"
)

// muchStalled is the share of the last ten seconds, in percent, in which some
// task waited for memory. A host with enough of it shows none.
const muchStalled = 1.0

var checkMemory = check{
	name:   "memory",
	effect: "where memory is short, a page of either side may have to be read back in the middle of a release, which takes milliseconds",
	look:   lookMemory,
}

// lookMemory goes by what tasks waited for. Swap in use is a sign only where
// the kernel does not tell that: pages that nobody wants back do no harm.
func lookMemory(h *Host) result.Disturbance {
	swapped, err := h.swapUsed()
	if err != nil {
		return unknown(err)
	}
	stalled, err := h.pressure("memory")
	if err != nil {
		return lookSwap(swapped)
	}
	found := fmt.Sprintf("tasks waited for memory in %.1f %% of the last 10 s; %d MiB swapped out", stalled, swapped>>20)
	if stalled < muchStalled {
		return ok(found)
	}
	return warn(found, "stop what `ps aux --sort=-rss` shows first")
}

func lookSwap(swapped int64) result.Disturbance {
	if swapped == 0 {
		return ok("nothing swapped out")
	}
	return warn(fmt.Sprintf("%d MiB swapped out", swapped>>20), "swapoff -a")
}

// swapUsed is in bytes; proc_meminfo(5).
func (h *Host) swapUsed() (int64, error) {
	text, err := h.read("proc/meminfo")
	if err != nil {
		return 0, err
	}
	total, err := kibibytes(text, "SwapTotal")
	if err != nil {
		return 0, err
	}
	free, err := kibibytes(text, "SwapFree")
	return total - free, err
}

func kibibytes(text, key string) (bytes int64, err error) {
	value, _ := member(text, key)
	if _, err := fmt.Sscanf(value, "%d kB", &bytes); err != nil {
		return 0, fmt.Errorf("read /proc/meminfo: %s: %w", key, err)
	}
	return bytes << 10, nil
}

const hugePagesFile = "sys/kernel/mm/transparent_hugepage/enabled"

var checkTHP = check{
	name:   "thp",
	effect: "with huge pages everywhere, what a clone copies and what its first writes cost depends on which parts of the parent they happen to back: clone and stage 1 vary from run to run",
	look:   lookTHP,
}

func lookTHP(h *Host) result.Disturbance {
	choice, err := h.hugePages()
	if errors.Is(err, fs.ErrNotExist) {
		return ok("the kernel has no transparent huge pages")
	}
	if err != nil {
		return unknown(err)
	}
	if choice == "always" {
		return warn(choice, "echo madvise > /"+hugePagesFile)
	}
	return ok(choice)
}

var chosen = regexp.MustCompile(`\[(\w+)\]`)

// hugePages returns the word in brackets of "always [madvise] never".
func (h *Host) hugePages() (string, error) {
	text, err := h.read(hugePagesFile)
	if err != nil {
		return "", err
	}
	match := chosen.FindStringSubmatch(text)
	if match == nil {
		return "", fmt.Errorf("read /%s: %q: nothing is chosen", hugePagesFile, text)
	}
	return match[1], nil
}
