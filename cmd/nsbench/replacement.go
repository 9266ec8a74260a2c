package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
)

// A replacement is a file that takes the place of another, or a new one.
type replacement struct {
	path  string
	write func(io.Writer) error
}

// replaceFiles writes files all together or not at all: each is written under a
// temporary name beside its place, on as many CPUs as there are, and they are renamed
// when the last is whole. None is begun once one could not be written: what is wrong
// with a directory is wrong for all of them. The error is that of the first in order.
//
// What is written goes to the disk as it comes: the samples of a large record need
// not fit into memory. To write each into place by itself lost: a report that failed
// half-way left its page beside the pictures of the one before.
func replaceFiles(all []replacement) error {
	for _, r := range all { // or the renames would find out, after some of them
		if info, err := os.Lstat(r.path); err == nil && info.IsDir() {
			return fmt.Errorf("write %s: %w", r.path, syscall.EISDIR)
		}
	}
	names, errs := make([]string, len(all)), make([]error, len(all))
	var workers sync.WaitGroup
	var next, failed atomic.Int64
	for range min(len(all), runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for failed.Load() == 0 {
				i := int(next.Add(1)) - 1
				if i >= len(all) {
					return
				}
				if names[i], errs[i] = all[i].temporary(); errs[i] != nil {
					failed.Add(1)
				}
			}
		})
	}
	workers.Wait()
	if err := firstError(errs...); err != nil {
		return errors.Join(err, unfinished.remove())
	}
	return unfinished.place(all, names)
}

// temporary writes the file under a temporary name, which it returns.
func (r replacement) temporary() (name string, err error) {
	tmp, err := unfinished.create(r.path)
	if err != nil {
		return "", fmt.Errorf("write %s: %w", r.path, err)
	}
	out := bufio.NewWriterSize(tmp, 64<<10)
	if err = r.write(out); err == nil {
		err = out.Flush()
	}
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return "", fmt.Errorf("write %s: %w", r.path, err)
	}
	return tmp.Name(), nil
}

// temporaries are the files of this process that are not in their places yet.
type temporaries struct {
	sync.Mutex
	names map[string]bool
}

// unfinished is what a signal that ends the process must not leave behind. The
// signal comes to the process, and so there is one of them.
var unfinished = temporaries{names: make(map[string]bool)}

// create makes a temporary file beside a path.
func (t *temporaries) create(path string) (*os.File, error) {
	t.Lock()
	defer t.Unlock()
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err == nil {
		t.names[file.Name()] = true
	}
	return file, err
}

// place renames files to where they belong. A signal waits for the last of them.
func (t *temporaries) place(all []replacement, names []string) error {
	t.Lock()
	defer t.Unlock()
	for i, name := range names {
		if err := os.Rename(name, all[i].path); err != nil {
			return fmt.Errorf("write %s: %w", all[i].path, errors.Join(err, t.removeAll()))
		}
		delete(t.names, name)
	}
	return nil
}

// remove removes all of them.
func (t *temporaries) remove() error {
	t.Lock()
	defer t.Unlock()
	return t.removeAll()
}

// removeForGood removes all of them, and nobody makes or renames any from then on.
func (t *temporaries) removeForGood() error {
	t.Lock()
	return t.removeAll()
}

func (t *temporaries) removeAll() (err error) {
	for name := range t.names {
		err = errors.Join(err, os.Remove(name))
		delete(t.names, name)
	}
	return err
}
