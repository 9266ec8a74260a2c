#include "textflag.h"

// func Load32(addr uintptr) uint32
TEXT ·Load32(SB),NOSPLIT,$0-12
	MOVD	addr+0(FP), R0
	LDARW	(R0), R1
	MOVW	R1, ret+8(FP)
	RET

// func Store32(addr uintptr, v uint32)
TEXT ·Store32(SB),NOSPLIT,$0-12
	MOVD	addr+0(FP), R0
	MOVWU	v+8(FP), R1
	STLRW	R1, (R0)
	RET

// func Store8(addr uintptr, v uint8)
TEXT ·Store8(SB),NOSPLIT,$0-9
	MOVD	addr+0(FP), R0
	MOVBU	v+8(FP), R1
	MOVB	R1, (R0)
	RET

// func Load64(addr uintptr) uint64
TEXT ·Load64(SB),NOSPLIT,$0-16
	MOVD	addr+0(FP), R0
	LDAR	(R0), R1
	MOVD	R1, ret+8(FP)
	RET

// func Store64(addr uintptr, v uint64)
TEXT ·Store64(SB),NOSPLIT,$0-16
	MOVD	addr+0(FP), R0
	MOVD	v+8(FP), R1
	STLR	R1, (R0)
	RET

// func SpinUntil32(addr uintptr, v uint32)
TEXT ·SpinUntil32(SB),NOSPLIT,$0-12
	MOVD	addr+0(FP), R0
	MOVWU	v+8(FP), R1
spin:
	LDARW	(R0), R2
	CMPW	R1, R2
	BNE	spin
	RET

// func AwaitNonzero64(addr uintptr, n uint64) bool
TEXT ·AwaitNonzero64(SB),NOSPLIT,$0-17
	MOVD	addr+0(FP), R0
	MOVD	n+8(FP), R1
again:
	LDAR	(R0), R2
	CBNZ	R2, seen
	YIELD
	SUB	$1, R1
	CMP	$0, R1
	BGT	again
	MOVB	ZR, ret+16(FP)
	RET
seen:
	MOVD	$1, R2
	MOVB	R2, ret+16(FP)
	RET

// func AwaitCycles(t uint64)
TEXT ·AwaitCycles(SB),NOSPLIT,$0-8
	MOVD	t+0(FP), R0
again:
	MRS	CNTVCT_EL0, R1
	CMP	R0, R1
	BHS	done
	YIELD
	B	again
done:
	RET

// func Cycles() uint64
TEXT ·Cycles(SB),NOSPLIT,$0-8
	ISB	$15
	MRS	CNTVCT_EL0, R0
	ISB	$15
	MOVD	R0, ret+0(FP)
	RET

// func Await32(addr uintptr, v uint32, n uint64) bool
TEXT ·Await32(SB),NOSPLIT,$0-25
	MOVD	addr+0(FP), R0
	MOVWU	v+8(FP), R3
	MOVD	n+16(FP), R1
again:
	LDARW	(R0), R2
	CMPW	R3, R2
	BEQ	seen
	YIELD
	SUB	$1, R1
	CMP	$0, R1
	BGT	again
	MOVB	ZR, ret+24(FP)
	RET
seen:
	MOVD	$1, R2
	MOVB	R2, ret+24(FP)
	RET
