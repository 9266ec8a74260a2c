package program

// Constants of the Linux ABI, here because programs are made and printed on
// any OS. A test on Linux holds them to x/sys.
const (
	sigSetmask     = 2
	futexWait      = 0
	futexWake      = 1
	prSetPdeathsig = 1
	pollIn         = 1
	rusageThread   = 1
	cpuClockThread = 3          // CLOCK_THREAD_CPUTIME_ID
	waitPID        = 1          // P_PID
	waitEnd        = 0x41000004 // WEXITED|WNOWAIT|__WALL
	timerAbstime   = 1
	maxErrno       = 4095
)
