//go:build amd64 || arm64

package handshake

import (
	"errors"
	"os"

	"github.com/nsbench/nsbench/sync/program"
)

// Explain returns the programs of a profile, for each process, as they would be run. The
// gates that are made for it are gone when it returns.
func Explain(p Profile, c Change) (sides []Side, err error) {
	p, err = c.of(p)
	if err != nil {
		return nil, err
	}
	b, err := program.NewBoard(boardSize, program.Syscall)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	if err := b.Reset(len(p.Steps) + 1); err != nil {
		return nil, err
	}
	w := &world{executes: !c.bare(), payload: program.FD{Name: "payload", N: explained}, uid: os.Geteuid(), gid: os.Getegid(),
		group: "/sys/fs/cgroup/GROUP", procs: program.FD{Name: "cgroup.procs", N: explained + 1}}
	if err := w.expect(b, p); err != nil {
		return nil, err
	}
	compiled, err := compile(p, setting{board: b, world: w, holdSleep: c.Hold, first: -1, others: -1, temp: program.FD{Name: "tmp", N: explained + 2}})
	defer func() { err = errors.Join(err, compiled.close()) }()
	if err != nil {
		return nil, err
	}
	for _, process := range p.Processes {
		side := Side{Process: process}
		for i, part := range compiled.programs[process.Name] {
			name := "in the end"
			if steps := compiled.steps[process.Name]; i < len(steps) {
				name = p.Steps[steps[i]].tells(process.Name)
			}
			side.Parts = append(side.Parts, Part{name, part.Program})
		}
		sides = append(sides, side)
	}
	return sides, nil
}

// explained are numbers of descriptors that are not opened, which nobody prints.
const explained = 1 << 20
