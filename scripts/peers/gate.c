#define _GNU_SOURCE
#include "gate.h"
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/eventfd.h>

/* Descriptors are close-on-exec, as a container runtime would have them. */
static long make_pipe(struct gate *g)
{
	int fd[2];
	long ret = sys(SYS_pipe2, (long)fd, O_CLOEXEC, 0, 0, 0);

	if (ret == 0) {
		g->wait_fd = fd[0];
		g->release_fd = fd[1];
	}
	return ret;
}

/* The end of the file is the release; a byte is not. See pipe(7). */
static long wait_eof(const struct gate *g)
{
	char c;
	long n;

	do
		n = sys(SYS_read, g->wait_fd, (long)&c, 1, 0, 0);
	while (n == -EINTR);
	return n > 0 ? -EPROTO : n;
}

static long release_close(struct gate *g)
{
	long ret = sys(SYS_close, g->release_fd, 0, 0, 0, 0);

	g->release_fd = -1;
	return ret;
}

static long make_eventfd(struct gate *g)
{
	long fd = sys(SYS_eventfd2, 0, EFD_CLOEXEC, 0, 0, 0);

	if (fd >= 0)
		g->wait_fd = g->release_fd = (int)fd;
	return fd;
}

static long wait_eventfd(const struct gate *g)
{
	uint64_t count;
	long n;

	do
		n = sys(SYS_read, g->wait_fd, (long)&count, sizeof count, 0, 0);
	while (n == -EINTR);
	return n;
}

static long release_eventfd(struct gate *g)
{
	uint64_t one = 1;

	return sys(SYS_write, g->release_fd, (long)&one, sizeof one, 0, 0);
}

static long make_word(struct gate *g)
{
	atomic_store(g->word, 0);
	return 0;
}

/* Without FUTEX_PRIVATE_FLAG: a copied child waits in another address space. */
static long wait_futex(const struct gate *g)
{
	while (atomic_load_explicit(g->word, memory_order_acquire) == 0) {
		long ret = sys(SYS_futex, (long)g->word, FUTEX_WAIT, 0, 0, 0);

		if (ret < 0 && ret != -EAGAIN && ret != -EINTR)
			return ret;
	}
	return 0;
}

static long release_futex(struct gate *g)
{
	atomic_store_explicit(g->word, 1, memory_order_release);
	return sys(SYS_futex, (long)g->word, FUTEX_WAKE, 1, 0, 0);
}

static long wait_spin(const struct gate *g)
{
	while (atomic_load_explicit(g->word, memory_order_acquire) == 0)
		relax();
	return 0;
}

static long release_spin(struct gate *g)
{
	atomic_store_explicit(g->word, 1, memory_order_release);
	return 0;
}

const struct primitive primitives[] = {
	{ "pipe-eof", true, make_pipe, wait_eof, release_close },
	{ "eventfd", true, make_eventfd, wait_eventfd, release_eventfd },
	{ "futex", true, make_word, wait_futex, release_futex },
	{ "spin", false, make_word, wait_spin, release_spin },
	{ 0 },
};

void close_gate(struct gate *g)
{
	if (g->release_fd >= 0 && g->release_fd != g->wait_fd)
		sys(SYS_close, g->release_fd, 0, 0, 0, 0);
	if (g->wait_fd >= 0)
		sys(SYS_close, g->wait_fd, 0, 0, 0, 0);
	g->wait_fd = g->release_fd = -1;
}
