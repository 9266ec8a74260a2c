//go:build amd64 || arm64

package isolation

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/bench/trial"
	"github.com/nsbench/nsbench/sync/gate"
	"github.com/nsbench/nsbench/sync/program"
)

func TestMain(m *testing.M) {
	program.Reexecuted()
	trial.Reexecuted(Scripts)
	os.Exit(m.Run())
}

func TestDump(t *testing.T) {
	began := time.Now()
	err := Run(t.Context(), Plan{Primitives: gate.All(), Trials: 3, Deadline: DefaultDeadline}, result.Header{}, Observer{Record: func(r result.Record) error {
		if b, ok := r.(*result.Behaviour); ok {
			for _, r := range b.Results {
				if r.Outcome != "released" && r.Source == "" {
					fmt.Println("NOREASON", b.Primitive, b.Way, b.Namespace, r)
				}
			}
			if len(b.Results) > 1 {
				fmt.Println("SPLIT", b.Primitive, b.Way, b.Namespace, b.Results)
			}
			fmt.Printf("%s|%s|%s|%s|%v%s\n", b.Way, b.Primitive, b.Namespace, b.Outcome, b.Results, b.Reason)
		}
		return nil
	}})
	t.Log(err, time.Since(began))
}
