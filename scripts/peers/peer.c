/*
 * peer: the protocol that nsbench measures, written a second time in C.
 *
 * A parent clones a child into new namespaces, waits until the child has armed
 * itself, holds it, releases it by one primitive, and reaps it. The release
 * latency is the child's stamp right after its wait minus the parent's stamp
 * right before its release. nsbench runs the same steps from Go, and
 * scripts/no-bias and scripts/throughput hold its figures against these: what
 * a runtime adds to a measurement shows only beside a program that has none.
 *
 * Linux, amd64 and arm64. See clone(2), waitid(2), futex(2), pipe(7).
 */
#define _GNU_SOURCE
#include "gate.h"
#include "machine.h"
#include "options.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The memory that both sides see. The word that a waiter spins on has a cache
 * line of its own: a stamp stored beside it would slow the release. */
struct board {
	_Alignas(64) _Atomic uint32_t word;
	_Alignas(64) _Atomic uint64_t armed;
	_Alignas(64) uint64_t resumed;
	long switches_before; /* voluntary context switches of the child */
	long switches_after;
	int error; /* errno of the child's failure */
};

/* What a run keeps from one child to the next. */
struct run {
	const struct options *opt;
	struct board *board;
	void *stack; /* of a child that shares the memory */
	int parent_pidfd;
	double tick_ns;
	uint64_t random;
};

/* What became of one child, in ticks: the rate of the counter is known best
 * when the run is over. */
struct sample {
	uint64_t release;
	uint64_t signal; /* what the release cost the parent */
	uint64_t cycle;  /* from before the gate was made to after the reaping */
	bool blocked;
};

enum { STACK_SIZE = 65536 };

static void die(const char *what, const char *why)
{
	fprintf(stderr, "peer: %s: %s\n", what, why);
	exit(1);
}

/* For a result that is -errno where it is negative. */
static long must(const char *what, long ret)
{
	if (ret < 0)
		die(what, strerror((int)-ret));
	return ret;
}

/* Both sides. */
static long pin(int cpu)
{
	uint64_t mask[CPU_SETSIZE / 64] = { 0 };

	mask[cpu / 64] = UINT64_C(1) << cpu % 64;
	return sys(SYS_sched_setaffinity, 0, sizeof mask, (long)mask, 0, 0);
}

/* ---- the child: no libc, and no memory written but its stack and the board */

struct child {
	const struct run *run;
	const struct gate *gate;
};

/* A parent that died before the request was in place sends no signal, so its
 * pidfd is looked at afterwards; getppid() would read 0 from inside a new PID
 * namespace. See PR_SET_PDEATHSIG in prctl(2). */
static long die_with_parent(int parent_pidfd)
{
	struct pollfd parent = { .fd = parent_pidfd, .events = POLLIN };
	struct timespec now = { 0, 0 };
	long ret = sys(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);

	if (ret < 0)
		return ret;
	ret = sys(SYS_ppoll, (long)&parent, 1, (long)&now, 0, 0);
	return ret > 0 ? -ESRCH : ret;
}

/* Closes every descriptor above stderr but one. The write end of a pipe is
 * among them: while the child holds a copy of it, its own wait cannot end. */
static long close_others(int keep)
{
	long ret = 0;

	if (keep < 0)
		return sys(SYS_close_range, 3, UINT32_MAX, 0, 0, 0);
	if (keep > 3)
		ret = sys(SYS_close_range, 3, keep - 1, 0, 0, 0);
	return ret < 0 ? ret : sys(SYS_close_range, keep + 1, UINT32_MAX, 0, 0, 0);
}

static long prepare_child(const struct child *c)
{
	long ret = die_with_parent(c->run->parent_pidfd);

	if (ret >= 0)
		ret = pin(c->run->opt->child_cpu);
	if (ret >= 0)
		ret = close_others(c->gate->wait_fd);
	return ret;
}

static long voluntary_switches(void)
{
	struct rusage use;

	sys(SYS_getrusage, RUSAGE_SELF, (long)&use, 0, 0, 0);
	return use.ru_nvcsw;
}

static long arm_and_wait(const struct child *c, struct board *b)
{
	long ret;

	b->switches_before = voluntary_switches();
	atomic_store_explicit(&b->armed, ticks(), memory_order_release);
	ret = c->run->opt->primitive->wait(c->gate);
	b->resumed = ticks();
	b->switches_after = voluntary_switches();
	return ret;
}

static void run_child(void *arg)
{
	const struct child *c = arg;
	struct board *b = c->run->board;
	long ret = prepare_child(c);

	if (ret >= 0)
		ret = arm_and_wait(c, b);
	if (ret < 0)
		b->error = (int)-ret;
	for (;;)
		sys(SYS_exit_group, ret < 0, 0, 0, 0, 0);
}

