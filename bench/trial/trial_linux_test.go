//go:build amd64 || arm64

package trial

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/nsbench/nsbench/sync/program"
)

func TestMain(m *testing.M) {
	program.Reexecuted()
	Reexecuted(Scripts{
		"none": func(p *Parent) End {
			if failed := p.Make(); failed != nil {
				return *failed
			}
			c, err := p.Start(0, p.Gate.Wait())
			if err != nil {
				return p.Failed(err)
			}
			return p.LetGo(c)
		},
		"kill": func(p *Parent) End {
			if failed := p.Make(); failed != nil {
				return *failed
			}
			c, err := p.Start(0, p.Gate.Wait())
			if err != nil {
				return p.Failed(err)
			}
			if err := p.AwaitHeld(c); err != nil {
				return p.Ended(err)
			}
			return p.Killed()
		},
	})
	os.Exit(m.Run())
}

func TestTry(t *testing.T) {
	p, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	var trials []Trial
	for _, s := range []string{"none", "kill"} {
		for _, prim := range []string{"pipe-eof", "pipe-byte", "eventfd", "spin", "cgroup-freeze", "ptrace"} {
			trials = append(trials, Trial{Script: s, Primitive: prim, Deadline: 400 * time.Millisecond})
		}
	}
	err = p.Run(context.Background(), trials, func(i int, rep Report) error {
		t.Logf("%v %+v", trials[i], rep)
		return nil
	})
	t.Log(err, p.Groupless())
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}
