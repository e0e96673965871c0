// Package livetest stands in for what is behind a hub, in tests.
//
// Memory is a journal, Desk a branch, and both can be broken; TestJournal checks what
// every journal promises.
package livetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"

	"plenary/realtime"
	"plenary/realtime/livediff"
	"plenary/realtime/ot"
)

// ErrBroken is what a broken Memory or Desk answers.
var ErrBroken = errors.New("broken for the test")

// Memory is a journal in memory. Its fields may be set while nobody uses it.
type Memory struct {
	mu        sync.Mutex
	entries   map[realtime.RoomName][]realtime.Entry
	snapshots map[realtime.RoomName]realtime.Snapshot
	broken    bool
	forgetful bool
}

// NewMemory returns an empty journal.
func NewMemory() *Memory {
	return &Memory{entries: map[realtime.RoomName][]realtime.Entry{}, snapshots: map[realtime.RoomName]realtime.Snapshot{}}
}

// Break makes the next appends fail, or work again.
func (m *Memory) Break(broken bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken = broken
}

// BreakSnapshots makes snapshots of new commits fail, or work again.
func (m *Memory) BreakSnapshots(broken bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forgetful = broken
}

// Copy returns a journal that holds what m holds now: what a killed server finds.
func (m *Memory) Copy() *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := NewMemory()
	for room, entries := range m.entries {
		out.entries[room] = slices.Clone(entries)
	}
	maps.Copy(out.snapshots, m.snapshots)
	return out
}

// Append implements realtime.Journal.
func (m *Memory) Append(_ context.Context, room realtime.RoomName, after realtime.Version, entries []realtime.Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken {
		return ErrBroken
	}
	head := realtime.Version(len(m.entries[room]))
	if head != after {
		return fmt.Errorf("append after %d at %d: %w", after, head, realtime.ErrStale)
	}
	m.entries[room] = append(m.entries[room], entries...)
	return nil
}

// Read implements realtime.Journal.
func (m *Memory) Read(_ context.Context, room realtime.RoomName, from realtime.Version, limit int) ([]realtime.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.entries[room]
	if int(from) >= len(all) {
		return nil, nil
	}
	all = all[from:]
	if limit > 0 && len(all) > limit {
		all = all[:limit]
	}
	return slices.Clone(all), nil
}

// LastSnapshot implements realtime.Journal.
func (m *Memory) LastSnapshot(_ context.Context, room realtime.RoomName) (realtime.Snapshot, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, found := m.snapshots[room]
	return s, found, nil
}

// PutSnapshot implements realtime.Journal.
func (m *Memory) PutSnapshot(_ context.Context, room realtime.RoomName, s realtime.Snapshot) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if last, found := m.snapshots[room]; found && last.Version > s.Version {
		return fmt.Errorf("snapshot %d after %d: %w", s.Version, last.Version, realtime.ErrStale)
	}
	if m.forgetful && m.snapshots[room].Commit != s.Commit {
		return ErrBroken
	}
	m.snapshots[room] = s
	return nil
}

// Unsaved implements realtime.Journal.
func (m *Memory) Unsaved(context.Context) ([]realtime.RoomName, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var rooms []realtime.RoomName
	for room, s := range m.snapshots {
		if len(m.entries[room]) > int(s.Version) {
			rooms = append(rooms, room)
		}
	}
	slices.Sort(rooms)
	return rooms, nil
}

// Desk is the branches behind rooms, in memory. It implements realtime.Saver: a commit is
// the text itself and gets the next number as its name.
type Desk struct {
	mu     sync.Mutex
	text   map[realtime.RoomName]string
	tip    map[realtime.RoomName]string
	texts  map[string]string // by commit
	saves  []realtime.Save
	count  int
	broken bool
}

// NewDesk returns a desk on which every branch is empty.
func NewDesk() *Desk {
	return &Desk{text: map[realtime.RoomName]string{}, tip: map[realtime.RoomName]string{}, texts: map[string]string{}}
}

// Copy returns a desk that holds what d holds now.
func (d *Desk) Copy() *Desk {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &Desk{text: maps.Clone(d.text), tip: maps.Clone(d.tip), texts: maps.Clone(d.texts), count: d.count}
}

// Put makes live the text of a branch, as a commit from outside would, and returns the
// commit.
func (d *Desk) Put(room realtime.RoomName, live string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.put(room, live)
}

func (d *Desk) put(room realtime.RoomName, live string) string {
	d.count++
	commit := "c" + strconv.Itoa(d.count)
	d.text[room], d.tip[room], d.texts[commit] = live, commit, live
	return commit
}

// Break makes the next commits fail, or work again.
func (d *Desk) Break(broken bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken = broken
}

// Tip returns what a branch holds and its tip.
func (d *Desk) Tip(room realtime.RoomName) (live, tip string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text[room], d.tip[room]
}

// Saves returns all saves that made a commit.
func (d *Desk) Saves() []realtime.Save {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.saves)
}

// Open implements realtime.Saver.
func (d *Desk) Open(_ context.Context, room realtime.RoomName) (realtime.Opened, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.tip[room]; !known {
		d.put(room, "")
	}
	return realtime.Opened{Live: d.text[room], Base: "base", Commit: d.tip[room]}, nil
}

// Between gives the changes that make one text of another.
func (d *Desk) Between(before, after string) (ot.ChangeSet, error) {
	return livediff.Between(before, after)
}

// Text implements realtime.Saver.
func (d *Desk) Text(_ context.Context, _ realtime.RoomName, commit string) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	live, known := d.texts[commit]
	if !known {
		return "", fmt.Errorf("no commit %s", commit)
	}
	return live, nil
}

// Save implements realtime.Saver.
func (d *Desk) Save(_ context.Context, room realtime.RoomName, s realtime.Save) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.text[room] == s.Live && s.Message == "" {
		return d.tip[room], nil
	}
	if d.tip[room] != s.Expect {
		return "", fmt.Errorf("save over %s, not %s: %w", d.tip[room], s.Expect, realtime.ErrStale)
	}
	if d.broken {
		return "", ErrBroken
	}
	d.saves = append(d.saves, s)
	return d.put(room, s.Live), nil
}

// Anchors is an anchor store in memory.
type Anchors struct {
	mu      sync.Mutex
	anchors map[realtime.RoomName]map[string]realtime.Anchor
}

// NewAnchors returns an empty store.
func NewAnchors() *Anchors {
	return &Anchors{anchors: map[realtime.RoomName]map[string]realtime.Anchor{}}
}

// Anchors implements realtime.AnchorStore.
func (a *Anchors) Anchors(_ context.Context, room realtime.RoomName) ([]realtime.Anchor, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Collect(maps.Values(a.anchors[room])), nil
}

// PutAnchors implements realtime.AnchorStore.
func (a *Anchors) PutAnchors(_ context.Context, room realtime.RoomName, anchors []realtime.Anchor) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.anchors[room] == nil {
		a.anchors[room] = map[string]realtime.Anchor{}
	}
	for _, anchor := range anchors {
		a.anchors[room][anchor.ID] = anchor
	}
	return nil
}

// RemoveAnchor implements realtime.AnchorStore.
func (a *Anchors) RemoveAnchor(_ context.Context, room realtime.RoomName, id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.anchors[room], id)
	return nil
}
