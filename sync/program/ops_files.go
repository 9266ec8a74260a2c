package program

import (
	"encoding/binary"
	"time"
)

// Close closes a descriptor. close(2).
func Close(fd File) Op { return syscallOp(callClose, fd.file()) }

// KeepOnExec keeps a descriptor open when the process executes a program. fcntl(2),
// F_SETFD.
func KeepOnExec(fd File) Op {
	return syscallOp(callFcntl, fd.file(), named(fSetfd, "F_SETFD"), number(0))
}

// CloseOnExec closes a descriptor when the process executes a program. fcntl(2), F_SETFD.
func CloseOnExec(fd File) Op {
	return syscallOp(callFcntl, fd.file(), named(fSetfd, "F_SETFD"), named(fdCloexec, "FD_CLOEXEC"))
}

// CloseRange closes the descriptors from first to last. close_range(2), Linux 5.9.
func CloseRange(first, last uint32) Op {
	end := number(int64(last))
	if last == ^uint32(0) {
		end = named(int64(last), "~0U")
	}
	return syscallOp(callCloseRange, number(int64(first)), end, number(0))
}

// Read reads at most n bytes and forgets them. read(2).
func Read(fd File, n int) Op { return syscallOp(callRead, fd.file(), buffer(n), number(int64(n))) }

// Write writes b. write(2).
func Write(fd File, b string) Op {
	return syscallOp(callWrite, fd.file(), data(b), number(int64(len(b)))).Want(int64(len(b)))
}

// WriteFrom writes the first n bytes of a memory. write(2).
func WriteFrom(fd File, m Memory, n int) Op {
	return syscallOp(callWrite, fd.file(), memory(m), number(int64(n))).Want(int64(n))
}

// ReadAt reads a file from its beginning into a memory, at most n bytes, and has their
// number as the result. pread(2).
func ReadAt(fd File, into Memory, n int) Op {
	return syscallOp(callPread, fd.file(), memory(into), number(int64(n)), number(0))
}

// ReadLink puts what a symbolic link points to into a memory, at most n bytes and no
// NUL behind them, and has their number as the result. readlink(2).
func ReadLink(path string, into Memory, n int) Op {
	return syscallOp(callReadlinkat, named(atFDCWD, "AT_FDCWD"), cString(path), memory(into), number(int64(n)))
}

// WriteCount writes n to an eventfd, in the byte order of the machine. eventfd(2).
func WriteCount(fd File, n uint64) Op {
	return Write(fd, string(binary.NativeEndian.AppendUint64(nil, n)))
}

// An Access is how a file is opened. open(2).
type Access int64

// The accesses.
const (
	ReadOnly  Access = 0
	WriteOnly Access = 1
	ReadWrite Access = 2
)

func (a Access) String() string {
	switch a {
	case WriteOnly:
		return "O_WRONLY"
	case ReadWrite:
		return "O_RDWR"
	}
	return "O_RDONLY"
}

// Open opens the file of that path, and has its descriptor as the result. openat(2).
func Open(path string, a Access) Op {
	return syscallOp(callOpenat, named(atFDCWD, "AT_FDCWD"), operand{kind: operandString, text: path},
		named(int64(a)|oCloexec, a.String()+"|O_CLOEXEC"))
}

// OpenAt is Open of a path that a memory holds, with a NUL behind it.
func OpenAt(path Memory, a Access) Op {
	return syscallOp(callOpenat, named(atFDCWD, "AT_FDCWD"), memory(path), named(int64(a)|oCloexec, a.String()+"|O_CLOEXEC"))
}

// Decimal writes a number that a word holds, and that is not negative, in decimal into
// the bytes before a memory: so a path gets a process ID in it. As many slashes as
// there may be digits stand there, and to a path several are one. path_resolution(7).
func Decimal(of Word, before Memory) Op {
	return Op{kind: kindDecimal}.withArgs(value(of), memory(before))
}

// MakeDir makes a directory. mkdir(2).
func MakeDir(path string) Op {
	return syscallOp(callMkdirat, named(atFDCWD, "AT_FDCWD"), cString(path), named(0o755, "0755"))
}

// ChangeDir makes a directory the process's current one. chdir(2).
func ChangeDir(path string) Op { return syscallOp(callChdir, cString(path)) }

// Create makes an empty file. mknod(2), whose last argument is for devices.
func Create(path string) Op {
	return syscallOp(callMknodat, named(atFDCWD, "AT_FDCWD"), operand{kind: operandString, text: path}, named(sIFREG|0o600, "S_IFREG|0600"))
}

// AwaitFile looks for a file, and sleeps for d before it looks again, until
// there is one. statx(2), nanosleep(2).
func AwaitFile(path string, d time.Duration) Op {
	return every(d, ENOENT, syscallOp(callStatx, named(atFDCWD, "AT_FDCWD"), operand{kind: operandString, text: path},
		named(0, "AT_STATX_SYNC_AS_STAT"), named(statxType, "STATX_TYPE"), buffer(statxSize)))
}

// RemoveDir removes a directory, and sleeps for d before it tries again, as long
// as it is in use: a control group has somebody in it. unlinkat(2), AT_REMOVEDIR;
// nanosleep(2).
func RemoveDir(path string, d time.Duration) Op {
	return every(d, EBUSY, syscallOp(callUnlinkat, named(atFDCWD, "AT_FDCWD"), operand{kind: operandString, text: path}, named(atRemoveDir, "AT_REMOVEDIR")))
}

// A Lock is what Flock and LockRecord do to a lock. flock(2), fcntl(2).
type Lock uint8

// The operations.
const (
	Shared Lock = iota
	Unlock
)

// Flock takes a shared lock on a file, for which it waits, or gives one up. The
// lock belongs to the open file description, not to the process. flock(2).
func Flock(fd File, l Lock) Op {
	if l == Unlock {
		return syscallOp(callFlock, fd.file(), named(lockUN, "LOCK_UN"))
	}
	return syscallOp(callFlock, fd.file(), named(lockSH, "LOCK_SH"))
}

// LockRecord takes a shared lock on all bytes of a file, for which it waits, or
// gives one up. The lock belongs to the open file description. fcntl(2), "Open
// file description locks".
func LockRecord(fd File, l Lock) Op {
	command, kind, name := named(fOFDSetlkw, "F_OFD_SETLKW"), uint16(fRDLCK), "F_RDLCK"
	if l == Unlock {
		command, kind, name = named(fOFDSetlk, "F_OFD_SETLK"), fUNLCK, "F_UNLCK"
	}
	// struct flock, with two gaps of the compiler's.
	lock := structure("{l_type="+name+", l_whence=SEEK_SET, l_start=0, l_len=0}",
		u16(kind), u16(0), u32(0), u64(0), u64(0), u32(0), u32(0))
	return syscallOp(callFcntl, fd.file(), command, lock)
}
