#include "textflag.h"

#define SYS_rt_sigreturn	15

// The kernel calls it with the address of the restorer on top of the stack.
TEXT ·handler(SB),NOSPLIT|NOFRAME,$0
	RET

// The third argument, RDX, is the ucontext, in which the register of the same
// name holds the third argument of the interrupted call: uc_mcontext.gregs[REG_RDX].
TEXT ·noter(SB),NOSPLIT|NOFRAME,$0
	MOVQ	136(DX), AX
	MOVL	$1, (AX)
	RET

TEXT ·restorer(SB),NOSPLIT|NOFRAME,$0
	MOVL	$SYS_rt_sigreturn, AX
	SYSCALL
	INT	$3

// func handlerPC() uintptr
TEXT ·handlerPC(SB),NOSPLIT,$0-8
	MOVQ	$·handler(SB), AX
	MOVQ	AX, ret+0(FP)
	RET

// func noterPC() uintptr
TEXT ·noterPC(SB),NOSPLIT,$0-8
	MOVQ	$·noter(SB), AX
	MOVQ	AX, ret+0(FP)
	RET

// func restorerPC() uintptr
TEXT ·restorerPC(SB),NOSPLIT,$0-8
	MOVQ	$·restorer(SB), AX
	MOVQ	AX, ret+0(FP)
	RET
