package reports

import (
	"runtime"
	"sync"
)

// inParallel does something with each number below n, on as many CPUs as there are.
func inParallel(n int, do func(i int)) {
	var workers sync.WaitGroup
	queue := make(chan int)
	for range min(n, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := range queue {
				do(i)
			}
		})
	}
	for i := range n {
		queue <- i
	}
	close(queue)
	workers.Wait()
}
