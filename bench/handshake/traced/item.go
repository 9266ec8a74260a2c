package traced

import (
	"strings"
)

// An item is a step as both a profile and a trace can have it.
type item struct {
	kind       Kind
	by, to     string
	namespaces string
	over       string
	sibling    bool
}

func (i item) String() string {
	switch i.kind {
	case Released:
		return i.by + ">" + i.to + " over " + i.over
	case Cloned:
		text := i.by + " clones " + i.to + " into " + i.namespaces
		if i.sibling {
			text += ", as its sibling"
		}
		return text
	case Unshared:
		return i.by + " unshares " + i.namespaces
	case Entered:
		return i.by + " enters " + i.namespaces + " by setns"
	case Mapped:
		return i.by + " maps " + i.to
	case Grouped:
		return i.by + " moves " + i.to + " into a cgroup"
	case Reaped:
		return i.by + " reaps " + i.to
	}
	return strings.TrimSpace(i.by + " " + string(i.kind))
}
