#include "textflag.h"

#define SYS_rt_sigreturn	139

// The kernel calls it with the address of the restorer in the link register.
TEXT ·handler(SB),NOSPLIT|NOFRAME,$0
	RET

// The third argument, R2, is the ucontext, in which the register of the same
// name holds the third argument of the interrupted call: uc_mcontext.regs[2].
TEXT ·noter(SB),NOSPLIT|NOFRAME,$0
	MOVD	200(R2), R0
	MOVD	$1, R1
	STLRW	R1, (R0)
	RET

TEXT ·restorer(SB),NOSPLIT|NOFRAME,$0
	MOVD	$SYS_rt_sigreturn, R8
	SVC
	BRK

// func handlerPC() uintptr
TEXT ·handlerPC(SB),NOSPLIT,$0-8
	MOVD	$·handler(SB), R0
	MOVD	R0, ret+0(FP)
	RET

// func noterPC() uintptr
TEXT ·noterPC(SB),NOSPLIT,$0-8
	MOVD	$·noter(SB), R0
	MOVD	R0, ret+0(FP)
	RET

// func restorerPC() uintptr
TEXT ·restorerPC(SB),NOSPLIT,$0-8
	MOVD	$·restorer(SB), R0
	MOVD	R0, ret+0(FP)
	RET
