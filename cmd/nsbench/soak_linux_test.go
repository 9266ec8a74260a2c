package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nsbench/nsbench/reports"
)

// How often TestKilled kills, and by which random numbers; scripts/soak kills
// more often.
var (
	kills    = flag.Int("kills", 100, "how often a command is killed")
	soakSeed = flag.Uint64("soak-seed", 0, "of what is killed when; 0 for a random one")
)

// Wherever nsbench faults or nsbench handshake is killed, nothing of it stays.
func TestKilled(t *testing.T) {
	if ok, err := able("root"); err != nil {
		t.Fatal(err)
	} else if !ok {
		t.Skip("needs root to make namespaces and to mount")
	}
	seed := *soakSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	soaked := exec.Command("soak", "-kills", fmt.Sprint(*kills), "-seed", fmt.Sprint(seed), "-work", t.TempDir())
	soaked.SysProcAttr = &syscall.SysProcAttr{Cloneflags: newEnclosure, Pdeathsig: syscall.SIGKILL}
	soaked.Stderr = os.Stderr
	out, err := soaked.StdoutPipe()
	if err == nil {
		err = soaked.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		t.Log(lines.Text())
	}
	if err := soaked.Wait(); err != nil {
		t.Errorf("%v; again with -soak-seed %d", err, seed)
	}
}

// soak kills commands at random moments, in an enclosure, and exits with 1 and
// what was left: soak -kills N -seed S -work DIR.
func soak() {
	flags := flag.NewFlagSet("soak", flag.ExitOnError)
	n := flags.Int("kills", 0, "")
	seed := flags.Uint64("seed", 0, "")
	work := flags.String("work", "", "an empty directory")
	_ = flags.Parse(os.Args[1:]) // it exits by itself
	e, err := enclose(*work)
	if err != nil {
		giveUp(err)
	}
	s := &soaking{enclosure: e, out: filepath.Join(*work, "out"), random: rand.New(rand.NewPCG(*seed, 0))}
	fmt.Printf("%d kills, seed %d\n", *n, *seed)
	if err := s.run(*n); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Printf("killed %v before the first cell, %v among the cells, %v after the last; %v had ended: nothing is left\n",
		s.hit[starting], s.hit[trying], s.hit[closing], s.hit[over])
}

// A soaking kills commands again and again.
type soaking struct {
	*enclosure
	out    string
	random *rand.Rand

	commands int           // how many have been drawn
	hit      [over + 1]int // how often what was killed had come so far
}

// How far a command has come.
const (
	starting = iota // before the first cell
	trying
	closing // behind the last cell
	over    // it has ended
)

// A victim is a command, and how long each part of its way takes.
type victim struct {
	args  []string
	takes [over]time.Duration
}

// killsEach is how often a command is killed before another takes its place.
const killsEach = 20

func (s *soaking) run(n int) error {
	var v victim
	for i := range n {
		if i%killsEach == 0 {
			if i > 0 {
				fmt.Printf("%d kills, and nothing is left\n", i)
			}
			var err error
			if v, err = s.chooseShort(); err != nil {
				return fmt.Errorf("nsbench %s: %w", strings.Join(v.args, " "), err)
			}
			fmt.Printf("nsbench %s: %v\n", strings.Join(v.args, " "), v.takes)
		}
		part := i % over // each as often, however short it is
		after := time.Duration(s.random.Int64N(int64(v.takes[part]) + 1))
		signal := []syscall.Signal{syscall.SIGKILL, syscall.SIGKILL, syscall.SIGKILL, syscall.SIGINT, syscall.SIGTERM}[i%5]
		if err := s.kill(v, part, after, signal); err != nil {
			return fmt.Errorf("kill %d, of nsbench %s by %v in part %d after %v: %w", i+1, strings.Join(v.args, " "), signal, part, after, err)
		}
	}
	return nil
}

// What is soaked: primitives that have something to leave behind, names above all, and
// faults that make something.
var (
	soakedPrimitives = []string{
		"pipe-eof", "fifo", "eventfd", "sigwait", "futex", "unix-abstract", "unix-path", "tcp-loopback", "flock", "inotify", "file-poll",
		"sysv-sem", "sysv-msg", "posix-mq", "ptrace", "cgroup-freeze", "seccomp-notify", "userfaultfd", "pidfd-exit",
	}
	soakedFaults = []string{
		"none", "parent-killed", "sibling", "leaked-exec", "third-party", "stop-continue", "freeze-thaw", "fork-in-child",
		"cpu-quota", "pid-reuse", "seccomp-deny", "half-dead", "exec",
	}
)

// longest is how long a command may take that is killed again and again.
const longest = 5 * time.Second

func (s *soaking) chooseShort() (v victim, err error) {
	for {
		v, err = s.choose()
		if err != nil || v.takes[starting]+v.takes[trying]+v.takes[closing] < longest {
			return v, err
		}
	}
}

// choose picks a command and has it go to its end, undisturbed, to learn of its way.
func (s *soaking) choose() (v victim, err error) {
	v.args = s.drawn()
	u, err := s.start(v)
	if err != nil {
		return v, err
	}
	began := time.Now()
	for part := range over {
		if err := u.reaches(part + 1); err != nil {
			return v, err
		}
		v.takes[part] = time.Since(began)
		began = time.Now()
	}
	if status, err := u.status(); status != 0 {
		return v, fmt.Errorf("exit status %d: %w: %s", status, err, u.told.String())
	}
	return v, s.afterwards()
}

