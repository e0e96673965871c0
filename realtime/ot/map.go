package ot

var errLengths = &ChangeError{Reason: "the two sets do not belong to the same text"}

// Map returns a as it has to be applied after b, where both start from the same text. Of
// two changes the earlier start comes first, then the shorter deletion, then b's, or with
// before a's. What b deleted is cut from a; what a inserts is kept.
func Map(a, b ChangeSet, before bool) (ChangeSet, error) {
	return MapOver(a, b.Desc, before)
}

// MapOver is Map where only the lengths of b are known.
func MapOver(a ChangeSet, b Desc, before bool) (ChangeSet, error) {
	if b.Empty() {
		return a, checkSame(a.Desc, b)
	}
	out, err := mapSet(a, b, before, true)
	return out.set(), err
}

// MapDesc is Map on lengths alone.
func MapDesc(a, b Desc, before bool) (Desc, error) {
	if b.Empty() {
		return a, checkSame(a, b)
	}
	out, err := mapSet(ChangeSet{Desc: a}, b, before, false)
	return Desc{spans: out.spans}, err
}

func checkSame(a, b Desc) error {
	if len(b.spans) > 0 && a.LengthBefore() != b.LengthBefore() {
		return errLengths
	}
	return nil
}

// mapping is the work of one call of mapSet.
type mapping struct {
	a, b     *walker
	before   bool
	out      builder
	inserted int // the section of a whose words have been put in already
}

func mapSet(a ChangeSet, b Desc, before, words bool) (builder, error) {
	m := mapping{
		a: walk(a), b: walk(ChangeSet{Desc: b}), before: before,
		out:      newBuilder(len(a.spans)+len(b.spans), words),
		inserted: -1,
	}
	for {
		switch {
		case m.a.done() && m.b.n > 0 || m.b.done() && m.a.n > 0:
			return m.out, errLengths
		case m.a.ins == keep && m.b.ins == keep:
			n := min(m.a.n, m.b.n)
			m.out.add(n, keep, nil, false)
			m.a.forward(n)
			m.b.forward(n)
		case m.theirsFirst():
			if !m.passTheirs() {
				return m.out, errLengths
			}
		case m.a.ins >= 0:
			m.passOurs()
		case m.a.done() && m.b.done():
			return m.out, nil
		default:
			return m.out, errLengths
		}
	}
}

// theirsFirst tells whether the present change of b comes before that of a.
func (m *mapping) theirsFirst() bool {
	if m.b.ins < 0 {
		return false
	}
	if m.a.ins < 0 || m.inserted == m.a.next {
		return true
	}
	return m.a.off == 0 && (m.b.n < m.a.n || m.b.n == m.a.n && !m.before)
}

// passTheirs walks over a change of b. Changes of a that it covers lose what they delete
// and keep what they insert.
func (m *mapping) passTheirs() bool {
	m.out.add(m.b.ins, keep, nil, false)
	for left := m.b.n; left > 0; {
		if m.a.done() {
			return false
		}
		piece := min(m.a.n, left)
		if m.a.ins >= 0 && m.inserted < m.a.next && m.a.n <= piece {
			m.putWords(0)
		}
		m.a.forward(piece)
		left -= piece
	}
	m.b.step()
	return true
}

// passOurs takes as much of the present change of a as lies before the next change of b
// that inserts something or reaches beyond it.
func (m *mapping) passOurs() {
	n, left := 0, m.a.n
	for left > 0 {
		if m.b.ins == keep {
			piece := min(left, m.b.n)
			n += piece
			left -= piece
			m.b.forward(piece)
			continue
		}
		if m.b.ins != 0 || m.b.n >= left {
			break
		}
		left -= m.b.n
		m.b.step()
	}
	if m.inserted < m.a.next {
		m.putWords(n)
	} else {
		m.out.add(n, 0, nil, false)
	}
	m.a.forward(m.a.n - left)
}

// putWords puts the present change of a into the result, deleting n units.
func (m *mapping) putWords(n int) {
	var words []uint16
	if m.out.words {
		words = m.a.words()
	}
	m.out.add(n, m.a.ins, words, false)
	m.inserted = m.a.next
}

// MapMode says what becomes of a position whose surroundings are deleted.
type MapMode uint8

// The modes of MapPos.
const (
	Simple      MapMode = iota // never gives up a position
	TrackDel                   // gives it up if a deletion goes across it
	TrackBefore                // gives it up if the unit before it is deleted
	TrackAfter                 // gives it up if the unit after it is deleted
)

// MapPos moves a position through the changes. assoc says to which side it clings where
// something is inserted at it: -1 stays before, 1 goes behind. It returns false if the
// position is given up according to mode, or lies outside the text.
func (d Desc) MapPos(pos, assoc int, mode MapMode) (int, bool) {
	posA, posB := 0, 0
	for _, s := range d.spans {
		endA := posA + s.n
		if s.ins < 0 {
			if endA > pos {
				return posB + pos - posA, true
			}
			posA, posB = endA, posB+s.n
			continue
		}
		if endA >= pos && givenUp(mode, posA < pos, endA > pos) {
			return 0, false
		}
		if endA > pos || endA == pos && assoc < 0 && s.n == 0 {
			if pos == posA || assoc < 0 {
				return posB, true
			}
			return posB + s.ins, true
		}
		posA, posB = endA, posB+s.ins
	}
	return posB, pos <= posA && pos >= 0
}

func givenUp(mode MapMode, startsBefore, endsAfter bool) bool {
	switch mode {
	case TrackDel:
		return startsBefore && endsAfter
	case TrackBefore:
		return startsBefore
	case TrackAfter:
		return endsAfter
	case Simple:
		return false
	}
	return false
}
