// Package clock chooses what stamps are read from on this host, and turns them into
// nanoseconds.
package clock