// soakedProfiles have fifos, sockets, control groups, network devices and mounts.
var soakedProfiles = []string{"seed", "bubblewrap", "nspawn", "runc", "crun", "youki", "lxc", "podman-conmon"}

// drawn is a command: of three faults, of three handshakes or of two that are broken.
func (s *soaking) drawn() []string {
	s.commands++
	switch s.commands % 4 {
	case 2:
		names := strings.Split(s.some(3, soakedProfiles), ",")
		return append([]string{"handshake", "-q", "--iterations", "15", "--out", s.out}, names...)
	case 0:
		names := strings.Split(s.some(1, soakedProfiles), ",")
		return append([]string{"handshake", "-q", "--breaks", "--trials", "1", "--out", s.out}, names...)
	}
	return []string{"faults", "-q", "--primitives", s.some(3, soakedPrimitives), "--faults", s.some(3, soakedFaults), "--trials", "3", "--deadline", "100ms", "--out", s.out}
}

// some are a few of names, as a flag takes them.
func (s *soaking) some(n int, names []string) string {
	var chosen []string
	for _, i := range s.random.Perm(len(names))[:n] {
		chosen = append(chosen, names[i])
	}
	return strings.Join(chosen, ",")
}

// An underway is a command that has been started.
type underway struct {
	*exec.Cmd
	record string
	told   bytes.Buffer
	ended  chan error // its Wait, once
	err    error      // of it
}

func (s *soaking) start(v victim) (*underway, error) {
	u := &underway{Cmd: exec.Command("nsbench", v.args...), record: filepath.Join(s.out, recordName), ended: make(chan error, 1)}
	u.Stderr = &u.told
	if err := u.Start(); err != nil {
		return nil, err
	}
	s.command = u.Process.Pid
	go func() { u.ended <- u.Wait(); close(u.ended) }()
	return u, nil
}

// stuck is how long a command may take for a part of its way, and to end.
const stuck = time.Minute

// reaches returns when the command has come so far, or has ended, by its record. It is
// an error if that takes too long, which names what is under way then.
func (u *underway) reaches(part int) error {
	for end := time.Now().Add(stuck); part > u.part() || part == over; {
		select {
		case err, ok := <-u.ended:
			if ok {
				u.err = err
			}
			return nil
		case <-time.After(time.Millisecond):
		}
		if time.Now().After(end) {
			there, err := processes()
			return errors.Join(fmt.Errorf("it is still under way after %v: %s", stuck, strings.Join(there, "; ")), err)
		}
	}
	return nil
}

// runs returns after some time, or when the command has ended.
func (u *underway) runs(some time.Duration) {
	select {
	case err, ok := <-u.ended:
		if ok {
			u.err = err
		}
	case <-time.After(some):
	}
}

func (u *underway) part() int {
	text, _ := os.ReadFile(u.record) // which there may not be yet
	switch {
	case bytes.Contains(text, []byte(`{"kind":"end"`)):
		return closing
	case bytes.Contains(text, []byte(`{"kind":"behaviour"`)), bytes.Contains(text, []byte(`{"kind":"handshake"`)), bytes.Contains(text, []byte(`{"kind":"break"`)):
		return trying
	}
	return starting
}

// status is the exit status, once the command has ended.
func (u *underway) status() (int, error) {
	if err := u.reaches(over); err != nil || u.ProcessState == nil {
		return -1, errors.Join(err, u.err)
	}
	return statusOf(u.ProcessState.Sys().(syscall.WaitStatus)), u.err
}

// kill starts a command, sends it a signal after some time in a part of its way, and
// holds how it ends and what is left.
func (s *soaking) kill(v victim, part int, after time.Duration, signal syscall.Signal) error {
	u, err := s.start(v)
	if err != nil {
		return err
	}
	if err := u.reaches(part); err != nil {
		return err
	}
	u.runs(after)
	sent := u.Process.Signal(signal)
	status, err := u.status()
	switch {
	case sent == nil && status == 128+int(signal):
		s.hit[u.part()]++
	case status == 0:
		s.hit[over]++
	default:
		return fmt.Errorf("exit status %d: %w: %s", status, err, u.told.String())
	}
	if err := s.afterwards(); err != nil {
		return fmt.Errorf("%w; it had said: %s", err, u.told.String())
	}
	return nil
}

// patience is how long what was killed may take to be gone.
const patience = 10 * time.Second

// afterwards holds that nothing is left but the directory that was asked for, with a
// record that can be read, and removes that.
func (s *soaking) afterwards() error {
	if err := s.nothing(patience); err != nil {
		return err
	}
	record, err := os.ReadFile(filepath.Join(s.out, recordName))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	// A header has the profiles of a plan in it, and is long: the kernel ends a write of
	// several pages between two of them when its process is killed.
	if err == nil && bytes.Contains(record, []byte("\n")) {
		_, err = reports.Gather(bytes.NewReader(record))
	}
	entries, readErr := os.ReadDir(s.out)
	for _, entry := range entries {
		if name := entry.Name(); strings.HasPrefix(name, ".") {
			err = errors.Join(err, fmt.Errorf("%s is left in %s", name, s.out))
		}
	}
	return errors.Join(err, readErr, os.RemoveAll(s.out))
}
