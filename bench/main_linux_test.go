package bench

import (
	"os"
	"testing"

	"github.com/nsbench/nsbench/sync/program"
)

// The children of launch.Exec are this binary, executed anew.
func TestMain(m *testing.M) {
	program.Reexecuted()
	os.Exit(m.Run())
}
