package sys

// Loopback is 127.0.0.1. ip(7), INADDR_LOOPBACK.
var Loopback = [4]byte{127, 0, 0, 1}
