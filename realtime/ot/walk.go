package ot

// done marks a walker that has passed its last section.
const done = -2

// walker goes through the sections of a set, in pieces as small as asked for.
type walker struct {
	set  ChangeSet
	next int // the section after the present one
	n    int // units of the old text left in the present section
	ins  int // what it inserts; keep; done
	off  int // how far the present section has been walked
}

func walk(c ChangeSet) *walker {
	w := &walker{set: c}
	w.step()
	return w
}

// step goes to the next section.
func (w *walker) step() {
	w.n, w.ins, w.off = 0, done, 0
	if w.next < len(w.set.spans) {
		s := w.set.spans[w.next]
		w.n, w.ins = s.n, s.ins
		w.next++
	}
}

func (w *walker) done() bool { return w.ins == done }

// lengthAfter is how much of the new text the present section still covers.
func (w *walker) lengthAfter() int {
	if w.ins < 0 {
		return w.n
	}
	return w.ins
}

// words is all that the present section inserts.
func (w *walker) words() []uint16 { return w.set.inserted(w.next - 1) }

// piece is the next n inserted units of the present section.
func (w *walker) piece(n int) []uint16 {
	words := w.words()
	if len(words) == 0 {
		return nil
	}
	return words[w.off : w.off+n]
}

// forward walks n units of the old text.
func (w *walker) forward(n int) {
	if n == w.n {
		w.step()
		return
	}
	w.n -= n
	w.off += n
}

// forwardAfter walks n units of the new text.
func (w *walker) forwardAfter(n int) {
	switch {
	case w.ins == keep:
		w.forward(n)
	case n == w.ins:
		w.step()
	default:
		w.ins -= n
		w.off += n
	}
}
