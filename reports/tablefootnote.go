package reports

// A note is what a reader must know of figures of a group.
type note struct {
	text string

	// about lists the series that it is about, by their places in the group, and
	// at names the column of the figures that it bears on. Of all figures of the
	// group alike, or where the figures are dashes that say so themselves, there
	// are none.
	about []int
	at    string
}

// first is the place of the first series that the note is about, below 0 for one of
// all of them.
func (n note) first() int {
	if len(n.about) == 0 {
		return -1
	}
	return n.about[0]
}

// texts are the notes for a report in which they stand without marks.
func texts(all []note) []string {
	lines := make([]string, len(all))
	for i, n := range all {
		lines[i] = n.text
	}
	return lines
}

// marks has a mark for each of the notes that is about some figures and not all: a
// letter, in the order in which they stand below the table. Superscript figures
// lost: not every locale has them, and 12 would be read for 1 and 2. There are not
// so many letters that a record could not have more reasons; those have none.
func marks(all []note) []string {
	list, next := make([]string, len(all)), 'a'
	for i, n := range all {
		if len(n.about) > 0 && next <= 'z' {
			list[i] = string(next)
			next++
		}
	}
	return list
}
