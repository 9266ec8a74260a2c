package result

// Label is what the series is called among those that share its conditions: the
// name of its primitive, and what tells it from the primitive itself. It is made
// here and nowhere else, so that progress, errors and reports use one name.
func (s Series) Label() string {
	if s.SelfCheck {
		return s.Primitive + " (again)"
	}
	return s.Primitive
}
