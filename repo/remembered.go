package repo

import (
	"container/list"
	"sync"

	"plenary/repo/resolution"
)

// remembered keeps texts as they were parsed, by repository and commit, for all repositories of an archive: what was
// used last, up to a number of bytes of their files. A commit's text never changes, and only what a repository has
// given before is remembered of it. Texts are shared and must not be changed.
type remembered struct {
	mu    sync.Mutex
	order *list.List                  // guarded by mu; of *rememberedText, the last used first
	place map[textPlace]*list.Element // guarded by mu
	size  int                         // guarded by mu; bytes of files
}

type textPlace struct {
	in  *Repository
	rev Hash
}

type rememberedText struct {
	at   textPlace
	text resolution.Text
	size int
}

// mostRemembered bounds the files whose texts are remembered; a text takes about twice its file.
const mostRemembered = 16 << 20

func newRemembered() *remembered {
	return &remembered{order: list.New(), place: map[textPlace]*list.Element{}}
}

func (m *remembered) get(at textPlace) (resolution.Text, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.place[at]
	if !ok {
		return resolution.Text{}, false
	}
	m.order.MoveToFront(e)
	return e.Value.(*rememberedText).text, true
}

func (m *remembered) put(at textPlace, text resolution.Text, size int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.place[at]; ok || size > mostRemembered/4 {
		return
	}
	m.place[at] = m.order.PushFront(&rememberedText{at, text, size})
	for m.size += size; m.size > mostRemembered; {
		last := m.order.Remove(m.order.Back()).(*rememberedText)
		delete(m.place, last.at)
		m.size -= last.size
	}
}
