package result

import (
	"errors"
	"os"
	"syscall"
	"testing"
)

func TestWriterOnAFullDevice(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := NewWriter(full).Write(host("a")[0]); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v", err)
	}
	if err := full.Close(); err != nil {
		t.Error(err)
	}
}