/* ---- time */

/* The two clocks, read at one instant. */
struct instant {
	uint64_t ticks;
	uint64_t ns;
};

static uint64_t monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* The closest of several readings: an interrupt between the two clocks would
 * bend the rate. */
static struct instant read_instant(void)
{
	struct instant best = { 0, 0 };
	uint64_t narrowest = UINT64_MAX;

	for (int i = 0; i < 16; i++) {
		uint64_t before = ticks(), ns = monotonic_ns(), after = ticks();

		if (after - before < narrowest) {
			narrowest = after - before;
			best = (struct instant){ before + narrowest / 2, ns };
		}
	}
	return best;
}

static void sleep_ns(uint64_t ns)
{
	struct timespec t = { (time_t)(ns / 1000000000), (long)(ns % 1000000000) };

	sys(SYS_nanosleep, (long)&t, 0, 0, 0, 0);
}

/* Nanoseconds in a tick, since an instant that is at least 20 ms ago or will
 * be by the time this returns. */
static double ns_per_tick(struct instant since)
{
	struct instant now = read_instant();

	if (now.ns - since.ns < 20000000) {
		sleep_ns(20000000);
		now = read_instant();
	}
	return (double)(now.ns - since.ns) / (double)(now.ticks - since.ticks);
}

/* ---- the parent */

/* splitmix64 of Steele, Lea and Flood (OOPSLA 2014): one seed, one row of
 * holds. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Uniform from half of the centre to one and a half of it, so that releases do
 * not lock to a tick. */
static uint64_t draw_hold(uint64_t centre, uint64_t *state)
{
	return centre / 2 + next_random(state) % (centre + 1);
}

/* On the child's own CPU the parent must not stay in its way; on another it
 * stays awake, so that the release is not late by its own waking. */
static void hold(const struct run *r, uint64_t ns)
{
	uint64_t until = ticks() + (uint64_t)((double)ns / r->tick_ns);

	if (!r->opt->cross_cpu) {
		sleep_ns(ns);
		return;
	}
	while (ticks() < until)
		relax();
}

/* By pidfd and by nothing else. True when the child ended well. */
static bool reap(int pidfd)
{
	siginfo_t info;
	long ret;

	do
		ret = sys(SYS_waitid, P_PIDFD, pidfd, (long)&info, WEXITED, 0);
	while (ret == -EINTR);
	must("waitid", ret);
	return info.si_code == CLD_EXITED && info.si_status == 0;
}

/* Ends the program when a child or its release failed, and leaves none behind. */
static void give_up(const struct run *r, int pidfd, const char *what, const char *why)
{
	sys(SYS_pidfd_send_signal, pidfd, SIGKILL, 0, 0, 0);
	reap(pidfd);
	die(what, r->board->error ? strerror(r->board->error) : why);
}

static bool has_ended(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/* Returns once the child has armed. A child that died on its way there is
 * noticed every thousandth look.
 *
 * The child of a cross-cpu run starts on its parent's CPU and has to run there
 * once to move itself away, hence the yield: behind a parent that only spun it
 * would wait for the end of a time slice, 3 to 4 ms. */
static void await_armed(const struct run *r, int pidfd)
{
	for (unsigned look = 1; !atomic_load_explicit(&r->board->armed, memory_order_acquire); look++) {
		if (look % 1024 == 0 && has_ended(pidfd))
			give_up(r, pidfd, "child", "killed before it armed");
		if (!r->opt->cross_cpu)
			sleep_ns(20000);
		else if (look % 64 == 0)
			sys(SYS_sched_yield, 0, 0, 0, 0, 0);
		else
			relax();
	}
}

static long start(struct child *c, int *pidfd)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD | c->run->opt->namespaces,
		.pidfd = (uint64_t)(uintptr_t)pidfd,
		.exit_signal = SIGCHLD,
	};
	long pid;

	if (c->run->opt->vm) {
		args.flags |= CLONE_VM;
		args.stack = (uint64_t)(uintptr_t)c->run->stack;
		args.stack_size = STACK_SIZE;
		return clone_on_stack(&args, run_child, c);
	}
	pid = sys(SYS_clone3, (long)&args, sizeof args, 0, 0, 0);
	if (pid == 0)
		run_child(c);
	return pid;
}

/* One life of a child: gate, clone, hold, release, reap. */
static struct sample cycle(struct run *r)
{
	struct gate g = { -1, -1, &r->board->word };
	struct child c = { r, &g };
	uint64_t begun = ticks(), before, after, reaped;
	int pidfd = -1;
	long ret;

