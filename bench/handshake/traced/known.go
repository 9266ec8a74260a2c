package traced

// A Difference is one between a profile and the traces of its runtime that has been
// looked into. It accounts for one row.
type Difference struct {
	Profile string
	Mark    Mark
	Step    string // as the trace has it, or, of one that it has not, the profile
	Why     string // a sentence or two
}

// Known returns the differences that have been looked into, of the versions that Debian
// 12 has: runc 1.1.5, crun 1.8.1, bubblewrap 0.8.0, util-linux 2.38.1, systemd 252, LXC
// 5.0.2, firejail 0.9.72 and rootlesskit 1.1.0. The profiles were read from the sources
// of 2026. That one of them does not show is no error: what is traced may be newer.
func Known() []Difference {
	return []Difference{
		{"runc", Extra, "S0>R over socket",
			"S0 sends one byte as soon as it has begun (initWaiter), which R takes only behind the bootstrap data, and S0 sends before it waits for those: two releases that cross, which a list of steps cannot say; the profile leaves the first out."},
		{"runc", Other, "S1 unshares uts+ipc+pid+mnt+net",
			"runc 1.1 leaves the cgroup namespace to S2; later versions take it here, because S0 is in its control group before it is told anything."},
		{"runc", Extra, "S2 unshares cgroup",
			"runc 1.1: the other half of the same."},

		{"crun", Missing, "GC>P over socket",
			"crun 1.8 sends the descriptors of mounts without being asked: init and init-done are one message, behind them."},
		{"crun", Missing, "P moves GC into a cgroup",
			"C is cloned into the control group (CLONE_INTO_CGROUP), and GC is born there, as the profile's note says."},

		{"crun", Other, "T>GC over pipe",
			"It is a byte into a fifo that GC has open; the profile has a datagram, whose writer's death nobody sees either."},

		{"bubblewrap", Missing, "P maps C",
			"Debian's bwrap is not setuid: the child writes its maps itself, as the profile says."},
		{"bubblewrap", Extra, "C maps C",
			"The other half of the same: behind the stage, and before all else."},
		{"bubblewrap", Missing, "C sets its IDs",
			"Only a bwrap that is setuid has IDs to change."},

		{"nspawn", Missing, "P has O>P over socket",
			"P reaps O first, and reads what O has sent behind it, as the profile's note says."},
		{"nspawn", Extra, "P has O>P over socket",
			"The other half of the same."},
		{"nspawn", Extra, "P>C over eventfd",
			"A barrier is placed by both sides where they meet: P's unit of #1 comes to C while it waits at #2, for which it needs one more."},
		{"nspawn", Extra, "P>C over eventfd",
			"systemd 252: P places #5 as soon as it has placed #4, because the two that were made of it in 2023 are still one."},
		{"nspawn", Missing, "P>C over eventfd",
			"systemd 252 has no barrier #5.2 of its own: the same."},
		{"nspawn", Extra, "C>P over eventfd",
			"C's unit of #4, which it places before it waits for P's."},
		{"nspawn", Extra, "C>P over socket",
			"Descriptors of the pseudo-terminal and of the socket for notifications, which P reads behind #5; the profile leaves them out."},

		{"lxc", Other, "P clones C into uts+ipc+pid+mnt+user+cgroup",
			"LXC 5.0 clones into the control group by CLONE_INTO_CGROUP, and so can take the cgroup namespace at once."},
		{"lxc", Missing, "P moves C into a cgroup",
			"CLONE_INTO_CGROUP again."},
		{"lxc", Missing, "C unshares cgroup",
			"The other half of the same."},
		{"lxc", Extra, "P>C over socket",
			"LXC 5.0 sends the child a descriptor over a socket of its own before the first stage, and the child reads it before anything else."},
		{"lxc", Extra, "P clones X1 into user",
			"A helper in the same maps, which changes the owner of the control group. It waits at a pipe until it is mapped."},
		{"lxc", Extra, "P maps X1", "The same helper."},
		{"lxc", Extra, "P>X1 over pipe", "The same helper."},
		{"lxc", Extra, "P reaps X1", "The same helper."},
		{"lxc", Other, "C>P over socket",
			"It is the end of file of a socket; the profile has a pipe's, as its note says."},

		{"firejail", Missing, "C sets its hostname",
			"Only with --hostname."},

		{"rootlesskit", Other, "C unshares uts+ipc+cgroup",
			"A network namespace comes with a network driver, of which Debian has none installed with it."},
		{"rootlesskit", Missing, "P>C over pipe",
			"rootlesskit 1.1 has no hello and no answers: the parent sends one message when the IDs are mapped, and one when network and ports are there, with nothing in between where it has neither."},
		{"rootlesskit", Missing, "C>P over pipe", "rootlesskit 1.1: the same."},
		{"rootlesskit", Missing, "C>P over pipe", "rootlesskit 1.1: the same."},
		{"rootlesskit", Missing, "P>C over pipe", "rootlesskit 1.1: the same, for there was no answer in between."},
	}
}
