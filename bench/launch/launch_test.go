package launch

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nsbench/nsbench/sync/program"
)

// What the child does before its gate, call by call.
func TestPrologue(t *testing.T) {
	r, w, stderr := program.FD{Name: "r", N: 4}, program.FD{Name: "w", N: 7}, program.FD{Name: "stderr", N: 2}
	wait := program.Part{Program: program.Program{
		program.Close(w), program.Read(r, 1), program.Sigwait(program.Signals(program.SIGUSR1)),
	}}
	tests := []struct {
		name string
		keep []program.FD
		then []program.Part
		want string
	}{
		{"a gate", nil, []program.Part{wait}, `
close_range(0, 3, 0)
close_range(5, 6, 0)
close_range(8, ~0U, 0)
rt_sigprocmask(SIG_SETMASK, [USR1], NULL, 8)
`},
		{"two parts, and a descriptor to keep", []program.FD{stderr, r}, []program.Part{wait, wait}, `
close_range(0, 1, 0)
close_range(3, 3, 0)
close_range(5, 6, 0)
close_range(8, ~0U, 0)
rt_sigprocmask(SIG_SETMASK, [USR1], NULL, 8)
`},
		{"nothing", nil, nil, `
close_range(0, ~0U, 0)
rt_sigprocmask(SIG_SETMASK, [], NULL, 8)
`},
		{"the first descriptors", []program.FD{{Name: "0", N: 0}, {Name: "1", N: 1}}, nil, `
close_range(2, ~0U, 0)
rt_sigprocmask(SIG_SETMASK, [], NULL, 8)
`},
	}
	const ties = `prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
ppoll([{fd=parent, events=POLLIN}], 1, {tv_sec=0, tv_nsec=0}, NULL, 0) = 0; 1: parent-gone
`
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := Prologue(program.FD{Name: "parent", N: 9}, test.keep, test.then...)
			if diff := cmp.Diff(ties+strings.TrimPrefix(test.want, "\n"), p.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if err := p.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

// The caller's list is its own.
func TestPrologueLeavesKeepAlone(t *testing.T) {
	keep := make([]program.FD, 2, 8)
	keep[0].N, keep[1].N = 9, 3
	Prologue(program.FD{Name: "parent", N: 5}, keep, program.Part{Program: program.Program{program.Close(program.FD{N: 1})}})
	if keep[0].N != 9 || keep[1].N != 3 || keep[:3][2] != (program.FD{}) {
		t.Errorf("keep is now %v", keep[:3])
	}
}

func TestExitString(t *testing.T) {
	for exit, want := range map[Exit]string{
		{}:           "exit status 0",
		{Status: 3}:  "exit status 3",
		{Signal: 9}:  "killed by signal 9",
		{Status: -1}: "exit status -1",
	} {
		if got := exit.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestErrUnsupported(t *testing.T) {
	if !errors.Is(ErrUnsupported, errors.ErrUnsupported) {
		t.Errorf("%v is not errors.ErrUnsupported", ErrUnsupported)
	}
}
