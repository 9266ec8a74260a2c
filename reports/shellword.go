package reports

import "strings"

// ShellWord writes a name as one word of a POSIX shell that begins no flag: as it is
// where it can be, else in single quotes, in which nothing has a meaning but a quote.
func ShellWord(name string) string {
	if strings.HasPrefix(name, "-") {
		name = "./" + name
	}
	if name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.,+:/%@-") == "" {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}
