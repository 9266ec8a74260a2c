package reports

import "html/template"

// What the template is filled with. Its texts are escaped by html/template;
// the typed ones are made here, and what they hold of the record is escaped.
type (
	page struct {
		Policy    template.HTMLAttr
		Style     template.CSS
		Charts    template.JS // the library
		Script    template.JS
		Data      template.JS // a block of JSON
		Several   bool
		Series    bool // a run has some
		Matrices  bool // likewise
		Shakes    bool // likewise, of handshakes and what breaks them
		Runs      []pageRun
		Downloads []pageDownload

		HostVerdict []string
		Hosts       []pageSheet
	}

	pageRun struct {
		ID, Host, Started string
		Answer, Verdict   []string
		Claims            []string // of the scorecard
		Doubts            string
		Contents          []pageLink
		Baseline          string
		Baselines         []pageBaseline // to choose from
		Fixed             bool           // there are others, and too much to compare with each
		OwnForests        bool           // forest plots are of the run's own baseline alone
		Scorecard         *pageScorecard // nil for none
		Leading           []pageSheet
		Groups            []pageGroup
		Following         []pageSheet
		Matrices          []pageMatrix
		Handshakes        []pageSheet
		Legend            []string
		Facts             []pageFact
		Cautions          []pageCaution
		Passed            []string
	}

	pageBaseline struct {
		Name string
		Own  bool // the run's
	}

	pageFact struct {
		fact
		Doubt string // the ID of the caution about it
	}

	pageCaution struct {
		caution
		ID string
	}

	pageGroup struct {
		ID, Title string
		Columns   []pageColumn
		Families  []pageFamily
		Crowded   bool // so that links to the families help
		Notes     []string
		Figures   []pageFigure
	}

	// A pageColumn has a key where its cells depend on the baseline.
	pageColumn struct{ Name, Key string }

	pageLink struct{ ID, Title string }

	pageSheet struct {
		ID, Title string
		Columns   []pageCell
		Rows      []pageLine
		Notes     []string
		Figures   []pageFigure
		Shaded    bool // the table shows what the figures do
	}

	pageLine struct {
		ID      string // empty for none
		Cells   []pageCell
		Subject bool
	}

	pageCell struct {
		Value       string
		Head, Label bool
		Class       string
	}

	pageFamily struct {
		ID, Name string
		Rows     []pageRow
	}

	pageRow struct {
		ID, Name string
		Figures  []pageFigureCell
		Subject  bool
	}

	pageFigureCell struct{ Name, Key, Value string }

	pageFigure struct {
		Label, Failed string
		Live          string // the chart that a script puts in its place
		Baseline      string // the place of what it compares with among those offered, empty for nothing
		Hidden        bool   // until its baseline is chosen
		Drawing       template.HTML
		Numbers       *pageSheet
	}
)

// The data of the scripts.
type (
	pageData struct {
		Runs []pageRunData `json:"runs"`
	}

	pageRunData struct {
		ID     string          `json:"id"`
		Host   string          `json:"host"`
		Groups []pageGroupData `json:"groups"`
		Cells  []pageDiff      `json:"cells"` // by baseline, as they are offered
	}

	pageGroupData struct {
		ID string `json:"id"`
		pageCurves
	}

	// A pageDiff is the cells that depend on the baseline, by the ID of their row
	// and in the order of their columns.
	pageDiff map[string][]string
)
