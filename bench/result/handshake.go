package result

// A Profile is a handshake as it was run: that of a runtime, with what a plan has
// changed of it. Handshakes name it by its index in Plan.Profiles.
type Profile struct {
	Name    string `json:"name"`
	About   string `json:"about"`  // the handshake, in a sentence
	Source  string `json:"source"` // what it was read from
	With    string `json:"with,omitempty"`
	Work    string `json:"work"`              // "all", "none", or what of it is done, with commas between
	Trimmed string `json:"trimmed,omitempty"` // the stages that are left in, with commas between; empty is all
	Dropped string `json:"dropped,omitempty"` // the stages that are left out though the others count on them

	Processes []Process `json:"processes"` // in the order of their births; the first is there from the start
	Steps     []Step    `json:"steps"`     // what they do, in the order in which a reader would tell it

	Unavailable string   `json:"unavailable,omitempty"` // why it cannot be run here: then there are no handshakes of it
	LeftOut     []string `json:"left_out,omitempty"`    // what work is left out because the host refuses it: "link: why"
}

// A Process is one of a profile.
type Process struct {
	Name  string `json:"name"` // such as "S1"
	About string `json:"about"`
}

// A Step is one line of a profile. A process goes through the steps that name it in
// their order, and waits for another only at those that say so.
type Step struct {
	Kind       string   `json:"kind"` // one of the Step constants
	By         string   `json:"by"`   // the process that acts
	To         string   `json:"to,omitempty"`
	Name       string   `json:"name"`                 // of a stage, unique in its profile; of work, what it is: "maps"
	Primitive  string   `json:"primitive,omitempty"`  // of a stage
	Namespaces []string `json:"namespaces,omitempty"` // of a clone and of an unshare
	Note       string   `json:"note,omitempty"`       // what is particular about it, in a few words
}

// The kinds of step. What stamps it has is in Handshake.
const (
	StepClones   = "clones"   // By clones To
	StepDoes     = "does"     // By does work, to To if that is set and else to itself
	StepReleases = "releases" // By releases To, which waits: a stage
	StepReaps    = "reaps"    // By waits for the end of To
	StepExits    = "exits"    // By ends
	StepExecutes = "executes" // By executes another program: the payload begins
)

// The matrices of which handshakes are, as Section.Matrix names them: a plan with
// profiles is of the first, and one that has trials besides is of the second.
const (
	MatrixHandshakes = "handshakes"
	MatrixBreaks     = "breaks"
)

// A Handshake is one visit to one profile: a few handshakes, one after another.
//
// Times are in ns from the first stamp of the first process, which starts the clock of
// each handshake; they have one entry a handshake. 0 is a stamp that is not there.
type Handshake struct {
	Round   int  `json:"round"` // from 0, warm-up rounds included
	Place   int  `json:"place"` // in its round
	Profile int  `json:"profile"`
	Warmup  bool `json:"warmup"`

	TotalNS []int64  `json:"total_ns"` // until the last stamp of all
	Steps   []Stamps `json:"steps"`    // of the profile's steps, in their order
	Outcome []string `json:"outcome"`  // one of the Outcome constants: what is not "released" must not enter a summary
	Wrong   []string `json:"wrong"`    // what was wrong with the world that the payload found, with commas between; empty is right
}

// Stamps are those of one step.
//
//	clones    begin: By, before the clone; end: By, behind it; resumed: To, as it begins
//	does      begin and end: By
//	releases  armed and resumed: To, around its wait; begin and end: By, around its release;
//	          slept: how often To gave its CPU up meanwhile
//	reaps     begin and end: By, around its wait
//	exits     begin: By, right before it
//	executes  begin: By, right before it
//
// A release whose To had not armed by its begin was early: nobody waited for it yet.
type Stamps struct {
	BeginNS   []int64 `json:"begin_ns"`
	EndNS     []int64 `json:"end_ns,omitempty"`
	ArmedNS   []int64 `json:"armed_ns,omitempty"`
	ResumedNS []int64 `json:"resumed_ns,omitempty"`
	Slept     []int64 `json:"slept,omitempty"`
}

// A Break is one cell of what becomes of profiles when something breaks: of one
// profile under one break, over a number of trials.
type Break struct {
	Profile int    `json:"profile"`          // an index of Plan.Profiles
	Break   string `json:"break"`            // one of the Break constants
	Side    string `json:"side"`             // the process that it is done to; of a drop who was to release
	Stage   string `json:"stage"`            // the stage right after which it is done, or which is dropped; empty is right after the first clone
	Trials  int    `json:"trials"`           // 0 where it could not be tried
	Reason  string `json:"reason,omitempty"` // why it could not

	Verdict string        `json:"verdict"` // that of most trials; of equally many the worse; one of the Verdict constants; empty where it could not be tried
	Results []BreakResult `json:"results,omitempty"`
}

// A BreakResult is what some trials of a break came to: each distinct one once, the
// most frequent first.
type BreakResult struct {
	Verdict string   `json:"verdict"`
	N       int      `json:"n"`
	Wrong   []string `json:"wrong,omitempty"` // what was wrong with the world in which the payload began
	Hung    []string `json:"hung,omitempty"`  // who still waited when all was quiet, and at what: "R: read(sync, ...)"
	Ended   []string `json:"ended,omitempty"` // how those ended who did not go through all their steps: "S0: parent-gone at read(...)"
}

// What is done to a handshake.
const (
	BreakKill = "kill" // a process ends without a word
	BreakDrop = "drop" // a stage is left out, and who was to release is late with what it does before it
)

// What that comes to, the worse first. The payload is the program that the last process
// of a profile executes.
const (
	VerdictOpen   = "open"   // the payload began in a world that is not what it should be
	VerdictHangs  = "hangs"  // somebody waits for ever
	VerdictClosed = "closed" // the payload did not begin, and nobody waits
	VerdictWhole  = "whole"  // the payload began, and nothing was wrong: what was broken was not needed any more
)

func (*Handshake) kind() string { return KindHandshake }
func (*Break) kind() string     { return KindBreak }
