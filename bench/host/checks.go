package host

import (
	"errors"

	"github.com/nsbench/nsbench/bench/result"
)

// The status of a finding. StatusUnknown is not a mild StatusOK: what could
// not be looked at may disturb as much as anything.
const (
	StatusOK      = "ok"
	StatusWarn    = "warn"
	StatusUnknown = "unknown"
)

// A check looks at one thing.
type check struct {
	name   string // stable: records and scripts use it
	effect string // on a figure; a finding may say it more exactly
	look   func(*Host) result.Disturbance
}

// checks is the fixed order of the findings: what may keep a run from
// starting, then the machine, then what goes on on it at the moment.
var checks = []check{
	checkKernel, checkCmdline,
	checkUserNS, checkCaps, checkSeccomp, checkNoFile,
	checkCPU, checkCPUs, checkPinning, checkSMT,
	checkVM, checkSteal,
	checkIdle, checkGovernor,
	checkClocksource, checkCounter,
	checkLoad, checkCPULimit, checkMemory, checkTHP,
}

// Checks returns one finding a check, in a fixed order, whatever the host is.
// Found and Effect always say something. Fix is empty where there is nothing
// to fix or nothing that can be typed on this host helps; Effect then says
// which. It changes nothing and takes some milliseconds.
//
// On any system but Linux there is one finding: that it is not Linux.
func (h *Host) Checks() []result.Disturbance {
	if h.os != "linux" {
		return []result.Disturbance{elsewhere(h.os)}
	}
	found := make([]result.Disturbance, len(checks))
	for i, c := range checks {
		found[i] = c.look(h)
		found[i].Check = c.name
		if found[i].Effect == "" {
			found[i].Effect = c.effect
		}
	}
	return found
}

func elsewhere(system string) result.Disturbance {
	return result.Disturbance{
		Check:  checkKernel.name,
		Status: StatusUnknown,
		Found:  "releases are measured on Linux only",
		Effect: "this is " + system + ": it renders recorded runs and makes none",
	}
}

func ok(found string) result.Disturbance {
	return result.Disturbance{Status: StatusOK, Found: found}
}

func warn(found, fix string) result.Disturbance {
	return result.Disturbance{Status: StatusWarn, Found: found, Fix: fix}
}

// unknown is the finding of a check that could not look. Only a file system
// that is not mounted can be helped in general.
func unknown(err error) result.Disturbance {
	d := result.Disturbance{Status: StatusUnknown, Found: err.Error()}
	if u, is := errors.AsType[*unmounted](err); is {
		d.Fix = "mount -t " + u.kind + " " + u.kind + " /" + u.dir
	}
	return d
}
