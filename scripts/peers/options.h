/*
 * options: the command line of peer, in the words of nsbench's.
 *
 *     --primitive pipe-eof|eventfd|futex|spin
 *     --placement same-cpu|cross-cpu
 *     --namespaces uts,ipc   new namespaces of the child, or "" for none
 *     --hold 200us           centre of the hold; 0 releases without waiting
 *                            for the child to arm
 *     --iterations 300       children that are measured
 *     --warmup 20            children before them that are not
 *     --seed 1               of the holds
 *     --cpus 0,1             of the parent and the child; by default the first
 *                            two that this process may use
 *     --vm                   the child shares the parent's memory (CLONE_VM)
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct options {
	const struct primitive *primitive;
	uint64_t namespaces; /* CLONE_NEW* */
	bool cross_cpu;
	bool vm;
	int parent_cpu;
	int child_cpu; /* the parent's in a same-cpu run */
	uint64_t hold_ns;
	uint64_t seed;
	size_t iterations;
	size_t warmup;
};

/* Ends the program with one line on stderr where the command line is wrong. */
struct options parse_options(int argc, char **argv);

#endif
