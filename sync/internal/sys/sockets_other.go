//go:build !linux

package sys

import (
	"errors"
	"net/netip"
)

// DatagramPair works on Linux only.
func DatagramPair() (a, b int, err error) { return -1, -1, errors.ErrUnsupported }

// SeqpacketPair works on Linux only.
func SeqpacketPair() (a, b int, err error) { return -1, -1, errors.ErrUnsupported }

// ListenAbstract works on Linux only.
func ListenAbstract() (fd int, name string, err error) { return -1, "", errors.ErrUnsupported }

// ListenPath works on Linux only.
func ListenPath() (fd int, path string, err error) { return -1, "", errors.ErrUnsupported }

// ListenLoopback works on Linux only.
func ListenLoopback() (fd int, at netip.AddrPort, err error) {
	return -1, netip.AddrPort{}, errors.ErrUnsupported
}
