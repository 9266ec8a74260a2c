package bench

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/nsbench/nsbench/bench/launch"
)

// reap waits for the end of each child. What it stamps is when the parent saw
// something: of several children it looks after one at a time.
func (s *session) reap(sc *scene, g *group, last bool) error {
	var all error
	for i := range g.lives {
		l := &g.lives[i]
		all = errors.Join(all, s.awaitEnd(l))
		if last && i == len(g.lives)-1 {
			l.runDelay, l.strayed = runDelay(l.child), sc.strayed(l.child)
			l.looked = s.clock.Now() - l.ended
		}
		var err error
		l.exit, err = l.child.WaitHere(func() { l.reaped = s.clock.Now() })
		l.outcome = l.child.Outcome()
		all = errors.Join(all, err)
	}
	return all
}

// awaitEnd waits for the end of a child that has not been seen to end.
func (s *session) awaitEnd(l *life) (err error) {
	if l.payload != nil {
		if l.executed == 0 {
			err = l.payload.await()
			l.executed = s.clock.Now()
		}
		err = errors.Join(err, l.payload.close())
	}
	if l.ended == 0 {
		err = errors.Join(err, l.child.AwaitEnd())
		l.ended = s.clock.Now()
	}
	return err
}

// through reports whether every child has gone through its last stage.
func (s *session) through(g *group) bool {
	for child := range g.lives {
		if s.board.Stage(g.row(len(g.stages)-1, child)).Resumed == 0 {
			return false
		}
	}
	return true
}

// runDelay returns how long a child that has ended has waited for a CPU, in all
// its life: the second figure of /proc/PID/schedstat, of which there is none
// where the kernel keeps no scheduler statistics.
func runDelay(c *launch.Child) *int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", c.PID))
	if err != nil {
		return nil
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return nil
	}
	ns, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return nil
	}
	return &ns
}
