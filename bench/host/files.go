package host

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// An unmounted says that a value could not be read because the file system
// that has it is not there. It is not an fs.ErrNotExist: there a missing file
// means that the kernel lacks the feature, here it means nothing.
type unmounted struct{ kind, dir string }

func (u *unmounted) Error() string { return "/" + u.dir + " is not mounted" }

// witnesses are files that every kernel has below the file system's root.
var witnesses = []struct{ file, kind, dir string }{
	{"proc/self", "proc", "proc"},
	{"sys/devices", "sysfs", "sys"},
}

// read returns a file as text, without the white space around it. The NUL
// bytes between the strings of a device tree become spaces.
func (h *Host) read(name string) (string, error) {
	data, err := fs.ReadFile(h.files, name)
	if err != nil {
		return "", h.explain(name, err)
	}
	return strings.TrimSpace(strings.ReplaceAll(string(data), "\x00", " ")), nil
}

func (h *Host) explain(name string, err error) error {
	for _, w := range witnesses {
		if strings.HasPrefix(name, w.dir+"/") && !h.exists(w.file) {
			return &unmounted{w.kind, w.dir}
		}
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err // its path lacks the leading slash
	}
	return fmt.Errorf("read /%s: %w", name, err)
}

func (h *Host) exists(name string) bool {
	_, err := fs.Stat(h.files, name)
	return err == nil
}

func (h *Host) readInt(name string) (int64, error) {
	text, err := h.read(name)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read /%s: %w", name, err)
	}
	return n, nil
}

// readAll returns the different texts of the files that match a pattern, in
// the order in which they were first seen.
func (h *Host) readAll(pattern string) ([]string, error) {
	names, err := fs.Glob(h.files, pattern)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, h.explain(pattern, fs.ErrNotExist)
	}
	var texts []string
	for _, name := range names {
		text, err := h.read(name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts, nil
}

// member returns the value of the first line "key: value" in a text such as
// /proc/self/status. White space around the key does not count.
func member(text, key string) (value string, ok bool) {
	for line := range strings.Lines(text) {
		k, v, found := strings.Cut(line, ":")
		if found && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v), true
		}
	}
	return "", false
}
