package reports

import "regexp"

// madeName matches the names of pictures that no hand gives a file: where the sides
// were placed, and what of it is drawn, or whose handshake it is.
var madeName = regexp.MustCompile(`^(run[1-9][0-9]*-)?(release|hosts|fanout|life)-(same-cpu|cross-cpu|free)(-[a-z0-9]+)*\.png$|^(run[1-9][0-9]*-)?(faults|isolation|handshakes|(handshake|breaks)-of-[a-z0-9]+(-[a-z0-9]+)*)\.png$`)

// IsPictureName reports whether a file in the directory of a report bears the name of
// a [Picture], of this report or of another. Pictures of a placement that this version
// does not know are not among them.
func IsPictureName(file string) bool { return madeName.MatchString(file) }
