package sys

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSysVAsInTheHeaders(t *testing.T) {
	inHeaders(t, []string{"linux/sem.h"}, map[string]uint64{
		"SETVAL":      setval,
		"IPC_RMID":    unix.IPC_RMID,
		"IPC_PRIVATE": unix.IPC_PRIVATE,
	})
}

// listed reports whether the kernel knows of an object. proc_sysvipc(5).
func listed(t *testing.T, kind string, id int) bool {
	t.Helper()
	text, err := os.ReadFile("/proc/sysvipc/" + kind)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(strings.Split(string(text), "\n"), func(line string) bool {
		fields := strings.Fields(line)
		return len(fields) > 1 && fields[0] == "0" && fields[1] == strconv.Itoa(id) // 0 is the key: none
	})
}

func TestSysVObjects(t *testing.T) {
	for kind, object := range map[string]struct {
		make   func() (int, error)
		remove func(int) error
		call   string
	}{
		"sem": {func() (int, error) { return Semaphore(1) }, RemoveSemaphore, "semctl"},
		"msg": {MessageQueue, RemoveMessageQueue, "msgctl"},
	} {
		id, err := object.make()
		if err != nil {
			t.Fatal(err)
		}
		if !listed(t, kind, id) {
			t.Errorf("%s %d is not in /proc/sysvipc", kind, id)
		}
		if err := object.remove(id); err != nil {
			t.Error(err)
		}
		if listed(t, kind, id) {
			t.Errorf("%s %d is still in /proc/sysvipc", kind, id)
		}
		want := fmt.Sprintf("remove System V object %d: %s: ", id, object.call)
		if err := object.remove(id); !errors.Is(err, unix.EINVAL) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("removed again: %v; want EINVAL and %q", err, want)
		}
	}
}

// A value that a semaphore cannot have leaves no semaphore behind.
func TestSemaphoreFailsHalfWay(t *testing.T) {
	var err error
	inIPCNamespace(t, nil, func() {
		if _, got := Semaphore(1 << 20); !errors.Is(got, unix.ERANGE) || !strings.HasPrefix(got.Error(), "semctl: ") {
			err = fmt.Errorf("%w, want ERANGE and the call", got)
			return
		}
		var text []byte
		if text, err = os.ReadFile("/proc/sysvipc/sem"); err == nil && strings.Count(string(text), "\n") != 1 {
			err = fmt.Errorf("left behind:\n%s", text)
		}
	})
	if err != nil {
		t.Error(err)
	}
}
