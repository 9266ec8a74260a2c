//go:build !linux

package sys

import "errors"

// A Cgroup is there on Linux only.
type Cgroup struct {
	Procs, Freeze, Home int
	Dir                 string
}

// NewCgroup works on Linux only.
func NewCgroup() (*Cgroup, error) { return nil, errors.ErrUnsupported }

// CgroupDir works on Linux only.
func CgroupDir(int, string) (string, error) { return "", errors.ErrUnsupported }

// Close works on Linux only.
func (*Cgroup) Close() error { return errors.ErrUnsupported }
