//go:build !linux

package sys

import "errors"

// DatagramPair works on Linux only.
func DatagramPair() (a, b int, err error) { return -1, -1, errors.ErrUnsupported }

// SeqpacketPair works on Linux only.
func SeqpacketPair() (a, b int, err error) { return -1, -1, errors.ErrUnsupported }

// ListenAbstract works on Linux only.
func ListenAbstract() (fd int, name string, err error) { return -1, "", errors.ErrUnsupported }

// ListenPath works on Linux only.
func ListenPath() (fd int, path string, err error) { return -1, "", errors.ErrUnsupported }

// ListenLoopback works on Linux only.
func ListenLoopback() (fd int, port uint16, err error) { return -1, 0, errors.ErrUnsupported }
