package launch

import (
	"strings"
	"testing"
)

func TestKinds(t *testing.T) {
	if kinds := Kinds(); kinds[0] != (Config{}).Kind {
		t.Errorf("the first kind is %v, want that of a Config that names none", kinds[0])
	}
	for _, k := range Kinds() {
		if got, err := ParseKind(k.String()); got != k || err != nil {
			t.Errorf("ParseKind(%q) = %v, %v", k, got, err)
		}
	}
	for _, name := range []string{"", "CLONE", "kind(7)"} {
		_, err := ParseKind(name)
		if err == nil || !strings.HasSuffix(err.Error(), ": the launchers are "+strings.Join(kindNames[:], ", ")) {
			t.Errorf("ParseKind(%q): %v, want the valid ones in it", name, err)
		}
	}
	if got := Kind(7).String(); got != "kind(7)" {
		t.Errorf("an unknown kind prints %q", got)
	}
}
