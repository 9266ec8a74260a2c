//go:build cgo

package program

// linkedWithC says that this program may be linked with the C library.
const linkedWithC = true
