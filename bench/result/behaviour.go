package result

// A Behaviour is one cell of a matrix: what became of a primitive under one fault,
// or under one set of namespaces, over a number of trials. A cell is found by
// running; one that could not be run says why.
type Behaviour struct {
	Matrix    string `json:"matrix"` // one of the Matrix constants
	Primitive string `json:"primitive"`
	Family    string `json:"family"`
	Fault     string `json:"fault,omitempty"`     // of the faults: one of Plan.Faults
	Namespace string `json:"namespace,omitempty"` // of isolation: one of Plan.Spaces
	Way       string `json:"way,omitempty"`       // of isolation: one of the Way constants

	Outcome string   `json:"outcome"`           // that of most trials; of equally many the worse; one of the Outcome constants
	Trials  int      `json:"trials"`            // 0 where it is unavailable
	Results []Result `json:"results,omitempty"` // what the trials came to, each distinct result once, the most frequent first
	Reason  string   `json:"reason,omitempty"`  // why it is unavailable, in a sentence
	Moot    bool     `json:"moot,omitempty"`    // it is so because the primitive has nothing that the fault could be done to

	// Of each trial in which the child was released, in the order of the trials:
	// the release latency under the fault, and in a run without it where the fault
	// asks for one.
	LatencyNS []int64 `json:"latency_ns,omitempty"`
	FreeNS    []int64 `json:"free_ns,omitempty"`

	// Of each trial that counted them: the descriptors that making the gate and
	// holding the child have opened in the parent.
	Descriptors []int64 `json:"descriptors,omitempty"`
}

// A Result is what some trials of a cell came to.
type Result struct {
	Outcome string `json:"outcome"`          // one of the Outcome constants
	N       int    `json:"n"`                // how many trials
	Errno   string `json:"errno,omitempty"`  // such as "EPERM", of what failed
	Signal  string `json:"signal,omitempty"` // such as "SIGPIPE", of what was killed
	At      string `json:"at,omitempty"`     // the operation that ended it or that it hangs at, as explain prints it
	Early   bool   `json:"early,omitempty"`  // it went on before anybody released it
	Note    string `json:"note,omitempty"`   // what else was seen, such as what the other side met
	Why     string `json:"why,omitempty"`    // the kernel's reason, in a sentence
	Source  string `json:"source,omitempty"` // where the reason is from, such as "ipc_namespaces(7)"
}

// The matrices.
const (
	MatrixFaults    = "faults"
	MatrixIsolation = "isolation"
)

// The outcomes, of the child unless the fault says of whom.
const (
	OutcomeReleased    = "released"    // it went on; of a parent: its release was carried out
	OutcomeParentGone  = "parent-gone" // it noticed that the other side is gone
	OutcomeHung        = "hung"        // it did not come to its end
	OutcomeKilled      = "killed"      // by a signal
	OutcomeFailed      = "failed"      // an operation failed
	OutcomeUnavailable = "unavailable" // it could not be tried
)

// The ways in which isolation is tried: who releases whom, and by what.
const (
	WayDown      = "parent releases child, made before the clone"
	WayDownNamed = "parent releases child, opened by name after the clone"
	WayUp        = "child releases parent, made before the clone"
	WayUpNamed   = "child releases parent, opened by name after the clone"
)

// Ways returns the Way constants, in the order in which they are tried: the first is the
// primitive as it stands.
func Ways() []string { return []string{WayDown, WayDownNamed, WayUp, WayUpNamed} }

// A Fault is a column of the faults.
type Fault struct {
	Name  string `json:"name"`
	About string `json:"about"` // what is done, in a sentence
	Of    string `json:"of"`    // whose outcome the cells tell: one of the Of constants

	// What is to be wished for and what is dangerous, of the outcomes; those in
	// neither list are neither.
	Sound  []string `json:"sound"`
	Unsafe []string `json:"unsafe"`
}

// Whose outcome the cells of a fault tell.
const (
	OfChild    = "child"
	OfParent   = "parent"
	OfStranger = "stranger" // a process that has nothing to do with the gate
)

// A Space is a column of isolation: a set of namespaces that a child is in.
type Space struct {
	Name       string   `json:"name"`
	About      string   `json:"about"` // what is so there, in a sentence
	Namespaces []string `json:"namespaces"`
}

func (*Behaviour) kind() string { return KindBehaviour }
