package realtime

import (
	"slices"
	"sync"

	"plenary/realtime/ot"
)

// record is one accepted update in memory.
type record struct {
	clientID string
	user     string
	wire     []byte // as it stands in "up" frames
	changes  int    // where the change set begins in wire
}

func newRecord(clientID, user string, changes ot.ChangeSet) record {
	wire, at := appendUpdate(clientID, changes)
	return record{clientID: clientID, user: user, wire: wire, changes: at}
}

// json is the change set as the journal keeps it.
func (r record) json() []byte { return r.wire[r.changes : len(r.wire)-1] }

func (r record) decode() (ot.ChangeSet, error) { return ot.Decode(r.json(), ot.AnyLength) }

// history is the accepted updates that are still in memory. The room's goroutine writes
// it, sessions read it.
type history struct {
	mu        sync.Mutex
	base      Version // the version before records[0]; guarded by mu
	records   []record
	announced Version // sessions may send up to here; guarded by mu

	// The frame sent last, which most sessions want at the same time; guarded by mu.
	frameFrom, frameTo Version
	frame              *Frame
}

// add appends records. The caller announces them.
func (h *history) add(records []record) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.records = append(h.records, records...)
}

// announce lets sessions send everything up to v.
func (h *history) announce(v Version) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.announced = max(h.announced, v)
}

// trim forgets records up to version v.
func (h *history) trim(v Version) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := int(v - h.base); n > 0 {
		h.records = slices.Clone(h.records[min(n, len(h.records)):])
		h.base = v
	}
}

// bounds returns the first version that can be read from memory, and the last that may
// be sent.
func (h *history) bounds() (base, announced Version) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.base, h.announced
}

// between returns the records after version from up to version to. The caller knows that
// they are in memory.
func (h *history) between(from, to Version) []record {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.records[from-h.base : to-h.base : to-h.base]
}

// frameAfter returns an "up" frame that begins after version from and ends at or before
// limit, with the version it ends at. It returns nil if from is no longer in memory.
func (h *history) frameAfter(from, limit Version) (*Frame, Version) {
	h.mu.Lock()
	if from < h.base {
		h.mu.Unlock()
		return nil, from
	}
	records := h.records[from-h.base : limit-h.base : limit-h.base]
	to := from + Version(cut(records))
	if h.frameFrom == from && h.frameTo == to {
		defer h.mu.Unlock()
		return h.frame, to
	}
	h.mu.Unlock()
	frame := newFrame(upFrame(from, records[:to-from]))
	h.mu.Lock()
	defer h.mu.Unlock()
	h.frameFrom, h.frameTo, h.frame = from, to, frame
	return frame, to
}

// cut tells how many of the records go into one frame. It looks only at records it takes,
// so that a longer list is cut at the same place.
func cut(records []record) int {
	bytes := 0
	for i := range records {
		bytes += len(records[i].wire)
		if bytes >= frameBytes || i+1 == frameUpdates {
			return i + 1
		}
	}
	return len(records)
}
