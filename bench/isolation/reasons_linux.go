package isolation

import "golang.org/x/sys/unix"

// errorText is what strerror says of an error, by its name.
func errorText(name string) string {
	for e := unix.Errno(1); e < 4096; e++ {
		if name != "" && unix.ErrnoName(e) == name {
			return e.Error()
		}
	}
	return ""
}
