//go:build !linux

package main

import "errors"

func helpers() map[string]func() { return nil }

func probes() map[string]func() error {
	no := func() error { return errors.ErrUnsupported }
	return map[string]func() error{"root": no, "userns": no, "cpus": no}
}
