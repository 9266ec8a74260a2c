package handshake

// All returns the profiles, in the order in which reports list them: the plain ones
// first, then the runtimes of containers, then those around them.
func All() []Profile {
	return []Profile{
		seed, minijail, nspawn2013, unshareCommand, bubblewrap, nsjail, goStd,
		nspawn, runc, crun, youki, lxc,
		firejail, podmanConmon, rootlessKit,
	}
}
