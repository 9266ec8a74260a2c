#include "textflag.h"

#define SYS_exit_group	94

// func enter(entry uintptr, arg unsafe.Pointer, stackEnd uintptr)
TEXT ·enter(SB),NOSPLIT,$0-24
	MOVD	entry+0(FP), R9
	MOVD	arg+8(FP), R10
	MOVD	stackEnd+16(FP), R11
	MOVD	R11, RSP
	// ABIInternal, as for the child of clone3: the argument in R0, and no
	// goroutine in R28.
	MOVD	ZR, g
	MOVD	R10, R0
	SUB	$64, RSP
	CALL	(R9)
	MOVD	$SYS_exit_group, R8
	MOVD	$127, R0
	SVC
	BRK
