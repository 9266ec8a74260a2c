/*
 * machine: what C has no words for. System calls without libc, the cycle
 * counter, the hint of a spinning loop, and a clone onto another stack.
 *
 * A child that shares the parent's memory shares libc's errno too, so neither
 * side of a gate goes through libc: sys() returns -errno, as the kernel does.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <linux/sched.h>
#include <stdint.h>
#include <sys/syscall.h>

#if defined(__x86_64__)

static inline long sys(long nr, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;

	__asm__ volatile("syscall"
			 : "+a"(nr)
			 : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return nr;
}

/* The fence before keeps earlier work out of the interval, the one after keeps
 * later work from starting before the counter is read. */
static inline uint64_t ticks(void)
{
	uint32_t lo, hi;

	__asm__ volatile("lfence\n\trdtsc\n\tlfence"
			 : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
}

static inline void relax(void)
{
	__asm__ volatile("pause" : : : "memory");
}

/* Registers survive the clone, the stack does not: the child takes what it
 * needs from registers and never returns. */
static inline long clone_on_stack(struct clone_args *args, void (*child)(void *), void *arg)
{
	long ret = SYS_clone3;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "mov %[arg], %%rdi\n\t"
			 "call *%[child]\n\t"
			 "ud2\n"
			 "1:"
			 : "+a"(ret)
			 : "D"(args), "S"(sizeof *args), [child] "r"(child), [arg] "r"(arg)
			 : "rcx", "r11", "memory", "cc");
	return ret;
}

#elif defined(__aarch64__)

static inline long sys(long nr, long a, long b, long c, long d, long e)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
			 : "memory", "cc");
	return x0;
}

static inline uint64_t ticks(void)
{
	uint64_t t;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(t) : : "memory");
	return t;
}

static inline void relax(void)
{
	__asm__ volatile("yield" : : : "memory");
}

static inline long clone_on_stack(struct clone_args *args, void (*child)(void *), void *arg)
{
	register long x8 __asm__("x8") = SYS_clone3;
	register long x0 __asm__("x0") = (long)args;
	register long x1 __asm__("x1") = sizeof *args;

	__asm__ volatile("svc #0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x0, %[arg]\n\t"
			 "blr %[child]\n\t"
			 "brk #0\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), [child] "r"(child), [arg] "r"(arg)
			 : "memory", "cc");
	return x0;
}

#else
#error "peer knows the cycle counters of amd64 and arm64 only"
#endif

#endif
