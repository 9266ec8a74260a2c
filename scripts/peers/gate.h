/*
 * gate: the primitives that are measured in C, one small set of functions each.
 */
#ifndef GATE_H
#define GATE_H

#include <stdbool.h>
#include <stdint.h>

/* One one-shot gate, made before the clone: descriptors, or -1 where the
 * primitive has none, and a word of memory that both sides see. */
struct gate {
	int wait_fd;
	int release_fd;
	_Atomic uint32_t *word;
};

/* Each function returns -errno, or else something that is not negative. What
 * release closed, it marks as closed. */
struct primitive {
	const char *name;
	bool blocking; /* the waiter sleeps, and each sample must prove it */
	long (*make)(struct gate *);
	long (*wait)(const struct gate *);
	long (*release)(struct gate *);
};

/* The last entry has no name. */
extern const struct primitive primitives[];

/* Closes what the gate still holds open in the parent. */
void close_gate(struct gate *);

#endif
