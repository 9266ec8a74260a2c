//go:build !linux

package main

import (
	"errors"
	"os"
)

// createNameless and giveName are of Linux only.
func createNameless(string) (*os.File, error) { return nil, errors.ErrUnsupported }

func giveName(*os.File, string) error { return errors.ErrUnsupported }
