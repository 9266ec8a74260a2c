package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
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

// replaceFiles writes files all together or not at all: each is written without a name,
// or under a temporary one beside its place, on as many CPUs as there are, and they get
// their names when the last is whole. None is begun once one could not be written: what
// is wrong with a directory is wrong for all of them. The error is that of the first in
// order.
//
// What is written goes to the disk as it comes: the samples of a large record need
// not fit into memory. To write each into place by itself lost: a report that failed
// half-way left its page beside the pictures of the one before.
func replaceFiles(all []replacement) error {
	for _, r := range all { // or it would be found out after some of them are in their places
		info, err := os.Lstat(r.path)
		switch {
		case err == nil && info.IsDir():
			return fmt.Errorf("write %s: %w", r.path, syscall.EISDIR)
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("write %s: %w", r.path, err)
		}
	}
	written, errs := make([]temporary, len(all)), make([]error, len(all))
	var workers sync.WaitGroup
	var next, failed atomic.Int64
	for range min(len(all), runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for failed.Load() == 0 {
				i := int(next.Add(1)) - 1
				if i >= len(all) {
					return
				}
				if written[i], errs[i] = all[i].temporary(i < mostNameless); errs[i] != nil {
					failed.Add(1)
				}
			}
		})
	}
	workers.Wait()
	defer func() {
		for _, t := range written {
			_ = t.close() // it was written before it was closed, or is in no place
		}
	}()
	if err := firstError(errs...); err != nil {
		return errors.Join(err, unfinished.remove())
	}
	return unfinished.place(all, written)
}

// mostNameless is how many files may be without a name at a time: each is open until it
// has one, and a process may have so many open files.
const mostNameless = 100

// A temporary is a file that is not in its place yet.
type temporary struct {
	nameless *os.File // open
	name     string   // of one that has a temporary one
}

func (t temporary) close() error {
	if t.nameless == nil {
		return nil
	}
	return t.nameless.Close()
}

// temporary writes the file where it is not in its place yet.
func (r replacement) temporary(nameless bool) (t temporary, err error) {
	var file *os.File
	if nameless {
		file, err = createNameless(filepath.Dir(r.path))
		t.nameless = file
	}
	if err != nil || !nameless {
		file, err = unfinished.create(r.path)
		t = temporary{}
	}
	if err != nil {
		return t, fmt.Errorf("write %s: %w", r.path, err)
	}
	if t.nameless == nil {
		t.name = file.Name()
	}
	out := bufio.NewWriterSize(file, 64<<10)
	if err = r.write(out); err == nil {
		err = out.Flush()
	}
	err = errors.Join(err, file.Chmod(0o644))
	if t.nameless == nil {
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		return t, fmt.Errorf("write %s: %w", r.path, err)
	}
	return t, nil
}

// temporaries are the files of this process that have temporary names.
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

// place puts files where they belong. A signal waits for the last of them.
func (t *temporaries) place(all []replacement, written []temporary) error {
	t.Lock()
	defer t.Unlock()
	for i, from := range written {
		if err := t.placeOne(from, all[i].path); err != nil {
			return fmt.Errorf("write %s: %w", all[i].path, errors.Join(err, t.removeAll()))
		}
	}
	return nil
}

// placeOne puts a file where it belongs. A nameless one takes the place of another by
// way of a temporary name, for a moment; where there is no other it never has one.
func (t *temporaries) placeOne(from temporary, path string) error {
	if from.nameless != nil {
		err := giveName(from.nameless, path)
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		from.name = filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%d", filepath.Base(path), rand.Uint64()))
		if err := giveName(from.nameless, from.name); err != nil {
			return err
		}
		t.names[from.name] = true
	}
	err := os.Rename(from.name, path)
	if err == nil {
		delete(t.names, from.name)
	}
	return err
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
