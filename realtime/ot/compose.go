package ot

// Compose returns the one set that does a and then b.
func Compose(a, b ChangeSet) (ChangeSet, error) {
	if a.Empty() && a.LengthBefore() == b.LengthBefore() {
		return b, nil
	}
	if b.Empty() && a.LengthAfter() == b.LengthBefore() {
		return a, nil
	}
	out, err := composeSets(a, b, true)
	return out.set(), err
}

// ComposeDesc is Compose on lengths alone.
func ComposeDesc(a, b Desc) (Desc, error) {
	if a.Empty() && a.LengthBefore() == b.LengthBefore() {
		return b, nil
	}
	if b.Empty() && a.LengthAfter() == b.LengthBefore() {
		return a, nil
	}
	out, err := composeSets(ChangeSet{Desc: a}, ChangeSet{Desc: b}, false)
	return Desc{spans: out.spans}, err
}

func composeSets(first, second ChangeSet, words bool) (builder, error) {
	a, b := walk(first), walk(second)
	out := newBuilder(len(first.spans)+len(second.spans), words)
	for open := false; ; {
		switch {
		case a.done() && b.done():
			return out, nil
		case a.ins == 0: // deleted before b saw it
			out.add(a.n, 0, nil, open)
			a.step()
		case b.n == 0 && !b.done(): // inserted by b between what a left
			out.add(0, b.ins, b.words(), open)
			b.step()
		case a.done() || b.done():
			return out, errLengths
		default:
			n, sections := min(a.lengthAfter(), b.n), len(out.spans)
			composePiece(&out, a, b, n, open)
			open = (a.ins > n || b.ins >= 0 && b.n > n) && (open || len(out.spans) > sections)
			a.forwardAfter(n)
			b.forward(n)
		}
	}
}

// composePiece puts the next n units of the text between a and b into the result.
func composePiece(out *builder, a, b *walker, n int, open bool) {
	insB, wordsB := b.ins, b.words()
	if b.off > 0 && b.ins > 0 {
		insB, wordsB = 0, nil // its words came with its first piece
	}
	deleted := a.n
	if a.off > 0 {
		deleted = 0 // counted with the first piece
	}
	switch {
	case a.ins == keep:
		out.add(n, insB, wordsB, open)
	case b.ins == keep:
		out.add(deleted, n, a.piece(n), open)
	default:
		out.add(deleted, insB, wordsB, open)
	}
}
