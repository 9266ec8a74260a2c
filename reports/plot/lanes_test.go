package plot_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nsbench/nsbench/reports/plot"
)

// shaken is a handshake of three processes, whose second lane's work takes far longer
// than all else.
func shaken(long float64) plot.Lanes {
	return plot.Lanes{
		Title: "Handshake of made-up", Host: "vm-one", Subtitle: "the one of 100 whose total is nearest to the median", Names: []string{"P", "O", "C"}, Total: 900e3 + long,
		Bars: []plot.LaneBar{
			{Lane: 0, From: 0, To: 150e3, Kind: plot.LaneClone, Name: "clone O"}, {Lane: 0, From: 155e3, To: 260e3, Kind: plot.LaneWait, Name: "up"},
			{Lane: 1, From: 230e3, To: 250e3, Kind: plot.LaneWork, Name: "tie"}, {Lane: 0, From: 270e3, To: 300e3 + long, Kind: plot.LaneWork, Name: "link"},
			{Lane: 1, From: 270e3, To: 420e3, Kind: plot.LaneClone, Name: "clone C"}, {Lane: 2, From: 470e3, To: 320e3 + long, Kind: plot.LaneWait, Name: "go"},
			{Lane: 2, From: 330e3 + long, To: 890e3 + long, Kind: plot.LaneWork, Name: "root"},
		},
		Arrows: []plot.LaneArrow{
			{From: 0, To: 1, Begin: 0, End: 220e3, Clone: true}, {From: 1, To: 0, Begin: 240e3, End: 260e3, Number: 1, Name: "up"}, {From: 1, To: 0, Begin: 241e3, End: 261e3, Number: 2, Name: "up-again", Early: true},
			{From: 1, To: 2, Begin: 270e3, End: 460e3, Clone: true}, {From: 0, To: 2, Begin: 300e3 + long, End: 320e3 + long, Number: 3, Name: "go"},
		},
		Ends: []plot.LaneEnd{{Lane: 1, At: 430e3}, {Lane: 2, At: 900e3 + long, Executes: true}},
		Path: []plot.LanePart{{Lane: 0, From: 0, To: 300e3 + long}, {Lane: 2, From: 300e3 + long, To: 900e3 + long}},
	}
}

// oddLanes have names and times that no picture holds.
func oddLanes() plot.Lanes {
	evil := "\x1b[31m<b>evil</b>\x07\u202egnp\n\t" + strings.Repeat("W", 1<<16)
	l := plot.Lanes{Title: evil, Host: evil, Subtitle: evil, Total: 1}
	for i := range 40 {
		l.Names = append(l.Names, fmt.Sprint(i, evil))
		l.Bars = append(l.Bars, plot.LaneBar{Lane: i - 1, From: float64(i) / 40, To: inf, Name: evil}, plot.LaneBar{Lane: i, From: 0.2, To: 0.3, Name: evil}, plot.LaneBar{Lane: i, From: 0.5, To: 0.4})
		l.Arrows = append(l.Arrows, plot.LaneArrow{From: i, To: i, Begin: 0.5, End: 0.5, Number: i, Name: evil}, plot.LaneArrow{From: i, To: i + 1, Begin: nan, End: -1, Clone: true})
		l.Ends = append(l.Ends, plot.LaneEnd{Lane: -i, At: nan}, plot.LaneEnd{Lane: i, At: 1})
	}
	return l
}

func TestGoldenOfLanes(t *testing.T) {
	for name, l := range map[string]plot.Lanes{"lanes": shaken(0), "cut-lanes": shaken(40e6), "edges-lanes": oddLanes()} {
		d, err := plot.DrawLanes(l)
		golden(t, name, d, err, false)
		if name == "cut-lanes" {
			golden(t, "dark-lanes", d, err, true)
		}
	}
}

func TestLanesOfNothing(t *testing.T) {
	for _, l := range []plot.Lanes{{}, {Names: []string{"P"}}, {Names: []string{"P"}, Total: nan}, {Names: []string{"P"}, Total: inf}, {Total: 1}} {
		if _, err := plot.DrawLanes(l); !errors.Is(err, plot.ErrEmpty) {
			t.Errorf("%+v: %v", l, err)
		}
	}
}
