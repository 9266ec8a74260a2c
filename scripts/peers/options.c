#define _GNU_SOURCE
#include "options.h"
#include "gate.h"

#include <errno.h>
#include <getopt.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void refuse(const char *value, const char *why)
{
	fprintf(stderr, "peer: %s: %s\n", value, why);
	exit(1);
}

static const struct primitive *parse_primitive(const char *name)
{
	const struct primitive *p = primitives;

	while (p->name && strcmp(p->name, name) != 0)
		p++;
	if (!p->name)
		refuse(name, "not one of pipe-eof, eventfd, futex, spin");
	return p;
}

static uint64_t parse_namespace(const char *name)
{
	static const struct {
		const char *name;
		uint64_t flag;
	} known[] = {
		{ "uts", CLONE_NEWUTS },       { "ipc", CLONE_NEWIPC },
		{ "pid", CLONE_NEWPID },       { "mnt", CLONE_NEWNS },
		{ "net", CLONE_NEWNET },       { "user", CLONE_NEWUSER },
		{ "cgroup", CLONE_NEWCGROUP }, { "time", CLONE_NEWTIME },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].flag;
	refuse(name, "not one of uts, ipc, pid, mnt, net, user, cgroup, time");
	return 0;
}

static uint64_t parse_namespaces(char *list)
{
	uint64_t flags = 0;

	for (char *name = strtok(list, ","); name; name = strtok(NULL, ","))
		flags |= parse_namespace(name);
	return flags;
}

static uint64_t parse_number(const char *s, uint64_t least, uint64_t most)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(s, &end, 10);
	if (errno || *s < '0' || *s > '9' || *end || n < least || n > most)
		refuse(s, "not a whole number in range");
	return n;
}

/* As Go writes the plain ones: 200us, 1.5ms, 0. */
static uint64_t parse_duration(const char *s)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };
	char *end;
	double n = strtod(s, &end);

	if (strcmp(s, "0") == 0)
		return 0;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(units[i].name, end) == 0 && n * units[i].ns >= 1 && n * units[i].ns <= 3.6e12)
			return (uint64_t)(n * units[i].ns);
	refuse(s, "not a duration of up to an hour, such as 200us");
	return 0;
}

static bool parse_placement(const char *s)
{
	if (strcmp(s, "cross-cpu") != 0 && strcmp(s, "same-cpu") != 0)
		refuse(s, "not one of same-cpu, cross-cpu");
	return strcmp(s, "cross-cpu") == 0;
}

static void parse_cpus(struct options *o, const char *s)
{
	char rest;

	if (sscanf(s, "%d,%d%c", &o->parent_cpu, &o->child_cpu, &rest) != 2 ||
	    o->parent_cpu < 0 || o->parent_cpu >= CPU_SETSIZE ||
	    o->child_cpu < 0 || o->child_cpu >= CPU_SETSIZE)
		refuse(s, "not two CPUs, such as 0,1");
}

/* Needs the placement, so it comes after all options were read. */
static void choose_cpus(struct options *o)
{
	int found[2] = { 0, 0 }, n = 0;
	cpu_set_t may;

	if (o->parent_cpu < 0) {
		if (sched_getaffinity(0, sizeof may, &may) < 0)
			refuse("sched_getaffinity", strerror(errno));
		for (int cpu = 0; cpu < CPU_SETSIZE && n < 2; cpu++)
			if (CPU_ISSET(cpu, &may))
				found[n++] = cpu;
		o->parent_cpu = found[0];
		o->child_cpu = found[n - 1];
	}
	if (o->cross_cpu && o->parent_cpu == o->child_cpu)
		refuse("cross-cpu", "needs two CPUs");
	if (!o->cross_cpu)
		o->child_cpu = o->parent_cpu;
}

struct options parse_options(int argc, char **argv)
{
	enum { PRIMITIVE = 1, PLACEMENT, NAMESPACES, ITERATIONS, WARMUP, HOLD, SEED, CPUS, VM };
	static const struct option known[] = {
		{ "primitive", required_argument, NULL, PRIMITIVE },
		{ "placement", required_argument, NULL, PLACEMENT },
		{ "namespaces", required_argument, NULL, NAMESPACES },
		{ "iterations", required_argument, NULL, ITERATIONS },
		{ "warmup", required_argument, NULL, WARMUP },
		{ "hold", required_argument, NULL, HOLD },
		{ "seed", required_argument, NULL, SEED },
		{ "cpus", required_argument, NULL, CPUS },
		{ "vm", no_argument, NULL, VM },
		{ 0 },
	};
	struct options o = {
		.primitive = primitives,
		.namespaces = CLONE_NEWUTS | CLONE_NEWIPC,
		.cross_cpu = true,
		.parent_cpu = -1,
		.child_cpu = -1,
		.hold_ns = 200000,
		.seed = 1,
		.iterations = 300,
		.warmup = 20,
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case PRIMITIVE: o.primitive = parse_primitive(optarg); break;
		case PLACEMENT: o.cross_cpu = parse_placement(optarg); break;
		case NAMESPACES: o.namespaces = parse_namespaces(optarg); break;
		case ITERATIONS: o.iterations = parse_number(optarg, 1, 100000000); break;
		case WARMUP: o.warmup = parse_number(optarg, 0, 100000000); break;
		case HOLD: o.hold_ns = parse_duration(optarg); break;
		case SEED: o.seed = parse_number(optarg, 0, UINT64_MAX); break;
		case CPUS: parse_cpus(&o, optarg); break;
		case VM: o.vm = true; break;
		default: exit(1); /* getopt_long has said why */
		}
	}
	if (optind < argc)
		refuse(argv[optind], "not an option");
	choose_cpus(&o);
	return o;
}
