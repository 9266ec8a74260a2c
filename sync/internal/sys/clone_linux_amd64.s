#include "textflag.h"

#define SYS_clone3	435
#define SYS_exit_group	231

// func clone3(args *CloneArgs, size, entry uintptr, arg unsafe.Pointer) (pid, errno uintptr)
TEXT ·clone3(SB),NOSPLIT,$0-48
	MOVQ	args+0(FP), DI
	MOVQ	size+8(FP), SI
	MOVQ	entry+16(FP), R12
	MOVQ	arg+24(FP), R13
	MOVQ	$SYS_clone3, AX
	SYSCALL
	TESTQ	AX, AX
	JEQ	child
	CMPQ	AX, $0xfffffffffffff001
	JCC	failed
	MOVQ	AX, pid+32(FP)
	MOVQ	$0, errno+40(FP)
	RET
failed:
	NEGQ	AX
	MOVQ	$0, pid+32(FP)
	MOVQ	AX, errno+40(FP)
	RET
child:
	// On the new stack. ABIInternal: the argument in AX, X15 zero, the
	// goroutine in R14 (there is none), and room for the callee to spill
	// its argument. The frame pointer ends the chain.
	XORL	BP, BP
	XORL	R14, R14
	XORPS	X15, X15
	MOVQ	R13, AX
	SUBQ	$64, SP
	CALL	R12
	MOVL	$SYS_exit_group, AX
	MOVL	$127, DI
	SYSCALL
	INT	$3
