// Package result is the record of a run: the file format, and nothing else.
//
// A record is an append-only log, one JSON object a line, written as the run
// goes. A run that is killed loses at most the block under way; a line torn
// by that death is told apart from nonsense; files of several hosts can be
// concatenated. Times are integers in nanoseconds, samples are raw, and
// nothing that was measured is left out: a sample that cannot be trusted
// stays in its column and is marked with the reason. What to make of such a
// sample is for the reader to decide, so this package knows no statistics.
//
// docs/record.schema.json describes the same format for other languages.
package result

import (
	"context"
	"errors"
	"time"
)

// Schema is the version of the record's format that this package writes. It
// rises when a field changes its meaning; a field that is merely new does not
// raise it, because a reader passes over the fields it does not know.
const Schema = 1

// The kinds of line, as the member "kind" of each names them.
const (
	KindHeader    = "header"
	KindBlock     = "block"
	KindBehaviour = "behaviour"
	KindHandshake = "handshake"
	KindBreak     = "break"
	KindEnd       = "end"
)

// A Record is one line: a *Header, a *Block, a *Behaviour, a *Handshake, a *Break, an *End, or an *Unknown.
type Record interface{ kind() string }

// A Header opens a run. Everything up to the next header belongs to it.
type Header struct {
	Schema      int         `json:"schema"`
	Version     string      `json:"version"` // of nsbench
	Started     time.Time   `json:"started"`
	Command     []string    `json:"command"` // as typed, to run it again
	Seed        uint64      `json:"seed"`
	Plan        Plan        `json:"plan"`
	Environment Environment `json:"environment"`
	Clock       Clock       `json:"clock"`
}

// A Plan is what the run set out to measure.
type Plan struct {
	Series     []Series `json:"series"`
	Iterations int      `json:"iterations"`        // measured releases per series, all stages included
	Stages     int      `json:"stages"`            // releases per child
	Block      int      `json:"block"`             // children per block, where they are held one by one
	Warmup     int      `json:"warmup"`            // rounds at the start that are marked as warm-up
	Payload    []string `json:"payload,omitempty"` // the command that each child executes at its end

	// When to end before the iterations are through: 0 for not at all.
	Precision float64 `json:"precision,omitempty"`   // the share to which every series' median first release is to be known: 0.02 is 2 %
	MaxTimeNS int64   `json:"max_time_ns,omitempty"` // after which no further round begins

	// How reports compare; nothing that was measured depends on it.
	Baseline  string  `json:"baseline,omitempty"`  // the primitive that the others are compared with; empty for none
	Threshold float64 `json:"threshold,omitempty"` // the share below which a difference makes none: 0.02 is 2 %; with a baseline, 0 is none

	// Of a matrix of behaviours, which has no series.
	Trials     int      `json:"trials,omitempty"`     // per cell
	Primitives []string `json:"primitives,omitempty"` // the rows
	Ideas      []string `json:"ideas,omitempty"`      // of each of them what the two sides do, in a line
	Faults     []Fault  `json:"faults,omitempty"`     // the columns, of the faults
	Spaces     []Space  `json:"spaces,omitempty"`     // the columns, of isolation

	// Of handshakes, which have no series either: Iterations is how often each is run.
	// With Trials they are a matrix, whose rows are the profiles.
	Profiles []Profile `json:"profiles,omitempty"`
}

// A Series is one combination of all that a plan can vary. Blocks name it by
// its index in Plan.Series. A record from before there was a member has none of
// it, which is what the member's zero stands for.
type Series struct {
	Primitive  string   `json:"primitive"`
	Family     string   `json:"family"`
	Blocking   bool     `json:"blocking"` // the waiter gives its CPU up, and each sample must prove it
	Launcher   string   `json:"launcher"`
	Namespaces []string `json:"namespaces"`
	Placement  string   `json:"placement"`
	HoldNS     int64    `json:"hold_ns"` // the centre that each sample's hold was drawn around; 0 released at once, armed or not

	Children int    `json:"children,omitempty"`  // that are held at a time and released together; 0 and 1 are one
	FreesAll bool   `json:"frees_all,omitempty"` // one operation releases all of them; else each has its own
	Load     int    `json:"load,omitempty"`      // busy threads on each CPU
	LoadNice int    `json:"load_nice,omitempty"` // their nice value
	Quota    int    `json:"cpu_quota,omitempty"` // how much of a CPU the child may use, in per cent; 0 is as much as there is
	Idle     string `json:"idle,omitempty"`      // "natural", or "poll" where no CPU sleeps
	Sched    string `json:"sched,omitempty"`     // the child's scheduling class, as --sched takes it

	SelfCheck bool  `json:"self_check,omitempty"` // the baseline once more, to see what differences a run finds between equals
	DelayNS   int64 `json:"delay_ns,omitempty"`   // the baseline, released so much later than it is said to be, to see whether a run finds that
}

