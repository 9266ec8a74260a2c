package reports

import _ "embed" // the library

// uPlot 1.6.32 draws the charts of a page that can be asked. It is as its package
// on npm has it: scripts/uplot renews it, and a test holds its files to their sums.
var (
	//go:embed page/uplot/uPlot.min.css
	chartStyle string

	//go:embed page/uplot/uPlot.iife.min.js
	chartLibrary string

	//go:embed page/uplot/LICENSE
	chartLicense string
)

// chartScript is the library as a page has it. Whoever passes the page on passes
// the library on, whose licence asks to go along.
var chartScript = "/*\n" + chartLicense + "*/\n" + chartLibrary
