package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The binary under test is this one: as nsbench it is main, and as one of the
// helpers it prepares a hostile place and executes what it is told there.
func TestMain(m *testing.M) {
	commands := map[string]func(){"nsbench": main}
	maps.Copy(commands, helpers())
	testscript.Main(visible{m}, commands)
}

// visible lets every user find the commands, which testscript puts into a
// directory of this user's own.
type visible struct{ *testing.M }

func (v visible) Run() int {
	path, err := exec.LookPath("nsbench")
	if err == nil {
		err = os.Chmod(filepath.Dir(filepath.Dir(path)), 0o711)
	}
	if err != nil {
		panic(err)
	}
	return v.M.Run()
}

// TestScripts runs one script per behaviour. The comment at its top says which.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"holds": holds,
			"made":  makeRun,
		},
		Condition: able,
		Setup: func(env *testscript.Env) error {
			env.Setenv("SHELL", "/bin/sh")
			env.Setenv("GORACE", "atexit_sleep_ms=0") // or every command would take a second more
			if err := passToolchain(env); err != nil {
				return err
			}
			// So that nobody can come to it, and write there.
			return errors.Join(os.Chmod(filepath.Dir(env.WorkDir), 0o711), os.Chmod(env.WorkDir, 0o777))
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// passToolchain lets a script build another nsbench from this module.
func passToolchain(env *testscript.Env) error {
	names := []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOFLAGS"}
	values, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		return fmt.Errorf("go env: %w", err)
	}
	for i, value := range strings.Split(strings.TrimSuffix(string(values), "\n"), "\n") {
		env.Setenv(names[i], value)
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	env.Setenv("MODULE", root)
	return err
}

// exits runs a command and holds it to an exit status: exits STATUS COMMAND
// [ARG...]. The command must leave no process and no temporary file behind.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	command := args[1:]
	if _, ok := helpers()["alone"]; ok {
		command = append([]string{"alone"}, command...)
	}
	got := 0
	if err := ts.Exec(command[0], command[1:]...); err != nil {
		failed, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = failed.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// holds compares what is in a directory with a list of patterns, each of which
// must match something: holds DIR [PATTERN...].
func holds(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: holds DIR [PATTERN...]")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	used := map[string]bool{}
	for _, e := range entries {
		i := slices.IndexFunc(args[1:], func(pattern string) bool {
			match, err := filepath.Match(pattern, e.Name())
			ts.Check(err)
			return match
		})
		if i < 0 {
			ts.Fatalf("%s holds %s", args[0], e.Name())
		}
		used[args[1+i]] = true
	}
	for _, pattern := range args[1:] {
		if !used[pattern] {
			ts.Fatalf("%s does not hold %s", args[0], pattern)
		}
	}
}

// able answers the conditions of scripts: what this process can do. What
// NSBENCH_TEST_REQUIRE names it must be able to do.
func able(ability string) (bool, error) {
	probe, ok := probes()[ability]
	if !ok {
		return false, fmt.Errorf("no such ability: %s", ability)
	}
	err := probe()
	if err != nil && slices.Contains(strings.Split(os.Getenv("NSBENCH_TEST_REQUIRE"), ","), ability) {
		return false, fmt.Errorf("NSBENCH_TEST_REQUIRE names %s: %w", ability, err)
	}
	return err == nil, nil
}
