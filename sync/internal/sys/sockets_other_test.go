//go:build !linux

package sys

import (
	"errors"
	"testing"
)

func TestSocketsAreUnsupported(t *testing.T) {
	_, _, datagram := DatagramPair()
	_, _, seqpacket := SeqpacketPair()
	_, _, abstract := ListenAbstract()
	_, _, path := ListenPath()
	_, _, loopback := ListenLoopback()
	for call, err := range map[string]error{
		"DatagramPair": datagram, "SeqpacketPair": seqpacket,
		"ListenAbstract": abstract, "ListenPath": path, "ListenLoopback": loopback,
	} {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v, want errors.ErrUnsupported", call, err)
		}
	}
}
