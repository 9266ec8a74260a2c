package program

import (
	"fmt"
	"unsafe"
)

// A Stage is the place of one release in a board: the stamps and the proof of
// both sides. A field that nobody has written is zero.
//
// The side that releases and the side that waits write to different pairs of
// cache lines (adjacent lines are fetched in pairs), so that neither slows the
// other's stamp.
type Stage struct {
	// Stamps of the side that releases.
	Released  uint64 // right before the release, or before its delay if it has one
	Delayed   uint64 // behind that delay
	Signalled uint64 // right after the release
	ParentCPU uint32 // where it was made
	_         [100]byte

	// Stamps of the side that waits.
	Armed    uint64 // right before the wait; not zero tells the other side to go on
	Resumed  uint64 // right after it
	ChildCPU uint32 // where it returned
	_        uint32

	CPUBefore, CPUAfter Timespec // CPU time of the thread
	Before, After       Rusage   // context switches of the thread
	_                   [40]byte
}

// A Timespec is struct timespec.
type Timespec struct{ Sec, Nsec int64 }

// NS returns the time in nanoseconds.
func (t Timespec) NS() int64 { return t.Sec*1e9 + t.Nsec }

// A Rusage is struct rusage. getrusage(2).
type Rusage struct {
	_           [16]int64
	Voluntary   int64 // ru_nvcsw: the thread gave its CPU up
	Involuntary int64 // ru_nivcsw: its CPU was taken
}

const stageSize = int64(unsafe.Sizeof(Stage{}))

// A Field is a stamp of a stage.
type Field uint8

// The stamps. Armed and Resumed are written by Arm and Resumed; a stamp of Resumed by
// itself is for one that begins without having waited.
const (
	StampReleased Field = iota
	StampDelayed
	StampSignalled
	stampArmed
	StampResumed
	fields
)

var fieldTable = [fields]struct {
	name   string
	offset uintptr
}{
	{"released", unsafe.Offsetof(Stage{}.Released)},
	{"delayed", unsafe.Offsetof(Stage{}.Delayed)},
	{"signalled", unsafe.Offsetof(Stage{}.Signalled)},
	{"armed", unsafe.Offsetof(Stage{}.Armed)},
	{"resumed", unsafe.Offsetof(Stage{}.Resumed)},
}

func (f Field) String() string {
	if f < fields {
		return fieldTable[f].name
	}
	return fmt.Sprintf("field(%d)", uint8(f))
}

// expand writes an operation out as those that the interpreter knows.
func (op *Op) expand() []Op {
	switch op.kind {
	case kindArm:
		return armed
	case kindResume:
		return resumed
	}
	return unsafe.Slice(op, 1)
}

var (
	armed = []Op{
		syscallOp(callGetrusage, named(rusageThread, "RUSAGE_THREAD"), stageField(unsafe.Offsetof(Stage{}.Before), "before")),
		syscallOp(callClockGettime, named(cpuClockThread, "CLOCK_THREAD_CPUTIME_ID"), stageField(unsafe.Offsetof(Stage{}.CPUBefore), "cpu")),
		Stamp(stampArmed),
	}
	resumed = []Op{
		Stamp(StampResumed),
		syscallOp(callClockGettime, named(cpuClockThread, "CLOCK_THREAD_CPUTIME_ID"), stageField(unsafe.Offsetof(Stage{}.CPUAfter), "cpu")),
		syscallOp(callGetrusage, named(rusageThread, "RUSAGE_THREAD"), stageField(unsafe.Offsetof(Stage{}.After), "after")),
		getcpu(unsafe.Offsetof(Stage{}.ChildCPU)),
	}
)

func getcpu(offset uintptr) Op {
	return syscallOp(callGetcpu, stageField(offset, "cpu"), named(0, "NULL"), named(0, "NULL"))
}

// ReleaseCPU notes the CPU on which the release is made. The harness puts it
// before the stamp that precedes a release.
func ReleaseCPU() Op { return releaseCPU }

var releaseCPU = getcpu(unsafe.Offsetof(Stage{}.ParentCPU))
