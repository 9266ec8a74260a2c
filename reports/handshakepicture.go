package reports

import (
	"fmt"
	"strings"

	"github.com/nsbench/nsbench/bench/result"
	"github.com/nsbench/nsbench/reports/plot"
)

// bars draws what the totals of all profiles consist of, nil where none was measured.
func (h *Handshakes) bars() *drawing {
	s := plot.Stack{
		Title: "Handshakes of runtimes: what their time goes into", Conditions: "mean shares of the median total, along the critical path",
		Parts: []string{"releases", "clones", "work", "between"},
	}
	var text strings.Builder
	text.WriteString("What the median totals of handshakes consist of, along the critical path.")
	for _, p := range h.Profiles {
		if p.Summary.N == 0 {
			continue
		}
		median := p.Total.Quantile(0.5)
		name := p.Label()
		if needed(p) > 0 {
			name += " ~"
			s.Notes = []string{"~: there are too few handshakes to tell a median, and this one is that of those there are."}
		}
		s.Bars = append(s.Bars, plot.Bar{Name: name, N: p.Summary.N, Parts: []float64{p.Shares.Releases * median, p.Shares.Clones * median, p.Shares.Work * median, p.Shares.Between * median}})
		fmt.Fprintf(&text, " %s %s: releases %s, clones %s, work %s.", p.Label(), plot.Time(median), percent(p.Shares.Releases), percent(p.Shares.Clones), percent(p.Shares.Work))
	}
	if s.Bars == nil {
		return nil
	}
	return &drawing{name: "handshakes", title: s.Title, alt: text.String(), draw: func(l look) (*plot.Drawing, error) { s.Host = l.host; return plot.Bars(s) }}
}

// lanes draws the handshake of the median total of a profile, nil where there is none.
func (p HandshakeProfile) lanes() *drawing {
	if p.middle == nil {
		return nil
	}
	d := plot.Lanes{
		Title: "Handshake of " + p.Label(), Total: float64(p.middle.total),
		Subtitle: fmt.Sprintf("the one of %s whose total is nearest to the median", plot.Count(p.Summary.N)),
	}
	rows := make(map[string]int)
	for i, process := range p.Processes {
		rows[process.Name] = i
		d.Names = append(d.Names, process.Name)
	}
	stage := 0
	for i, step := range p.Profile.Steps {
		m, by, to := p.middle.stamps[i], rows[step.By], rows[step.To]
		switch step.Kind {
		case result.StepClones:
			d.Bars = append(d.Bars, plot.LaneBar{Lane: by, From: float64(m.begin), To: float64(m.end), Kind: plot.LaneClone, Name: "clone " + step.To})
			if m.resumed > 0 {
				d.Arrows = append(d.Arrows, plot.LaneArrow{From: by, To: to, Begin: float64(m.begin), End: float64(m.resumed), Clone: true})
			}
		case result.StepDoes:
			d.Bars = append(d.Bars, plot.LaneBar{Lane: by, From: float64(m.begin), To: float64(m.end), Kind: plot.LaneWork, Name: step.Name})
		case result.StepReaps:
			d.Bars = append(d.Bars, plot.LaneBar{Lane: by, From: float64(m.begin), To: float64(m.end), Kind: plot.LaneWait, Name: "reap " + step.To})
		case result.StepReleases:
			stage++
			if m.resumed == 0 {
				continue
			}
			d.Bars = append(d.Bars, plot.LaneBar{Lane: to, From: float64(m.armed), To: float64(m.resumed), Kind: plot.LaneWait, Name: step.Name})
			d.Arrows = append(d.Arrows, plot.LaneArrow{
				From: by, To: to, Begin: float64(m.begin), End: float64(m.resumed), Number: stage, Name: step.Name, Early: m.early(),
			})
		case result.StepExits, result.StepExecutes:
			d.Ends = append(d.Ends, plot.LaneEnd{Lane: by, At: float64(m.begin), Executes: step.Kind == result.StepExecutes})
		}
	}
	for _, s := range newPathfinder(p.Profile).path(p.middle.stamps, p.middle.total) {
		lane := rows[s.by]
		if s.step != unspent && p.Profile.Steps[s.step].Kind == result.StepClones {
			lane = rows[p.Profile.Steps[s.step].By] // the other is not there yet
		}
		d.Path = append(d.Path, plot.LanePart{Lane: lane, From: float64(s.from), To: float64(s.to)})
	}
	return &drawing{
		name: "handshake-of-" + slug(p.Label()), title: d.Title, alt: p.lanesInWords(),
		draw: func(l look) (*plot.Drawing, error) { d.Host = l.host; return plot.DrawLanes(d) },
	}
}

// lanesInWords says what the picture of a handshake shows.
func (p HandshakeProfile) lanesInWords() string {
	var text strings.Builder
	fmt.Fprintf(&text, "A handshake of %s from left to right, a lane for each of %s, of %s in all.", p.Label(), pluralOf(len(p.Processes), "process", "processes"), plot.Time(float64(p.middle.total)))
	shown := 0
	for i, step := range p.Profile.Steps {
		m := p.middle.stamps[i]
		if step.Kind != result.StepReleases || m.resumed == 0 {
			continue
		}
		if shown++; shown > mostNamed {
			break
		}
		fmt.Fprintf(&text, " %s releases %s at %s (%s)", word(step.By), word(step.To), plot.Time(float64(m.begin)), word(step.Name))
		if m.early() {
			text.WriteString(", early")
		}
		text.WriteString(".")
	}
	return text.String()
}