	*r->board = (struct board){ 0 };
	must("make the gate", r->opt->primitive->make(&g));
	must("clone3", start(&c, &pidfd));
	if (r->opt->hold_ns > 0) {
		await_armed(r, pidfd);
		hold(r, draw_hold(r->opt->hold_ns, &r->random));
	}
	before = ticks();
	ret = r->opt->primitive->release(&g);
	after = ticks();
	if (ret < 0)
		give_up(r, pidfd, "release", strerror((int)-ret));
	if (!reap(pidfd))
		die("child", r->board->error ? strerror(r->board->error) : "killed");
	reaped = ticks();

	close(pidfd);
	close_gate(&g);
	if (r->board->resumed < before && r->opt->hold_ns > 0)
		die("cycle counters", "the two CPUs disagree");
	return (struct sample){
		.release = r->board->resumed - before,
		.signal = after - before,
		.cycle = reaped - begun,
		.blocked = r->board->switches_after > r->board->switches_before,
	};
}

/* ---- the figures */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Type 7 of Hyndman and Fan (1996) over sorted values, as nsbench reports. */
static double quantile(const double *sorted, size_t n, double q)
{
	double at = q * (double)(n - 1);
	size_t i = (size_t)at;

	if (i + 1 >= n)
		return sorted[n - 1];
	return sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]);
}

/* A dash where there is nothing to take a quantile of. */
static void print_quantile(const char *key, double *values, size_t n, double q)
{
	if (n == 0) {
		printf(" %s=-", key);
		return;
	}
	qsort(values, n, sizeof *values, by_value);
	printf(" %s=%.0f", key, quantile(values, n, q));
}

/* A sample that should have slept and did not says nothing of a wakeup. Nor
 * does any without a hold: its child may not even have armed. */
static size_t latencies(const struct options *opt, const struct sample *s, double tick_ns, double *out)
{
	size_t n = 0;

	for (size_t i = 0; i < opt->iterations && opt->hold_ns > 0; i++)
		if (s[i].blocked || !opt->primitive->blocking)
			out[n++] = (double)s[i].release * tick_ns;
	return n;
}

static void print_figures(const struct options *opt, const struct sample *s, double tick_ns, double *values)
{
	size_t n = opt->iterations, not_blocked = 0, valid;
	double total = 0;

	for (size_t i = 0; i < n; i++)
		not_blocked += opt->primitive->blocking && !s[i].blocked;
	printf("primitive=%s placement=%s launcher=%s hold_ns=%llu n=%zu not_blocked=%zu",
	       opt->primitive->name, opt->cross_cpu ? "cross-cpu" : "same-cpu",
	       opt->vm ? "vm" : "clone", (unsigned long long)opt->hold_ns, n, not_blocked);

	valid = latencies(opt, s, tick_ns, values);
	print_quantile("p50_ns", values, valid, 0.5);
	print_quantile("p99_ns", values, valid, 0.99);
	for (size_t i = 0; i < n; i++)
		values[i] = (double)s[i].signal * tick_ns;
	print_quantile("signal_p50_ns", values, n, 0.5);
	for (size_t i = 0; i < n; i++)
		total += values[i] = (double)s[i].cycle * tick_ns;
	print_quantile("cycle_p50_ns", values, n, 0.5);
	printf(" cycles_per_s=%.0f\n", 1e9 * (double)n / total);
}

/* ---- the run */

/* Shared, so that no clone copies it: the price of a copied child grows with
 * the memory of its parent. */
static void *shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	must("mmap", p == MAP_FAILED ? -errno : 0);
	return p;
}

/* An ignored SIGCHLD would take a child's status away before it is waited for.
 * The default timer slack, 50 us, would be a good part of a hold. */
static void prepare_parent(const struct options *opt)
{
	signal(SIGCHLD, SIG_DFL);
	must("prctl PR_SET_TIMERSLACK", sys(SYS_prctl, PR_SET_TIMERSLACK, 1, 0, 0, 0));
	must("sched_setaffinity", pin(opt->parent_cpu));
}

int main(int argc, char **argv)
{
	struct options opt = parse_options(argc, argv);
	struct sample *samples = shared(opt.iterations * sizeof *samples);
	struct instant begun = read_instant();
	struct run r = {
		.opt = &opt,
		.board = shared(sizeof *r.board),
		.stack = shared(STACK_SIZE),
		.random = opt.seed,
	};

	prepare_parent(&opt);
	r.parent_pidfd = (int)must("pidfd_open", sys(SYS_pidfd_open, getpid(), 0, 0, 0, 0));
	r.tick_ns = ns_per_tick(begun);
	for (size_t i = 0; i < opt.warmup; i++)
		cycle(&r);
	for (size_t i = 0; i < opt.iterations; i++)
		samples[i] = cycle(&r);
	print_figures(&opt, samples, ns_per_tick(begun), shared(opt.iterations * sizeof(double)));
	return fflush(stdout) == 0 ? 0 : 1;
}
