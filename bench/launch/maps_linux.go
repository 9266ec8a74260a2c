package launch

import (
	"fmt"
	"os"
)

// WriteMaps maps this user and group to 0 in the user namespace of the process
// pid, a child in a new one. It is the parent's work: only a process outside of
// the namespace may map a user other than its own, and setgroups must be denied
// before an unprivileged process may map a group. user_namespaces(7).
func WriteMaps(pid int) error {
	for _, f := range []struct{ name, text string }{
		{"uid_map", fmt.Sprintf("0 %d 1\n", os.Geteuid())},
		{"setgroups", "deny"},
		{"gid_map", fmt.Sprintf("0 %d 1\n", os.Getegid())},
	} {
		if err := os.WriteFile(fmt.Sprintf("/proc/%d/%s", pid, f.name), []byte(f.text), 0); err != nil {
			return fmt.Errorf("map user and group: %w", err)
		}
	}
	return nil
}
