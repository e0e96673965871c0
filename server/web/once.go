package web

import (
	"sync"

	"plenary/server/drafting"
)

// once keeps what forms sent a moment ago have begun, so that a form sent twice begins one thing. The zero once is
// ready for use.
type once struct {
	mu    sync.Mutex
	order []string
	sent  map[string]func() (drafting.Proposal, error)
}

// onceKept is how many forms are remembered. Forgetting one costs a second draft at most.
const onceKept = 256

// do runs begin, or gives what it gave for this form before; where it is running it waits. A form that failed is tried
// again. Forms that are not marked are all different.
func (o *once) do(form string, marked bool, begin func() (drafting.Proposal, error)) (drafting.Proposal, error) {
	if !marked {
		return begin()
	}
	o.mu.Lock()
	run, found := o.sent[form]
	if !found {
		run = sync.OnceValues(begin)
		if o.sent == nil {
			o.sent = make(map[string]func() (drafting.Proposal, error))
		}
		if o.order = append(o.order, form); len(o.order) > onceKept {
			delete(o.sent, o.order[0])
			o.order = o.order[1:]
		}
		o.sent[form] = run
	}
	o.mu.Unlock()
	p, err := run()
	if err != nil {
		o.mu.Lock()
		delete(o.sent, form)
		o.mu.Unlock()
	}
	return p, err
}
