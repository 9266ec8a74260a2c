package program

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// traces are programs and what strace 6.1 has printed of them, with other
// descriptors than the programs'.
func traces() map[string]struct {
	program Program
	lines   []string
} {
	r, w := FD{"r", 3}, FD{"w", 4}
	word := Word{"word", wordsStart}
	return map[string]struct {
		program Program
		lines   []string
	}{
		"calls": {
			Program{Close(w), Read(r, 1).Want(1).Gone(0), Exit(1)},
			[]string{"close(11)                               = 0\n", "read(9, \"\\1\", 1)                         = 1\n", "exit_group(1)                           = ?\n"},
		},
		"stamps of the counter": {
			Program{Arm(), Read(r, 1).Want(0), Resumed()},
			[]string{
				"getrusage(RUSAGE_THREAD, {ru_utime={tv_sec=0, tv_usec=297}, ...}) = 0\nclock_gettime(CLOCK_THREAD_CPUTIME_ID, {tv_sec=0, tv_nsec=343320}) = 0\n",
				"read(9, \"\", 1)                          = 0\n",
				"clock_gettime(CLOCK_THREAD_CPUTIME_ID, {tv_sec=0, tv_nsec=461472}) = 0\ngetrusage(RUSAGE_THREAD, {ru_utime={tv_sec=0, tv_usec=508}, ...}) = 0\ngetcpu([1], NULL, NULL)                 = 0\n",
			},
		},
		"stamps by a call": {
			Program{Stamp(StampReleased), Close(w)},
			[]string{"clock_gettime(CLOCK_MONOTONIC, {tv_sec=12928, tv_nsec=871172773}) = 0\n", "close(11)                               = 0\n"},
		},
		"no call": {
			Program{Store(word, 1), SpinUntil(word, 1), Load(word).Want(1)},
			[]string{"", "", ""},
		},
		"a wait that was not needed": {
			Program{FutexWait(word, 0)},
			[]string{""},
		},
		"a wait that was interrupted": {
			Program{FutexWait(word, 0)},
			[]string{"futex(0x7fbed9010280, FUTEX_WAIT, 0, NULL) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)\nfutex(0x7fbed9010280, FUTEX_WAIT, 0, NULL) = 0\n"},
		},
		"a handler": {
			Program{Suspend(SIGUSR1, word)},
			[]string{"rt_sigsuspend([], 8)                    = ? ERESTARTNOHAND (To be restarted if no handler)\nrt_sigreturn({mask=[USR1]})             = -1 EINTR (Interrupted system call)\n"},
		},
		"a file that came": {
			Program{AwaitFile("/tmp/f", 50*time.Microsecond)},
			[]string{"statx(AT_FDCWD, \"/tmp/f\", AT_STATX_SYNC_AS_STAT, STATX_TYPE, 0x7fbed9010280) = -1 ENOENT (No such file or directory)\nnanosleep({tv_sec=0, tv_nsec=50000}, NULL) = 0\n" +
				"statx(AT_FDCWD, \"/tmp/f\", AT_STATX_SYNC_AS_STAT, STATX_TYPE, {stx_mask=STATX_TYPE, ...}) = 0\n"},
		},
		"a signal and a set": {
			Program{Sigwait(Signals(SIGUSR1)).Want(int64(SIGUSR1))},
			[]string{"rt_sigtimedwait([USR1], NULL, NULL, 8)  = 10 (SIGUSR1)\n"},
		},
		"a call that may fail": {
			Program{Close(w).Try()},
			[]string{"close(11)                               = -1 EBADF (Bad file descriptor)\n"},
		},
	}
}

func TestMatch(t *testing.T) {
	for name, test := range traces() {
		t.Run(name, func(t *testing.T) {
			got, err := test.program.Match(strings.Join(test.lines, ""))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.lines, got); diff != "" {
				t.Errorf("lines of each operation (-want +got):\n%s", diff)
			}
		})
	}
}

// What strace saw beyond, short of or beside the program is not the program.
func TestMatchRefuses(t *testing.T) {
	r, w := FD{"r", 3}, FD{"w", 4}
	p := Program{Close(w), Read(r, 1).Want(1), Close(r)}
	for name, test := range map[string]struct{ trace, want string }{
		"nothing":             {"", "op 0: close(w): strace saw nothing more"},
		"a call more":         {"close(4) = 0\nread(3, \"\", 1) = 1\nclose(3) = 0\ngetpid() = 7\n", "behind its end, getpid() = 7"},
		"a call between":      {"close(4) = 0\ngetpid() = 7\nread(3, \"\", 1) = 1\nclose(3) = 0\n", "op 1: read(r, buf, 1) = 1: strace saw getpid() = 7"},
		"a call less":         {"close(4) = 0\nread(3, \"\", 1) = 1\n", "op 2: close(r): strace saw nothing more"},
		"another result":      {"close(4) = 0\nread(3, \"\", 1) = 0\nclose(3) = 0\n", "op 1: read(r, buf, 1) = 1: strace saw read(3"},
		"a failure":           {"close(4) = -1 EBADF (Bad file descriptor)\n", "op 0: close(w): strace saw close(4) = -1"},
		"another size":        {"close(4) = 0\nread(3, \"\", 2) = 1\nclose(3) = 0\n", "op 1: read(r, buf, 1) = 1: strace saw read(3"},
		"another descriptor":  {"close(4) = 0\nread(3, \"\", 1) = 1\nclose(4) = 0\n", "op 2: close(r): r is descriptor 4, and was 3"},
		"the calls turned":    {"read(3, \"\", 1) = 1\nclose(4) = 0\nclose(3) = 0\n", "op 0: close(w): strace saw read(3"},
		"a longer call's end": {"xclose(4) = 0\n", "op 0: close(w): strace saw xclose(4) = 0"},
	} {
		if _, err := p.Match(test.trace); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q in it", name, err, test.want)
		}
	}
}

func TestMatchStart(t *testing.T) {
	p := Program{Close(FD{"w", 4})}
	if lines, err := p.MatchStart("close(4) = 0\ngetpid() = 7\n"); err != nil || len(lines) != 1 {
		t.Errorf("%q, %v; want the first line", lines, err)
	}
}

// Every operation has an expression that compiles, and one that makes no call
// matches nothing.
func TestEveryOperationCanBeTraced(t *testing.T) {
	for name, test := range traces() {
		if _, err := test.program.MatchStart(""); err != nil && !strings.Contains(err.Error(), "nothing more") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
