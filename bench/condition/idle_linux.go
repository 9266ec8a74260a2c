//go:build amd64 || arm64

package condition

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/program"
)

const latencyFile = "/dev/cpu_dma_latency"

// An Awake keeps CPUs awake until it is ended.
type Awake struct {
	Means    Means
	request  int // an open latencyFile, or -1
	spinners *Spinners
}

// Begin keeps the CPUs as the way says, by the better means that there is, and
// returns when they are. It takes microseconds by Latency, and a clone for each
// CPU by Spinning.
func (i Idle) Begin(by *launch.Launcher, cpus []int) (*Awake, error) {
	switch i {
	case Natural:
		return &Awake{Means: None, request: -1}, nil
	case Poll:
		return i.begin(chooseMeans(os.DirFS("/"), cpus), by, cpus)
	}
	_, err := ParseIdle(string(i))
	return nil, err
}

func (i Idle) begin(means Means, by *launch.Launcher, cpus []int) (*Awake, error) {
	a := &Awake{Means: means, request: -1}
	var err error
	if means == Latency {
		a.request, err = requestLatency()
		// The file is root's. One who may not open it may well spin.
		if errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrNotExist) {
			a.Means = Spinning
		} else if err != nil {
			return nil, fmt.Errorf("idle %s: %w", i, err)
		}
	}
	if a.Means == Spinning {
		// With a PAUSE, as the kernel polls: it leaves a sibling its share of the core.
		if a.spinners, err = spin(by, cpus, spinning{busy: program.PauseUntil, settle: settleIdle, late: true}); err != nil {
			return nil, fmt.Errorf("idle %s: %w", i, err)
		}
	}
	return a, nil
}

// End lets the CPUs sleep again.
func (a *Awake) End() error {
	if a.request >= 0 {
		err := os.NewSyscallError("close", unix.Close(a.request))
		a.request = -1
		return err
	}
	if a.spinners == nil {
		return nil
	}
	return a.spinners.End()
}

// chooseMeans prefers the request: on a virtual machine with the haltpoll
// governor it brought the median of a pipe's release across CPUs from 20 to 4 us,
// and spinning only to 13.5, for the woken CPU does not look at a flag as one
// that polls does but has to be interrupted, which leaves the virtual machine.
//
// The request does nothing where no driver of cpuidle obeys it. All governors
// do, haltpoll too (drivers/cpuidle/governors/haltpoll.c): where 0 is asked for
// they take the first state. That has to be one that polls. On arm64 it is WFI,
// which a virtual machine leaves.
func chooseMeans(files fs.FS, cpus []int) Means {
	for _, cpu := range cpus {
		state := fmt.Sprintf("sys/devices/system/cpu/cpu%d/cpuidle/state0/name", cpu)
		if name, err := fs.ReadFile(files, state); err != nil || strings.TrimSpace(string(name)) != "POLL" {
			return Spinning
		}
	}
	driver, err := fs.ReadFile(files, path.Join("sys/devices/system/cpu/cpuidle", "current_driver"))
	if err != nil || strings.TrimSpace(string(driver)) == "none" {
		return Spinning
	}
	return Latency
}

// requestLatency makes the request, which holds as long as the file is open, and
// looks whether the kernel has it: what is read is the lowest of all requests.
func requestLatency() (fd int, err error) {
	if fd, err = unix.Open(latencyFile, unix.O_RDWR|unix.O_CLOEXEC, 0); err != nil {
		return -1, &os.PathError{Op: "open", Path: latencyFile, Err: err}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.NewSyscallError("close", unix.Close(fd)))
			fd = -1
		}
	}()
	if _, err = unix.Write(fd, make([]byte, 4)); err != nil {
		return fd, &os.PathError{Op: "write", Path: latencyFile, Err: err}
	}
	var us [4]byte
	if _, err = unix.Read(fd, us[:]); err != nil {
		return fd, &os.PathError{Op: "read", Path: latencyFile, Err: err}
	}
	if got := binary.NativeEndian.Uint32(us[:]); got != 0 {
		return fd, fmt.Errorf("%s: asked for 0 us, got %d", latencyFile, got)
	}
	return fd, nil
}

// settleIdle gives a spinner the policy under which it runs only where nobody
// else would, and looks whether it has it. Everybody may. sched(7).
func settleIdle(pid int) error { return Sched{Policy: SchedIdle}.Apply(pid) }
