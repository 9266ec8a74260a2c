package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/nsbench/nsbench/sync/gate"
)

// explainUnderStrace has this very program hold and release one child under
// strace, and print its own programs next to what strace saw of them: another
// process's would have other descriptors, paths and ports. Where that cannot be
// done the programs are printed without.
func explainUnderStrace(ctx context.Context, w io.Writer, p gate.Primitive, namespaces []string) error {
	out, err := underStrace(ctx, p, namespaces)
	if len(out) == 0 {
		return errors.Join(err, explain(w, p))
	}
	_, writeErr := w.Write(out)
	return errors.Join(err, writeErr)
}

// underStrace runs explainTraced in another process under strace -ff, which
// writes a file for each process. strace(1).
func underStrace(ctx context.Context, p gate.Primitive, namespaces []string) (out []byte, err error) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		return nil, withHint(fmt.Errorf("explain --strace: %w", err), "install strace, for instance: apt-get install strace")
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("explain --strace: %w", err)
	}
	dir, err := os.MkdirTemp("", fmt.Sprintf("nsbench-%d-", os.Getpid()))
	if err != nil {
		return nil, fmt.Errorf("explain --strace: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cmd := exec.CommandContext(ctx, strace, "-ff", "-qq", "-I2", "-s", "4096", "-o", filepath.Join(dir, traceName), self,
		"explain", p.Name, "--namespaces", strings.Join(namespaces, ","), "--traced", dir)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.Bytes(), passedOn(stderr.String(), err)
	}
	return stdout.Bytes(), nil
}

// passedOn is the error that the process under strace has printed, with its
// hint, or what strace has.
func passedOn(stderr string, err error) error {
	text, ours := strings.CutPrefix(stderr, errorPrefix)
	if !ours {
		return fmt.Errorf("explain --strace: strace: %w: %s", err, oneLine(stderr))
	}
	text, hint, _ := strings.Cut(text, hintPrefix)
	return withHint(errors.New(strings.TrimSpace(text)), strings.TrimSpace(hint))
}

// traceName is what the names of strace's files begin with, before a dot and the
// thread's ID.
const traceName = "trace"
