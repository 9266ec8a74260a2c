// Package sys is the floor of the project: the few instructions and system
// calls that neither the language nor golang.org/x/sys offers in a form that a
// child of a raw clone can run.
//
// Such a child has no Go runtime. It must not allocate, grow its stack, take a
// lock or look at its goroutine, so everything here that the child may call is
// assembly or marked nosplit, and takes addresses as uintptr: they lie in
// memory that the garbage collector does not know.
package sys
