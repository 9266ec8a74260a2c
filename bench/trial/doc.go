// Package trial does something to a parent and its child at a gate, and tells what
// became of them. It is what faults and isolation are found out by, each of which is a
// [Matrix]: nothing in it knows a primitive or a fault.
//
// A trial takes three processes besides the child:
//
//   - The command has a [Pool], which hands trials out and survives all of it.
//   - An observer is the first process of a PID namespace of its own, so whoever
//     loses his parent is inherited by it, and when it ends, for whatever reason,
//     the kernel kills all the others. Its IPC and mount namespaces are new as
//     well, and so is the file system at the place for temporary files: System V
//     objects, message queues, files and mounts go with it. It reads from a pipe
//     that only the command writes to, and ends when that does.
//   - A [Parent] is a process of its own for each trial. It makes the gate, clones
//     the child, and runs a [Script].
//
// The parent tells the observer whom to watch, and dies if the script says so. The
// observer holds a pidfd of whom it watches, and the same board as the others: so it
// reads stamps and outcomes of those who are gone. What does not come to its end is
// told by a deadline, and by looking at it: one that sleeps, and still sleeps when
// the deadline has passed, is hung, and so is one that has run for a tenth of it; one
// that was merely kept from its CPU is neither.
//
// Two designs lost. One observer for all trials needs the process IDs of whatever a
// script has started, some of which a killed parent could not tell any more. And a
// process that cleans up behind a command that was killed can be killed as well.
// Control groups are the exception that is left: see [janitor].
package trial
