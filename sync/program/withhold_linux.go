package program

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/nsbench/nsbench/sync/internal/sys"
)

// Withheld is the private memory of this process that its clones do not get.
//
// A child that runs a code needs none of it but its stack. With it, a clone copies the page
// tables of all that the Go runtime has ever touched, and takes the right to
// write away from both sides, so that the parent faults at each page that it
// writes to next. madvise(2), MADV_DONTFORK.
//
// Until Release a plain fork makes a child without memory. The Go runtime does
// not do that: os/exec clones with CLONE_VM, except into a user namespace.
type Withheld struct {
	keep  []span // what children need
	spans []span
}

// Withhold withholds all private memory but the given, on the thread that will
// clone. Where /proc is not mounted it withholds nothing, and clones take longer.
func Withhold(keep ...[]byte) (*Withheld, error) {
	w := &Withheld{}
	if linkedWithC {
		w.keep = append(w.keep, aroundThread())
	}
	for _, k := range keep {
		from := uintptr(unsafe.Pointer(unsafe.SliceData(k)))
		w.keep = append(w.keep, span{from, from + uintptr(len(k))})
	}
	return w, w.Renew()
}

// aroundThread returns the pages that hold this thread's area of restartable
// sequences, in a program that is linked with the C library: the kernel writes
// to it in the child, too, where it is registered as it was in the parent. It
// lies behind the thread pointer or before it, by the library's version. rseq(2).
func aroundThread() span {
	page := uintptr(os.Getpagesize())
	thread := sys.ThreadPointer() &^ (page - 1)
	return span{thread - page, thread + 2*page}
}

// Renew withholds what has been mapped since, too: the heap grows, and threads
// come.
func (w *Withheld) Renew() error {
	maps, err := os.Open("/proc/self/maps")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return errors.Join(err, maps.Close())
	}
	program = strings.ReplaceAll(program, "\n", `\012`) // as it stands in maps. proc_pid_maps(5)
	spans, err := private(maps, program)
	if err = errors.Join(err, maps.Close()); err != nil {
		return fmt.Errorf("read /proc/self/maps: %w", err)
	}
	for _, k := range w.keep {
		spans = without(spans, k)
	}
	w.spans = spans
	return advise(w.spans, unix.MADV_DONTFORK)
}

// Release gives clones all memory again, but for the vDSO and its data: the
// kernel takes advice on its own mappings and does not take it back. A process
// that is forked in the usual way later misses them only if it asks the C
// library for the time before it executes another program.
func (w *Withheld) Release() error { return advise(w.spans, unix.MADV_DOFORK) }

// A span is a range of addresses.
type span struct{ from, to uintptr }

// private returns the private mappings, but for what the child executes and
// reads, which is the program itself.
func private(maps io.Reader, program string) (spans []span, err error) {
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		m := mapping.FindStringSubmatch(lines.Text())
		if m == nil {
			return nil, fmt.Errorf("not a mapping: %q", lines.Text())
		}
		perms, path := m[3], m[4]
		if perms[3] != 'p' || path == program && perms[1] != 'w' {
			continue
		}
		var s span
		if _, err := fmt.Sscanf(m[1]+" "+m[2], "%x %x", &s.from, &s.to); err != nil {
			return nil, fmt.Errorf("%q: %w", lines.Text(), err)
		}
		spans = append(spans, s)
	}
	return spans, lines.Err()
}

// mapping is a line of /proc/PID/maps: addresses, permissions, offset, device,
// inode, and the path, in which there may be spaces. proc_pid_maps(5).
var mapping = regexp.MustCompile(`^([0-9a-f]+)-([0-9a-f]+) ([-rwxsp]{4}) [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ [0-9]+ *(.*)$`)

// without returns the spans without a hole.
func without(spans []span, hole span) []span {
	var rest []span
	for _, s := range spans {
		rest = append(rest, span{s.from, min(s.to, hole.from)}, span{max(s.from, hole.to), s.to})
	}
	return slices.DeleteFunc(rest, func(s span) bool { return s.from >= s.to })
}

// advise gives advice on each span. One that has been unmapped meanwhile
// (ENOMEM), or on which the advice cannot be given (EINVAL), is passed over.
func advise(spans []span, advice int) error {
	for _, s := range spans {
		_, _, errno := unix.Syscall(unix.SYS_MADVISE, s.from, s.to-s.from, uintptr(advice))
		if errno != 0 && errno != unix.ENOMEM && errno != unix.EINVAL {
			return os.NewSyscallError("madvise", errno)
		}
	}
	return nil
}
