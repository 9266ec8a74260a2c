// Package condition brings about the conditions under which releases are
// measured, and takes them away again: load beside them, CPUs that do not sleep,
// a quota, another scheduling policy, a placement, and a kernel that has
// finished with the namespaces of those before.
//
// A condition that is believed to hold makes a figure that nobody can use. So
// each is verified by what the kernel says of it and not by the success of the
// call that asked for it; each is tried before anything is measured, and what
// cannot be had is refused there, with the setting that stands in its way. And
// none outlives the run that asked for it, however that ends: what is a process
// dies with the parent, what is a descriptor is closed by the kernel, and what
// is neither, a control group, has a janitor.
//
// Conditions of the host (Load, Idle) are begun before a block of samples and
// ended after it. Those of the child (Quota, Sched, a mask) are applied by the
// parent between the clone and the release: the child need not have the rights.
package condition
