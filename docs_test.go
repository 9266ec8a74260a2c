package nsbench_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documents lists the Markdown files of the module.
func documents(t *testing.T) []string {
	t.Helper()
	tree := os.DirFS(".")
	var names []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skip(tree, name, d.Name())
		}
		if strings.HasSuffix(name, ".md") {
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fenced matches a block of code, in which nothing is a link or a heading.
var fenced = regexp.MustCompile("(?ms)^```.*?^```$")

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ +(.*)$`)
	dropped = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// anchors are the fragments by which GitHub names the headings of a text.
func anchors(text string) []string {
	var all []string
	for _, h := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		plain := dropped.ReplaceAllString(strings.ToLower(h[1]), "")
		all = append(all, strings.ReplaceAll(plain, " ", "-"))
	}
	return all
}

// A link within the repository leads to a file that is there, and where it
// names a heading, to a heading that is there.
func TestLinks(t *testing.T) {
	found := 0
	for _, name := range documents(t) {
		for _, l := range link.FindAllStringSubmatch(fenced.ReplaceAllString(read(t, name), ""), -1) {
			to, err := url.Parse(l[1])
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if to.Scheme != "" {
				continue
			}
			found++
			target := name
			if to.Path != "" {
				target = path.Join(path.Dir(name), to.Path)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %s: %v", name, l[1], err)
				continue
			}
			if to.Fragment != "" && !slices.Contains(anchors(read(t, target)), to.Fragment) {
				t.Errorf("%s: %s: %s has no such heading", name, l[1], target)
			}
		}
	}
	if found == 0 {
		t.Error("no link was found")
	}
}

// mostPictures is how many bytes the pictures of the documents may take.
const mostPictures = 2_000_000

// Every picture below docs is shown by a document, and together they are no burden
// to whoever clones.
func TestPicturesAreShown(t *testing.T) {
	var shown []string
	for _, name := range documents(t) {
		for _, l := range link.FindAllStringSubmatch(read(t, name), -1) {
			shown = append(shown, path.Join(path.Dir(name), l[1]))
		}
	}
	pictures, err := fs.Glob(os.DirFS("."), "docs/*/*.png")
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, name := range pictures {
		if size += len(read(t, name)); !slices.Contains(shown, name) {
			t.Errorf("no document shows %s", name)
		}
	}
	if size == 0 || size > mostPictures {
		t.Errorf("pictures take %d bytes, and may take %d", size, mostPictures)
	}
}

const architecture = "docs/architecture.md"

// Whoever adds a package says in docs/architecture.md what it is for.
func TestArchitectureNamesEveryPackage(t *testing.T) {
	text := read(t, architecture)
	for _, l := range layers {
		if l.name != "." && !strings.Contains(text, "| `"+l.name+"` |") {
			t.Errorf("%s has no row for %s", architecture, l.name)
		}
	}
}

// An arrow of the diagram is an import that the table of layers allows.
func TestDiagramKeepsToTheLayers(t *testing.T) {
	text := read(t, architecture)
	names := map[string]string{}
	for _, n := range regexp.MustCompile(`(?m)^ +(\w+)\["([^"]+)"\]$`).FindAllStringSubmatch(text, -1) {
		names[n[1]] = n[2]
	}
	for _, l := range layers {
		if l.name != "." && !slices.Contains(slices.Collect(maps.Values(names)), l.name) {
			t.Errorf("%s is not in the diagram", l.name)
		}
	}
	arrows := regexp.MustCompile(`(?m)^ +(\w+) --> (\w+)$`).FindAllStringSubmatch(text, -1)
	if len(arrows) == 0 {
		t.Error("the diagram has no arrow")
	}
	for _, a := range arrows {
		if from, to := names[a[1]], names[a[2]]; !slices.Contains(rowOf(from), to) {
			t.Errorf("the diagram has %s import %s, the table does not", from, to)
		}
	}
}

// The schema and docs/method.md describe one format. What the host is like has
// many members that need no method; the schema alone describes them.
func TestMethodNamesEveryField(t *testing.T) {
	var schema struct {
		Defs map[string]struct {
			Properties map[string]any `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(read(t, "docs/record.schema.json")), &schema); err != nil {
		t.Fatal(err)
	}
	text := read(t, "docs/method.md")
	for _, def := range []string{"header", "plan", "series", "clock", "block", "mark", "end"} {
		properties := schema.Defs[def].Properties
		if len(properties) == 0 {
			t.Errorf("the schema has no %s", def)
		}
		for name := range properties {
			if !strings.Contains(text, "`"+name+"`") {
				t.Errorf("docs/method.md does not name %s of %s", name, def)
			}
		}
	}
}
