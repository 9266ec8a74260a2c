package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nsbench/nsbench/bench/launch"
	"github.com/nsbench/nsbench/sync/gate"
)

func primitiveNames() []string { return namesOf(gate.All()) }

func namesOf(primitives []gate.Primitive) (names []string) {
	for _, p := range primitives {
		names = append(names, p.Name)
	}
	return names
}

// primitive returns the primitive of that name, or a usage error.
func primitive(name string) (gate.Primitive, error) {
	p, ok := gate.Named(name)
	if !ok {
		return p, unknown("primitive", name, primitiveNames())
	}
	return p, nil
}

// coreName names the primitives that answer the main question: of each family
// the plainest, and what a runtime would weigh against pipe-eof.
const coreName = "core"

func core() []gate.Primitive {
	return []gate.Primitive{
		gate.PipeEOF, gate.PipeByte, gate.Eventfd, gate.Sigwait, gate.Spin, gate.PollSleep, gate.Futex, gate.UnixStream, gate.Flock, gate.PosixMQ,
	}
}

// selectPrimitives returns those named, each once and in the order of the
// catalogue; "all" names all, and "core" those of core.
func selectPrimitives(names []string) ([]gate.Primitive, error) {
	switch {
	case len(names) == 0:
		return nil, usagef("primitives: nothing is named")
	case slices.Equal(names, []string{"all"}):
		return gate.All(), nil
	}
	if err := standAlone("primitives", names, "all"); err != nil {
		return nil, err
	}
	var chosen []string
	for _, name := range names {
		if name == coreName {
			chosen = append(chosen, namesOf(core())...)
			continue
		}
		if _, err := primitive(name); err != nil {
			return nil, err
		}
		chosen = append(chosen, name)
	}
	names = chosen
	return slices.DeleteFunc(gate.All(), func(p gate.Primitive) bool { return !slices.Contains(names, p.Name) }), nil
}

// standAlone is a usage error if one of the words is named beside others.
func standAlone(flag string, names []string, words ...string) error {
	for _, word := range words {
		if slices.Contains(names, word) {
			return usagef("%s: %s stands alone: it cannot be named with others", flag, word)
		}
	}
	return nil
}

// defaultNamespaces are those of the program that the idea comes from; see demo.
func defaultNamespaces() []string { return []string{"uts", "ipc"} }

// selectNamespaces returns the set of those named; "none" and "all" stand alone.
func selectNamespaces(names []string) (set launch.Namespaces, err error) {
	valid := launch.NamespaceNames()
	switch {
	case len(names) == 0:
		return 0, usagef("namespaces: none is named: say none if that is what is meant")
	case slices.Equal(names, []string{"none"}):
		return 0, nil
	case slices.Equal(names, []string{"all"}):
		names = valid
	}
	if err := standAlone("namespaces", names, "all", "none"); err != nil {
		return 0, err
	}
	for _, name := range names {
		ns, err := launch.ParseNamespace(name)
		if err != nil {
			return 0, unknown("namespace", name, append(valid, "all", "none"))
		}
		set |= ns
	}
	return set, nil
}

// commaList parts a list that is separated by commas.
func commaList(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func completePrimitives(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return primitiveNames(), cobra.ShellCompDirectiveNoFileComp
}
