package reports

// keys names series, those under the same conditions together: "pipe-eof, futex
// (cross-cpu, launcher clone, ...)".
func keys(all []Change) []string {
	list := make([]Key, len(all))
	for i, one := range all {
		list[i] = one.Key
	}
	return namedTogether(list)
}

// keysOf names series likewise.
func keysOf(all []Series) []string {
	list := make([]Key, len(all))
	for i, s := range all {
		list[i] = KeyOf(s)
	}
	return namedTogether(list)
}

// namedTogether names what is under the same conditions together, in the order in
// which the conditions come.
func namedTogether(list []Key) []string {
	var under []Key
	names := make(map[Key][]string)
	for _, k := range list {
		name := word(k.primitive)
		k.primitive = ""
		if names[k] == nil {
			under = append(under, k)
		}
		names[k] = append(names[k], name)
	}
	texts := make([]string, len(under))
	for i, k := range under {
		texts[i] = joined(names[k]...) + " (" + k.where() + ")"
	}
	return texts
}
