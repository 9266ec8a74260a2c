package condition

import "errors"

// DrainMeans is how a Drainer knows that namespaces are gone, for the record.
type DrainMeans string

// The means.
const (
	DrainMarker  DrainMeans = "marker"   // one of its own behind them, whose end a limit tells
	DrainWorkers DrainMeans = "kworkers" // no thread of the kernel is seen at it
)

// ErrCannotTell says that nothing here tells when the kernel has taken the
// network namespaces of ended children apart.
var ErrCannotTell = errors.New("could not find out when they are gone")
