package host

import (
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"github.com/moby/sys/capability"
	"golang.org/x/sys/unix"
)

func system() calls {
	return calls{
		uname:       callUname,
		affinity:    callAffinity,
		pin:         callPin,
		descriptors: callDescriptors,
		capable:     callCapable,
		uid:         os.Geteuid,
	}
}

func callUname() (uname, error) {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return uname{}, os.NewSyscallError("uname", err)
	}
	return uname{
		node:    unix.ByteSliceToString(u.Nodename[:]),
		release: unix.ByteSliceToString(u.Release[:]),
		version: unix.ByteSliceToString(u.Version[:]),
	}, nil
}

// maxCPUs is the largest NR_CPUS that a kernel for amd64 can be built with.
// A set smaller than the kernel's own is refused with EINVAL, and the fixed
// set of x/sys ends at 1024.
const maxCPUs = 8192

func callAffinity() ([]int, error) {
	set := unix.NewCPUSet(maxCPUs)
	if err := unix.SchedGetaffinityDynamic(0, set); err != nil {
		return nil, os.NewSyscallError("sched_getaffinity", err)
	}
	var cpus []int
	for cpu := range maxCPUs {
		if set.IsSet(cpu) {
			cpus = append(cpus, cpu)
		}
	}
	return cpus, nil
}

// callPin asks on a goroutine of its own, because the caller may have pinned
// the thread that it is on. A thread whose old mask cannot be set again stays
// locked, and ends with its goroutine.
func callPin(cpu int) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		before := unix.NewCPUSet(maxCPUs)
		if err := unix.SchedGetaffinityDynamic(0, before); err != nil {
			done <- os.NewSyscallError("sched_getaffinity", err)
			return
		}
		err := pinThread(cpu)
		if restored := unix.SchedSetaffinityDynamic(0, before); restored == nil {
			runtime.UnlockOSThread()
		}
		done <- err
	}()
	return <-done
}

// pinThread looks where the thread went, because a sandbox may answer the
// call with success and do nothing.
func pinThread(cpu int) error {
	set := unix.NewCPUSet(maxCPUs)
	set.Set(cpu)
	if err := unix.SchedSetaffinityDynamic(0, set); err != nil {
		return os.NewSyscallError("sched_setaffinity", err)
	}
	var at uint32
	_, _, errno := unix.RawSyscall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&at)), 0, 0)
	if errno != 0 {
		return os.NewSyscallError("getcpu", errno)
	}
	if int(at) != cpu {
		return fmt.Errorf("sched_setaffinity: asked for CPU %d, running on CPU %d", cpu, at)
	}
	return nil
}

func callDescriptors() (soft, hard uint64, err error) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, 0, os.NewSyscallError("getrlimit", err)
	}
	return limit.Cur, limit.Max, nil
}

func callCapable(which capability.Cap) (bool, error) {
	set, err := capability.NewPid2(0)
	if err != nil {
		return false, fmt.Errorf("capabilities: %w", err)
	}
	if err := set.Load(); err != nil {
		return false, fmt.Errorf("capabilities: %w", err)
	}
	return set.Get(capability.EFFECTIVE, which), nil
}
