// Package nsbench_test holds the layers of this module: which package may know
// of which. They are policy, and policy that no machine checks is a wish. A
// package is added by adding its row here, which is the moment to ask whether
// it belongs.
package nsbench_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/nsbench/nsbench"

// A layer is one package and what it may import from this module. Its tests
// may import what those import in their turn, and the conformance suite.
type layer struct {
	name string
	may  []string
}

// layers is in dependency order: no row names one that follows it.
var layers = []layer{
	{"sync/internal/sys", nil},
	{"sync/program", []string{"sync/internal/sys"}},
	{"sync/gate", []string{"sync/program", "sync/internal/sys"}},
	{"sync/gatetest", []string{"sync/gate", "sync/program"}},

	{"bench/result", nil},
	{"bench/stat", nil},
	{"bench/host", []string{"bench/result"}},
	{"bench/launch", []string{"sync/gate", "sync/program", "sync/internal/sys"}},
	{"bench/condition", []string{"bench/launch", "sync/gate", "sync/program"}},
	{"bench/clock", []string{"bench/result", "sync/program"}},
	{"bench", []string{"bench/clock", "bench/launch", "bench/condition", "bench/result", "sync/gate", "sync/program"}},
	{"bench/trial", []string{"bench/launch", "bench/result", "sync/gate", "sync/program"}},
	{"bench/handshake", []string{"bench", "bench/trial", "bench/clock", "bench/launch", "bench/condition", "bench/result", "sync/gate", "sync/program"}},
	{"bench/handshake/traced", []string{"bench/handshake", "bench/launch", "sync/gate"}},
	{"bench/fault", []string{"bench/trial", "bench/condition", "bench/launch", "bench/result", "sync/gate", "sync/program"}},
	{"bench/isolation", []string{"bench/launch", "bench/trial", "bench/result", "sync/gate", "sync/program"}},
	{"bench/roles", []string{"bench/fault", "bench/isolation", "bench/trial", "sync/program"}},

	{"reports/plot", nil},
	{"reports", []string{"bench/result", "bench/stat", "reports/plot"}},

	{"cmd/nsbench", []string{
		"sync/program", "sync/gate",
		"bench/result", "bench/stat", "bench/host", "bench/clock", "bench/launch", "bench/condition", "bench", "bench/handshake", "bench/handshake/traced", "bench/trial", "bench/fault", "bench/isolation", "bench/roles",
		"reports/plot", "reports",
	}},
	{".", nil},
}

// suite may be imported by every test of the measuring half.
const suite = "sync/gatetest"

// blank lists what may be imported for its side effect alone: embed for its
// directive, unsafe for go:linkname, and roles for what a process does that never
// comes to main.
var blank = []string{"embed", "unsafe", module + "/bench/roles"}

// An edge is one import, as it stands in a file.
type edge struct {
	file     string // path from the root of the module
	name     string // the alias, empty where there is none
	imported string
}

func (e edge) pkg() string { return path.Dir(e.file) }
func (e edge) test() bool  { return strings.HasSuffix(e.file, "_test.go") }

// within returns the imported package as the table names it, and whether it is
// of this module.
func (e edge) within() (string, bool) {
	if e.imported == module {
		return ".", true
	}
	return strings.CutPrefix(e.imported, module+"/")
}

// goFiles lists every Go file of the module, whatever it is built for. Nested
// modules, hidden folders and testdata are not of it.
func goFiles(tree fs.FS) ([]string, error) {
	var files []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skip(tree, name, d.Name())
		}
		if strings.HasSuffix(name, ".go") {
			files = append(files, name)
		}
		return nil
	})
	return files, err
}

