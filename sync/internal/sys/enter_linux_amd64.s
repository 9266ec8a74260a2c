#include "textflag.h"

#define SYS_exit_group	231

// func enter(entry uintptr, arg unsafe.Pointer, stackEnd uintptr)
TEXT ·enter(SB),NOSPLIT,$0-24
	MOVQ	entry+0(FP), R12
	MOVQ	arg+8(FP), AX
	MOVQ	stackEnd+16(FP), SP
	// ABIInternal, as for the child of clone3: the argument in AX, X15 zero,
	// and no goroutine in R14.
	XORL	R14, R14
	XORPS	X15, X15
	SUBQ	$64, SP
	CALL	R12
	MOVL	$SYS_exit_group, AX
	MOVL	$127, DI
	SYSCALL
	INT	$3