// Early reports whether a sample of this hold was released before its child had
// armed. It is no release from a wait: the child found its gate open. Where the
// plan was to release at once it is a kind of its own and valid; from armed to
// resumed it took the release latency and the hold, which is negative.
func Early(holdNS int64) bool { return holdNS < 0 }

// An Environment is what the host was like, as far as it bears on a
// measurement. A value that could not be found out is empty, and a disturbance says why.
type Environment struct {
	Host       string `json:"host"`
	OS         string `json:"os"`
	Arch       string `json:"arch"`
	Kernel     string `json:"kernel"`  // uname release and version
	Cmdline    string `json:"cmdline"` // the kernel's command line
	Go         string `json:"go"`
	CPU        string `json:"cpu"`
	CPUs       int    `json:"cpus"`       // usable by this process
	ParentCPU  int    `json:"cpu_parent"` // in the first series that is pinned; -1 where none is
	ChildCPU   int    `json:"cpu_child"`
	KeptAwake  string `json:"kept_awake,omitempty"` // by what no CPU slept in the series that say so
	DrainedBy  string `json:"drained_by,omitempty"` // what told that network namespaces were gone, or why nothing did
	QuotaBy    string `json:"quota_by,omitempty"`   // what limited the CPU time of children: "cgroup v1" or "cgroup v2"
	VM         string `json:"vm"`                   // the hypervisor, empty on bare metal
	Governor   string `json:"governor"`
	IdleDriver string `json:"idle_driver"`
	IdlePolicy string `json:"idle_governor"`
	SMT        string `json:"smt"`
	Clock      string `json:"clocksource"` // the kernel's
	THP        string `json:"thp"`
	LoadAvg    string `json:"loadavg"` // at the start
	UID        int    `json:"uid"`
	UserNS     bool   `json:"userns_added"` // because the run was not privileged

	// Disturbances are the findings of the checks that `nsbench doctor`
	// makes: whatever on this host would bend the figures.
	Disturbances []Disturbance `json:"disturbances"`
}

// A Disturbance is one thing on the host that bends figures.
type Disturbance struct {
	Check  string `json:"check"`  // a short stable name, such as "governor"
	Status string `json:"status"` // "ok", "warn", "unknown"
	Found  string `json:"found"`  // what is so
	Effect string `json:"effect"` // what it does to a figure
	Fix    string `json:"fix"`    // what to type, empty where nothing helps
}

// A Clock says what the stamps of both sides were read from.
type Clock struct {
	Source   string `json:"source"`    // "tsc", "cntvct" or "clock_gettime"
	Hz       int64  `json:"hz"`        // ticks a second, found against CLOCK_MONOTONIC
	OffsetNS int64  `json:"offset_ns"` // between the two CPUs used, as far as could be told
	Why      string `json:"why"`       // why the cycle counter was not used; else empty
	NullNS   int64  `json:"null_ns"`   // median of the null gate: what the harness adds to a release
	StepNS   int64  `json:"step_ns"`   // smallest difference above zero that two stamps showed
}

