package result

import (
	"strings"
	"time"
)

// Label is what the series is called among those that share its conditions: the
// name of its primitive, and what tells it from the primitive itself, such as
// "pipe-eof (again)" and "pipe-eof +5us". It is made here and nowhere else, so
// that progress, errors and reports use one name.
func (s Series) Label() string {
	label := s.Primitive
	if s.SelfCheck {
		label += " (again)"
	}
	if s.DelayNS != 0 {
		label += " +" + strings.Replace(time.Duration(s.DelayNS).String(), "µ", "u", 1)
	}
	return label
}
