package host

import (
	"strings"

	"github.com/moby/sys/capability"
	"github.com/nsbench/nsbench/bench/result"
)

// needs are the capabilities that change what a run can do; capabilities(7).
// Root may lack them: a container's root usually has neither.
var needs = []struct {
	which   capability.Cap
	without string
}{
	{capability.CAP_SYS_ADMIN, "a user namespace is added to each child, and its making and its maps become part of what is measured"},
	{capability.CAP_SYS_RESOURCE, "the hard limits on descriptors, processes and pipe sizes cannot be raised"},
}

var checkCaps = check{
	name:   "caps",
	effect: "namespaces are made directly, and limits can be raised, only with these capabilities",
	look:   lookCaps,
}

func lookCaps(h *Host) result.Disturbance {
	var missing []capability.Cap
	var effects []string
	for _, need := range needs {
		has, err := h.calls.capable(need.which)
		if err != nil {
			return unknown(err)
		}
		if !has {
			missing = append(missing, need.which)
			effects = append(effects, need.without)
		}
	}
	if missing == nil {
		return ok("CAP_SYS_ADMIN and CAP_SYS_RESOURCE are there")
	}
	d := warn("without "+joinCaps(missing, "CAP_", " and "), h.grant(missing))
	d.Effect = strings.Join(effects, "; ")
	return d
}

// grant tells how to get capabilities. Root that lacks one had it taken away
// by what started it, so sudo would not bring it back.
func (h *Host) grant(missing []capability.Cap) string {
	if h.calls.uid() != 0 {
		return "sudo nsbench run"
	}
	return "docker run --cap-add " + joinCaps(missing, "", " --cap-add ")
}

func joinCaps(caps []capability.Cap, prefix, separator string) string {
	names := make([]string, len(caps))
	for i, c := range caps {
		names[i] = prefix + strings.ToUpper(c.String())
	}
	return strings.Join(names, separator)
}
