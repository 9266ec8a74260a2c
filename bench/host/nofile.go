package host

import (
	"fmt"
	"math"
	"strconv"

	"github.com/nsbench/nsbench/bench/result"
)

// enoughDescriptors is the soft limit that Linux gives a process by default.
// A gate has up to two descriptors, and all stages of a child are prepared
// before it is cloned.
const enoughDescriptors = 1024

var checkNoFile = check{
	name:   "nofile",
	effect: "the gates of all stages of a child are open at once: too low a limit ends a run of many stages with EMFILE",
	look:   lookNoFile,
}

func lookNoFile(h *Host) result.Disturbance {
	soft, hard, err := h.calls.descriptors()
	if err != nil {
		return unknown(err)
	}
	found := fmt.Sprintf("%s descriptors, could be raised to %s", limitText(soft), limitText(hard))
	switch {
	case soft >= enoughDescriptors:
		return ok(limitText(soft) + " descriptors")
	case hard >= enoughDescriptors:
		return warn(found, fmt.Sprintf("ulimit -n %d", enoughDescriptors))
	}
	return warn(found, fmt.Sprintf("sudo prlimit --pid $$ --nofile=%d:%d", enoughDescriptors, enoughDescriptors))
}

func limitText(n uint64) string {
	if n == math.MaxUint64 { // RLIM_INFINITY
		return "unlimited"
	}
	return strconv.FormatUint(n, 10)
}
