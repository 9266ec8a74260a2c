// Package host says what this host is, and what on it would disturb a
// measurement.
//
// It only looks. A tool that set the governor or stopped a service would
// measure a machine that its reader does not have, so every finding ends with
// what to type and leaves the typing to the reader. The one exception is the
// affinity of a thread, which is set to ask whether it can be and set back.
//
// What cannot be found out is never taken for harmless: it is a finding of
// its own, with the status "unknown" and the reason. So a host without /proc
// or /sys yields as many findings as any other.
//
// Nearly everything is read from files below a root that is an fs.FS, and
// what only a system call tells is behind a struct of functions. So every
// answer a kernel can give is tested without that kernel.
package host

import (
	"io/fs"
	"os"
	"runtime"
)

// A Host is a machine as one process on it sees it.
type Host struct {
	files fs.FS // the root directory
	calls calls
	os    string // as runtime.GOOS
	arch  string // as runtime.GOARCH
}

// This returns the host that the process runs on.
func This() *Host { return At(os.DirFS("/")) }

// At returns the host whose root directory is files. What no file tells is
// asked of the running kernel.
func At(files fs.FS) *Host {
	return &Host{files: files, calls: system(), os: runtime.GOOS, arch: runtime.GOARCH}
}
