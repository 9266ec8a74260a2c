package gatetest

import (
	"time"

	"github.com/nsbench/nsbench/sync/program"
)

// spin lets d pass without giving the CPU up, which takes longer than most d.
func spin(d time.Duration) {
	program.Syscall.Await(program.Syscall.Now() + uint64(d))
}
