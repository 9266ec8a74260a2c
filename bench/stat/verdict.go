package stat

// A Verdict is what the interval of a ratio says, held against the least ratio
// that matters. It is never a p-value: with ten thousand samples one is nearly
// free, and a difference of a hundredth that nobody would act on has it.
type Verdict string

// The verdicts.
const (
	Faster       Verdict = "faster"       // by more than the threshold
	Slower       Verdict = "slower"       // likewise
	Same         Verdict = "same"         // within the threshold of each other
	Inconclusive Verdict = "inconclusive" // the interval crosses the threshold, or there is none
)

// verdict of an interval of a ratio. What is so many times as large as the other
// is as far from it as the other is from it, whichever is the baseline.
func (t Terms) verdict(iv Interval) Verdict {
	switch most, least := 1+t.Threshold, 1/(1+t.Threshold); {
	case !iv.Known():
		return Inconclusive
	case iv.Hi < least:
		return Faster
	case iv.Lo > most:
		return Slower
	case iv.Lo >= least && iv.Hi <= most:
		return Same
	}
	return Inconclusive
}
