package gate

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The order is that of tables, plots and records; scripts rely on the names.
func TestCatalogue(t *testing.T) {
	var names []string
	for _, p := range All() {
		names = append(names, p.Name)
	}
	want := []string{
		"pipe-eof", "pipe-byte", "pipe-poll", "fifo",
		"eventfd", "eventfd-epoll", "barrier",
		"sigwait", "sigsuspend", "sigqueue", "signalfd", "pidfd-signal", "sigstop",
		"spin", "spin-pause", "spin-yield", "poll-sleep", "futex", "futex-waitv", "futex-spin",
		"unix-stream", "unix-eof", "unix-dgram", "unix-seqpacket", "unix-abstract", "unix-path", "tcp-loopback",
		"flock", "ofd-lock", "inotify", "file-poll",
		"sysv-sem", "sysv-msg", "posix-mq",
		"ptrace", "cgroup-freeze", "seccomp-notify", "userfaultfd", "io-uring", "pidfd-exit",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	slices.Sort(names)
	if unique := slices.Compact(slices.Clone(names)); len(unique) != len(names) {
		t.Errorf("names are not unique: %v", names)
	}
}

// What All returns is the caller's own.
func TestCatalogueIsACopy(t *testing.T) {
	All()[0].Name = "changed"
	if got := All()[0].Name; got != "pipe-eof" {
		t.Errorf("the first name is %q after a caller changed it", got)
	}
}

func TestEveryPrimitiveIsDescribed(t *testing.T) {
	families := []Family{Pipe, EventFD, Signal, Memory, Socket, File, IPC, Other}
	mayBeZero := []string{"Blocking", "Holds", "Once", "Descriptors", "CutBy", "newNamed"}
	for _, p := range All() {
		t.Run(p.Name, func(t *testing.T) {
			v := reflect.ValueOf(p)
			for i := range v.NumField() {
				field := v.Type().Field(i)
				if !slices.Contains(mayBeZero, field.Name) && v.Field(i).IsZero() {
					t.Errorf("%s is empty", field.Name)
				}
				if text := v.Field(i); text.Kind() == reflect.String && strings.TrimSpace(text.String()) != text.String() {
					t.Errorf("%s has space around it: %q", field.Name, text)
				}
			}
			words := map[Orphan]string{FailsOpen: "(fails open)", FailsClosed: "(fails closed)", WaitsForEver: "for ever"}
			for orphan, part := range words {
				if strings.Contains(p.ParentDies, part) != (orphan == p.Orphan) {
					t.Errorf("it %s, and in words: %s", p.Orphan, p.ParentDies)
				}
			}
			if !slices.Contains(families, p.Family) {
				t.Errorf("family %q is none of %v", p.Family, families)
			}
			if !strings.Contains(p.Source, "(2)") && !strings.Contains(p.Source, "(7)") {
				t.Errorf("source %q names no page of the manual", p.Source)
			}
		})
	}
}

func TestNamed(t *testing.T) {
	for _, p := range All() {
		if got, ok := Named(p.Name); !ok || got.Name != p.Name || got.Summary != p.Summary {
			t.Errorf("Named(%q) = %q, %v", p.Name, got.Name, ok)
		}
	}
	for _, name := range []string{"", "pipe", "PIPE-EOF", "pipe-eof "} {
		if got, ok := Named(name); ok || got.Name != "" {
			t.Errorf("Named(%q) = %q, %v; want none", name, got.Name, ok)
		}
	}
}
