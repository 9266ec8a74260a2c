#include "textflag.h"

// func Load32(addr uintptr) uint32
TEXT ·Load32(SB),NOSPLIT,$0-12
	MOVQ	addr+0(FP), AX
	MOVL	(AX), CX
	MOVL	CX, ret+8(FP)
	RET

// func Store32(addr uintptr, v uint32)
TEXT ·Store32(SB),NOSPLIT,$0-12
	MOVQ	addr+0(FP), AX
	MOVL	v+8(FP), CX
	MOVL	CX, (AX)
	RET

// func Store8(addr uintptr, v uint8)
TEXT ·Store8(SB),NOSPLIT,$0-9
	MOVQ	addr+0(FP), AX
	MOVB	v+8(FP), CX
	MOVB	CX, (AX)
	RET

// func Load64(addr uintptr) uint64
TEXT ·Load64(SB),NOSPLIT,$0-16
	MOVQ	addr+0(FP), AX
	MOVQ	(AX), CX
	MOVQ	CX, ret+8(FP)
	RET

// func Store64(addr uintptr, v uint64)
TEXT ·Store64(SB),NOSPLIT,$0-16
	MOVQ	addr+0(FP), AX
	MOVQ	v+8(FP), CX
	MOVQ	CX, (AX)
	RET

// func SpinUntil32(addr uintptr, v uint32)
TEXT ·SpinUntil32(SB),NOSPLIT,$0-12
	MOVQ	addr+0(FP), AX
	MOVL	v+8(FP), CX
spin:
	CMPL	(AX), CX
	JNE	spin
	RET

// func AwaitNonzero64(addr uintptr, n uint64) bool
TEXT ·AwaitNonzero64(SB),NOSPLIT,$0-17
	MOVQ	addr+0(FP), AX
	MOVQ	n+8(FP), CX
again:
	CMPQ	(AX), $0
	JNE	seen
	PAUSE
	DECQ	CX
	JGT	again
	MOVB	$0, ret+16(FP)
	RET
seen:
	MOVB	$1, ret+16(FP)
	RET

// func AwaitCycles(t uint64)
TEXT ·AwaitCycles(SB),NOSPLIT,$0-8
	MOVQ	t+0(FP), CX
again:
	RDTSC
	SHLQ	$32, DX
	ORQ	DX, AX
	CMPQ	AX, CX
	JCC	done
	PAUSE
	JMP	again
done:
	RET

// func Cycles() uint64
TEXT ·Cycles(SB),NOSPLIT,$0-8
	LFENCE
	RDTSC
	LFENCE
	SHLQ	$32, DX
	ORQ	DX, AX
	MOVQ	AX, ret+0(FP)
	RET

// func Await32(addr uintptr, v uint32, n uint64) bool
TEXT ·Await32(SB),NOSPLIT,$0-25
	MOVQ	addr+0(FP), AX
	MOVL	v+8(FP), DX
	MOVQ	n+16(FP), CX
again:
	CMPL	(AX), DX
	JEQ	seen
	PAUSE
	DECQ	CX
	JGT	again
	MOVB	$0, ret+24(FP)
	RET
seen:
	MOVB	$1, ret+24(FP)
	RET
