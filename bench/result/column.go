package result

// A column is one list of a block, by the name that it has in the file.
type column struct {
	name   string
	values *[]int64
}

// sampleColumns lists the columns with one entry a release. The first is the
// one that the others are measured against.
func (b *Block) sampleColumns() []column {
	return []column{
		{"release_ns", &b.ReleaseNS},
		{"stage", &b.Stage},
		{"hold_ns", &b.HoldNS},
		{"signal_ns", &b.SignalNS},
		{"wait_cpu_ns", &b.WaitCPUNS},
		{"voluntary", &b.Voluntary},
		{"involuntary", &b.Involuntary},
		{"cpu_parent", &b.ParentCPU},
		{"cpu_child", &b.ChildCPU},
	}
}

// delays is the column with one entry a release that a block has where its
// releases were delayed.
func (b *Block) delays() column { return column{"delay_ns", &b.DelayNS} }

// ofSamples lists all columns with one entry a release that the block has.
func (b *Block) ofSamples() []column {
	columns := b.sampleColumns()
	if len(b.DelayNS) > 0 {
		columns = append(columns, b.delays())
	}
	return columns
}

// childColumns lists the columns with one entry a child.
func (b *Block) childColumns() []column {
	return []column{
		{"clone_ns", &b.CloneNS},
		{"startup_ns", &b.StartupNS},
		{"cycle_ns", &b.CycleNS},
	}
}

// rareColumns lists those with one entry a child that a block may lack: there
// was no payload, or the record is from before there was the column.
func (b *Block) rareColumns() []column {
	return []column{
		{"prepare_ns", &b.PrepareNS},
		{"exec_ns", &b.ExecNS},
		{"exit_ns", &b.ExitNS},
		{"reap_ns", &b.ReapNS},
	}
}

// ofChildren lists all columns with one entry a child that the block has.
func (b *Block) ofChildren() []column {
	columns := b.childColumns()
	for _, c := range b.rareColumns() {
		if len(*c.values) > 0 {
			columns = append(columns, c)
		}
	}
	return columns
}
