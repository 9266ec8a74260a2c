#include "textflag.h"

#define SYS_clone3	435
#define SYS_exit_group	94

// func clone3(args *CloneArgs, size, entry uintptr, arg unsafe.Pointer) (pid, errno uintptr)
TEXT ·clone3(SB),NOSPLIT,$0-48
	MOVD	args+0(FP), R0
	MOVD	size+8(FP), R1
	MOVD	entry+16(FP), R9
	MOVD	arg+24(FP), R10
	MOVD	$SYS_clone3, R8
	SVC
	CBZ	R0, child
	CMN	$4095, R0
	BHS	failed
	MOVD	R0, pid+32(FP)
	MOVD	ZR, errno+40(FP)
	RET
failed:
	NEG	R0, R0
	MOVD	ZR, pid+32(FP)
	MOVD	R0, errno+40(FP)
	RET
child:
	// On the new stack. ABIInternal: the argument in R0, the goroutine in
	// R28 (there is none), and room for the callee to spill its argument.
	MOVD	ZR, R29
	MOVD	ZR, g
	MOVD	R10, R0
	SUB	$64, RSP
	CALL	(R9)
	MOVD	$SYS_exit_group, R8
	MOVD	$127, R0
	SVC
	BRK
