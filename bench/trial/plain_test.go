package trial

import "testing"

func TestPlain(t *testing.T) {
	for op, want := range map[string]string{
		`openat(AT_FDCWD, "/tmp/nsbench-59-fifo-190f372c7a70e4ff", O_RDONLY|O_CLOEXEC)`:                                        `openat(AT_FDCWD, "/tmp/nsbench-PID-fifo-N", O_RDONLY|O_CLOEXEC)`,
		`*opened = openat(AT_FDCWD, "/proc/31/fd/8", O_RDONLY|O_CLOEXEC)`:                                                      `*opened = openat(AT_FDCWD, "/proc/PID/fd/N", O_RDONLY|O_CLOEXEC)`,
		`inotify_add_watch(watch, "/tmp/nsbench-456-1469425244", IN_CREATE|IN_ONLYDIR)`:                                        `inotify_add_watch(watch, "/tmp/nsbench-PID-N", IN_CREATE|IN_ONLYDIR)`,
		`connect(*c, {sa_family=AF_INET, sin_port=htons(46735), sin_addr=inet_addr("127.0.0.1")}, 16)`:                         `connect(*c, {sa_family=AF_INET, sin_port=htons(PORT), sin_addr=inet_addr("127.0.0.1")}, 16)`,
		`connect(*c, {sa_family=AF_UNIX, sun_path=@"0522b"}, 8)`:                                                               `connect(*c, {sa_family=AF_UNIX, sun_path=@"NAME"}, 8)`,
		`openat(AT_FDCWD, "/sys/fs/cgroup/nsbench-71-trials-00ab12cd00ab12cd/5/nsbench-3-1/cgroup.procs", O_WRONLY|O_CLOEXEC)`: `openat(AT_FDCWD, "/sys/fs/cgroup/nsbench-PID-trials-N/N/nsbench-PID-N/cgroup.procs", O_WRONLY|O_CLOEXEC)`,
		`semget(0x1f5, 1, 0)`:         `semget(KEY, 1, 0)`,
		`msgrcv(queue, buf, 1, 0, 0)`: `msgrcv(queue, buf, 1, 0, 0)`,
		`rt_sigqueueinfo(child, SIGUSR1, {si_pid=81, si_uid=0, si_value=0x7f2a})`: `rt_sigqueueinfo(child, SIGUSR1, {si_pid=N, si_uid=N, si_value=N})`,
	} {
		rep := Report{}
		rep.At, rep.Note, rep.Unavailable = op, "the parent's "+op+" failed", "make a gate: "+op
		rep.plain()
		if rep.At != want || rep.Unavailable != "make a gate: "+want || rep.Note != "the parent's "+want+" failed" {
			t.Errorf("%s\n%s, want\n%s", op, rep.At, want)
		}
	}
}