func skip(tree fs.FS, name, base string) error {
	if name == "." {
		return nil
	}
	if base == "testdata" || base[0] == '.' || base[0] == '_' {
		return fs.SkipDir
	}
	if _, err := fs.Stat(tree, path.Join(name, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

// edges parses the imports of the files.
func edges(tree fs.FS, files []string) ([]edge, error) {
	var all []edge
	for _, file := range files {
		src, err := fs.ReadFile(tree, file)
		if err != nil {
			return nil, err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, src, parser.ImportsOnly)
		if err != nil {
			return nil, err
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			e := edge{file: file, imported: imported}
			if spec.Name != nil {
				e.name = spec.Name.Name
			}
			all = append(all, e)
		}
	}
	return all, nil
}

// reach returns start and all that it comes to by following next.
func reach(start string, next func(string) []string) []string {
	seen := []string{start}
	for i := 0; i < len(seen); i++ {
		for _, n := range next(seen[i]) {
			if !slices.Contains(seen, n) {
				seen = append(seen, n)
			}
		}
	}
	return seen
}

// row returns what the table lets a package import.
func row(pkg string) ([]string, bool) {
	i := slices.IndexFunc(layers, func(l layer) bool { return l.name == pkg })
	if i < 0 {
		return nil, false
	}
	return layers[i].may, true
}

func rowOf(pkg string) []string {
	may, _ := row(pkg)
	return may
}

// listed finds packages that the table does not know.
func listed(files []string) []string {
	var problems []string
	for _, file := range files {
		pkg := path.Dir(file)
		switch _, ok := row(pkg); {
		case pkg == "sync":
			problems = append(problems, file+": sync/ holds no Go file")
		case !ok:
			problems = append(problems, file+": package "+pkg+" is not in the table")
		}
	}
	return problems
}

// allowed finds imports that the row of their package does not have.
func allowed(all []edge) []string {
	var problems []string
	for _, e := range all {
		imported, ok := e.within()
		if ok && !slices.Contains(mayImport(e), imported) {
			problems = append(problems, e.file+": may not import "+imported)
		}
	}
	return problems
}

func mayImport(e edge) []string {
	if !e.test() {
		return rowOf(e.pkg())
	}
	may := reach(e.pkg(), rowOf)
	if !rendering(e.pkg()) {
		may = append(may, suite)
	}
	return may
}

// plain finds imports under another name.
func plain(all []edge) []string {
	var problems []string
	for _, e := range all {
		if e.name == "" || e.name == "_" && slices.Contains(blank, e.imported) {
			continue
		}
		problems = append(problems, fmt.Sprintf("%s: imports %s as %s", e.file, e.imported, e.name))
	}
	return problems
}

func rendering(pkg string) bool { return pkg == "reports" || pkg == "reports/plot" }

func measuring(pkg string) bool {
	return pkg == "bench" || pkg == "bench/launch" || pkg == "bench/condition" || pkg == "bench/fault" || pkg == "bench/isolation" ||
		pkg == "bench/host" || strings.HasPrefix(pkg, "sync/")
}

// halves finds ways from the rendering half to the measuring half. It follows
// the imports as they are, so that no mistake in the table can open one.
func halves(all []edge) []string {
	next := func(pkg string) []string {
		var to []string
		for _, e := range all {
			if imported, ok := e.within(); ok && e.pkg() == pkg && (!e.test() || rendering(pkg)) {
				to = append(to, imported)
			}
		}
		return to
	}
	var problems []string
	for _, pkg := range []string{"reports", "reports/plot"} {
		for _, found := range reach(pkg, next) {
			if measuring(found) {
				problems = append(problems, pkg+" reaches "+found)
			}
		}
	}
	return problems
}

// problems checks a tree against all of the above.
func problems(tree fs.FS) ([]string, error) {
	files, err := goFiles(tree)
	if err != nil {
		return nil, err
	}
	all, err := edges(tree, files)
	if err != nil {
		return nil, err
	}
	return slices.Concat(listed(files), allowed(all), plain(all), halves(all)), nil
}

func TestLayers(t *testing.T) {
	found, err := problems(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range found {
		t.Error(p)
	}
}

// The table itself: in dependency order, so that no cycle hides in it.
func TestLayersAreInOrder(t *testing.T) {
	var above []string
	for _, l := range layers {
		for _, m := range l.may {
			if !slices.Contains(above, m) {
				t.Errorf("%s may import %s, which is not above it", l.name, m)
			}
		}
		above = append(above, l.name)
	}
}

// The checks are checked: each of these files breaks one rule, or none.
func TestLayersAreHeld(t *testing.T) {
	tests := []struct {
		name, file, imports string
		want                []string
	}{
		{"allowed", "sync/gate/a.go", `"github.com/nsbench/nsbench/sync/program"`, nil},
		{"upward", "sync/gate/a.go", `"github.com/nsbench/nsbench/bench/launch"`,
			[]string{"sync/gate/a.go: may not import bench/launch"}},
		{"another system", "sync/program/a_windows.go", `"github.com/nsbench/nsbench/sync/gate"`,
			[]string{"sync/program/a_windows.go: may not import sync/gate"}},
		{"not listed", "bench/util/a.go", `"fmt"`,
			[]string{"bench/util/a.go: package bench/util is not in the table"}},
		{"sync is empty", "sync/a.go", `"fmt"`,
			[]string{"sync/a.go: sync/ holds no Go file"}},
		{"the suite from a test", "sync/gate/a_test.go", `"github.com/nsbench/nsbench/sync/gatetest"`, nil},
		{"the suite from the product", "bench/launch/a.go", `"github.com/nsbench/nsbench/sync/gatetest"`,
			[]string{"bench/launch/a.go: may not import sync/gatetest"}},
		{"a test sees further down", "bench/a_test.go", `"github.com/nsbench/nsbench/sync/internal/sys"`, nil},
		{"a test sees no further up", "sync/gate/a_test.go", `"github.com/nsbench/nsbench/bench/launch"`,
			[]string{"sync/gate/a_test.go: may not import bench/launch"}},
		{"an alias", "bench/a.go", `stdsync "sync"`,
			[]string{"bench/a.go: imports sync as stdsync"}},
		{"a dot", "bench/a.go", `. "fmt"`,
			[]string{"bench/a.go: imports fmt as ."}},
		{"blank for linkname", "sync/internal/sys/a.go", `_ "unsafe"`, nil},
		{"blank for a side effect", "cmd/nsbench/a.go", `_ "net/http/pprof"`,
			[]string{"cmd/nsbench/a.go: imports net/http/pprof as _"}},
		{"a nested module", "tools/a.go", `"github.com/nsbench/nsbench/sync/internal/sys"`, nil},
		{"the other half", "reports/a_test.go", `"github.com/nsbench/nsbench/sync/gatetest"`,
			[]string{"reports/a_test.go: may not import sync/gatetest", "reports reaches sync/gatetest"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tree := fstest.MapFS{
				test.file:      {Data: []byte("package a\n\nimport " + test.imports + "\n")},
				"tools/go.mod": {Data: []byte("module tools\n")},
			}
			got, err := problems(tree)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// What the table allows at each step can still be a way from half to half.
func TestHalvesAreHeldThroughOthers(t *testing.T) {
	tree := fstest.MapFS{
		"reports/a.go":      {Data: []byte("package reports\n\nimport \"" + module + "/bench/result\"\n")},
		"bench/result/a.go": {Data: []byte("package result\n\nimport \"" + module + "/bench/launch\"\n")},
	}
	got, err := problems(tree)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(got, "reports reaches bench/launch") {
		t.Errorf("problems = %q, without the way through bench/result", got)
	}
}