// A Block is one visit to one series: a few children, one after another.
//
// The columns of samples have one entry a release, in the order in which they
// were made: child by child, and stage 1 to Plan.Stages within a child. The
// columns of children have one entry a child.
//
// Where Series.Children are held at a time, so many children in a row are a
// group. They have one release to begin with: what counts from it, the release
// latency and the signal cost, counts from before the first operation that
// releases any of them. So the latest of a group is the time to the last child,
// and the signal cost of a child that has an operation of its own says when that
// was over.
type Block struct {
	Round  int  `json:"round"` // from 0, warm-up rounds included
	Place  int  `json:"place"` // the block's place in its round
	Series int  `json:"series"`
	Warmup bool `json:"warmup"`

	Stage       []int64 `json:"stage"`       // 1 is cold: the first release in its child's life
	HoldNS      []int64 `json:"hold_ns"`     // from armed to released, as it was, not as it was drawn
	ReleaseNS   []int64 `json:"release_ns"`  // the release latency: from before the release to after the wait
	SignalNS    []int64 `json:"signal_ns"`   // what the release operation cost the parent
	WaitCPUNS   []int64 `json:"wait_cpu_ns"` // CPU time of the child from armed to resumed
	Voluntary   []int64 `json:"voluntary"`   // voluntary context switches of the child meanwhile
	Involuntary []int64 `json:"involuntary"` // involuntary ones
	ParentCPU   []int64 `json:"cpu_parent"`  // where the release was made
	ChildCPU    []int64 `json:"cpu_child"`   // where the wait returned

	// DelayNS is how long the parent kept busy between the moment that the
	// release counts from and the operation that releases, in a series that is
	// delayed: release latency and signal cost have it in them.
	DelayNS []int64 `json:"delay_ns,omitempty"`

	PrepareNS []int64 `json:"prepare_ns,omitempty"` // per child: making its gates
	CloneNS   []int64 `json:"clone_ns"`             // per child: what the clone cost the parent
	StartupNS []int64 `json:"startup_ns"`           // per child: from the clone's call to stage 1 armed
	ExecNS    []int64 `json:"exec_ns,omitempty"`    // per child: from the last stage's resuming to the payload executing
	ExitNS    []int64 `json:"exit_ns,omitempty"`    // per child: from then, or from the last stage's resuming, to its end
	ReapNS    []int64 `json:"reap_ns,omitempty"`    // per child: from its end to its being reaped
	CycleNS   []int64 `json:"cycle_ns"`             // per child: from before its gates were made to after it was reaped

	RunDelayNS  *int64 `json:"run_delay_ns,omitempty"` // run-queue wait in the life of the block's last child
	ThrottledNS *int64 `json:"throttled_ns,omitempty"` // how long the quota kept this block's children from running
	DrainNS     *int64 `json:"drain_ns,omitempty"`     // after the block: until its network namespaces were gone

	// Invalid marks the samples that must not enter a summary.
	Invalid []Mark `json:"invalid,omitempty"`
}

// A Mark says why a sample is not valid. A sample may carry several, so marks
// are not to be counted as samples.
type Mark struct {
	Sample int    `json:"sample"` // index into the columns
	Reason string `json:"reason"` // one of the Reason constants
	Detail string `json:"detail,omitempty"`
}

// The reasons for which a sample is not valid.
const (
	ReasonNotBlocked = "not-blocked" // a blocking primitive whose waiter did not give its CPU up
	ReasonEarly      = "early"       // the release came before the child had armed, which was not planned
	ReasonClock      = "clock"       // armed < released <= resumed does not hold
	ReasonOutcome    = "outcome"     // the wait ended in something other than released; Detail says what
	ReasonMoved      = "moved"       // a side ran on another CPU than the placement put it
)

// An End closes a run. A record without one was cut short.
type End struct {
	Finished time.Time `json:"finished"`
	Ended    string    `json:"ended"` // one of the Ended constants
	Error    string    `json:"error,omitempty"`
	Blocks   int       `json:"blocks"`
	Samples  int       `json:"samples"` // warm-up and invalid ones included
	Hz       int64     `json:"hz"`      // the clock's rate, found again over the whole run

	// Stopped is one of the Stopped constants: what ended a run, complete, that
	// could have ended by more than its iterations. Empty for every other.
	Stopped string `json:"stopped,omitempty"`
}

// EndOf is the last line of a section that ends now: complete, or by an error, which may
// be that of the context. Counts and the clock's rate are the caller's to add.
func EndOf(ctx context.Context, err error) End {
	end := End{Finished: time.Now().UTC(), Ended: EndedComplete}
	if err != nil {
		end.Ended, end.Error = EndedFailed, err.Error()
	}
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		end.Ended = EndedInterrupted
	}
	return end
}

// How a run ended.
const (
	EndedComplete    = "complete"
	EndedInterrupted = "interrupted"
	EndedFailed      = "failed"
)

// What a run was stopped by whose plan has a precision or a longest time.
const (
	StoppedPrecision  = "precision"  // every median is known well enough
	StoppedMaxTime    = "max-time"   // the time was over
	StoppedIterations = "iterations" // all that was to be measured at the most has been
)

// An Unknown is a line of a kind that this version does not know.
type Unknown struct {
	Kind string
}

func (*Header) kind() string    { return KindHeader }
func (*Block) kind() string     { return KindBlock }
func (*End) kind() string       { return KindEnd }
func (u *Unknown) kind() string { return u.Kind }
