// Package plot draws charts from plain numbers: it knows latencies in
// nanoseconds and names, and nothing of records, gates or files.
//
// A chart that leaves its page must still tell the truth. So each one carries
// in the picture what its figures mean: the unit, the number of samples behind
// every series, the host, the placement, and which direction is the good one.
// Latencies span six decades and have long tails, so every axis of time is
// logarithmic, but for that of stacked bars, whose lengths have to add up; the
// logarithm is taken here and drawn on a linear axis, because
// the logarithmic axis of gonum.org/v1/plot panics on values at or below zero
// and has no room for labels between decades.
//
// Series are told apart by colour, dash and marker together, never by colour
// alone. The colours are those of Okabe and Ito, "Color Universal Design"
// (2008), chosen for readers with any kind of colour vision.
//
// The same numbers give the same bytes on one architecture, so a picture can
// be compared with a golden file. Charts are drawn in memory: a panic within
// the drawing library becomes an error, and no half-written file is left.
package plot
