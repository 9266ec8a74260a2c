package program

// Constants of the Linux ABI, here because programs are made and printed on
// any OS. Tests on Linux hold them to x/sys, and what x/sys lacks to the
// kernel's headers.
const (
	atFDCWD         = -100
	atRemoveDir     = 0x200
	oCloexec        = 0o2000000 // and EPOLL_CLOEXEC, SFD_CLOEXEC, SOCK_CLOEXEC, which are made of it
	sIFREG          = 0o100000
	statxType       = 1
	lockSH          = 1
	lockUN          = 8
	fOFDSetlk       = 37
	fOFDSetlkw      = 38
	fRDLCK          = 0
	fUNLCK          = 2
	fSetfd          = 2
	fdCloexec       = 1
	msNosuid        = 2
	msNodev         = 4
	msNoexec        = 8
	msMove          = 0x2000
	msRec           = 0x4000
	msPrivate       = 1 << 18
	protRW          = 3 // PROT_READ|PROT_WRITE
	mapShared       = 1
	mapFixed        = 0x10
	inCreateDir     = 0x1000100 // IN_CREATE|IN_ONLYDIR
	mapPrivateAnon  = 0x22      // MAP_PRIVATE|MAP_ANONYMOUS
	pollIn          = 1         // and EPOLLIN
	epollAdd        = 1
	sigSetmask      = 2
	siQueue         = 1<<32 - 1 // -1
	futexWait       = 0
	futexWake       = 1
	futex32         = 2 // a size: FUTEX2_SIZE_U32
	clockMonotonic  = 1
	prSetPdeathsig  = 1
	prSetTimerslack = 29
	prSetNoNewPrivs = 38
	rusageThread    = 1
	mntDetach       = 2
	atEmptyPath     = 0x1000
	waitAll         = 0          // P_ALL
	waitReap        = 0x40000004 // WEXITED|__WALL
	afNetlink       = 16
	sockRaw         = 3
	sockDgram       = 2
	siocgifindex    = 0x8933

	cloneVM           = 0x100
	cloneFS           = 0x200
	cloneFiles        = 0x400
	cloneSighand      = 0x800
	cloneParent       = 0x8000
	cloneSameThread   = 0x10000
	cloneSysvsem      = 0x40000
	cloneSettls       = 0x80000
	cloneClearSighand = 0x100000000

	cpuClockThread = 3          // CLOCK_THREAD_CPUTIME_ID
	waitPID        = 1          // P_PID
	waitEnd        = 0x41000004 // WEXITED|WNOWAIT|__WALL
	waitStopped    = 2
	timerAbstime   = 1
	afUnix         = 1
	afInet         = 2
	sockStream     = 1
	shutWR         = 1
	ptraceTraceme  = 0
	ptraceDetach   = 17

	seccompSetFilter    = 1
	seccompNewListener  = 8
	seccompWaitKillable = 32
	seccompUserNotify   = 0x7fc00000
	seccompAllow        = 0x7fff0000
	seccompErrno        = 0x00050000
	seccompKillThread   = 0
	seccompRecv         = 0xc0502100
	seccompSend         = 0xc0182101
	bpfLoadAbsolute     = 0x20 // BPF_LD|BPF_W|BPF_ABS
	bpfJumpEqual        = 0x15 // BPF_JMP|BPF_JEQ|BPF_K
	bpfReturn           = 0x06 // BPF_RET|BPF_K

	uffdUserMode   = 1
	uffdAPI        = 0xaa
	uffdioAPI      = 0xc018aa3f
	uffdioRegister = 0xc020aa00
	uffdioCopy     = 0xc028aa03

	uringGetEvents = 1

	maxErrno = 4095
	maxPID   = 1<<31 - 1 // of the type that kill(2) takes; pid_max is far below
)

// Sizes of structures, and where a member of one lies.
const (
	statxSize      = 256
	cloneArgsSize  = 88 // CLONE_ARGS_SIZE_VER2
	epollEventSize = 16 // 12 on amd64
	siginfoSize    = 128
	siginfoValue   = 24
	affinitySize   = 128 // of 1,024 CPUs
	unameField     = 65
	unameSize      = 6 * unameField
	ifreqSize      = 40
)
