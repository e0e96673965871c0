package resolution

import (
	"bytes"
	"slices"
)

// Reader reads versions of texts one after the other and gives what [Parse] gives of each, but for its warnings. A
// passage between blank lines that it has met before, in the same surroundings, is not read again, so that a history in
// which each version changes a clause costs little more than comparing bytes. Texts share the words of what stayed, and
// must not be changed. A Reader is not safe for use by several goroutines at once; the zero Reader is ready.
type Reader struct {
	known map[string][]passage // by the bytes of the passage: what it was read as
	size  int                  // bytes of the passages known
	last  int                  // how many blocks the last text had
}

// passage is a stretch of a file without an empty line in it, as read between what stood above and what comes below.
type passage struct {
	before, after *standing
	blocks        []Block
	size          int
}

// standing is all that a passage's meaning owes to what stands above it. It is never changed.
type standing struct {
	indents []int
	labels  []Label
	last    Kind // of the block above
	any     bool // there is a block above
	head    bool // nothing stands above but number line, title, history and footnotes
}

// mostPassages bounds, in bytes of passages, what a Reader remembers; past it, it begins anew.
const mostPassages = 16 << 20

// mostReadings is how many surroundings are kept for one passage.
const mostReadings = 4

// Parse reads a file as [Parse] does.
func (r *Reader) Parse(file []byte) (Text, error) {
	if r.known == nil || r.size > mostPassages {
		r.known, r.size = make(map[string][]passage), 0
	}
	blocks := make([]Block, 0, r.last)
	above, size := &standing{head: true}, 0
	for rest, more := file, len(file) <= MaxFile; more; {
		var piece []byte
		piece, rest, more = bytes.Cut(rest, []byte("\n\n"))
		p, ok := r.passage(piece, above)
		if !ok {
			return r.whole(file)
		}
		blocks = append(blocks, p.blocks...)
		above, size = p.after, size+p.size
	}
	if len(file) > MaxFile || size > MaxFile {
		return r.whole(file)
	}
	if r.last = len(blocks); r.last == 0 {
		return Text{}, nil
	}
	return Text{Blocks: blocks}, nil
}

// whole reads a file that is refused, or may be.
func (r *Reader) whole(file []byte) (Text, error) {
	t, _, err := Parse(file)
	return t, err
}

// passage gives what a passage below something is read as; false if it cannot be read.
func (r *Reader) passage(file []byte, above *standing) (passage, bool) {
	met := r.known[string(file)]
	for _, p := range met {
		if p.before == above {
			return p, true
		}
	}
	for _, p := range met {
		if p.before.same(above) {
			return p, true
		}
	}
	p, err := above.read(file)
	if err != nil {
		return p, false
	}
	if len(met) == mostReadings {
		met = slices.Delete(met, 0, 1)
	}
	r.known[string(file)] = append(met, p)
	r.size += len(file)
	return p, true
}

func (s *standing) same(o *standing) bool {
	return s.any == o.any && s.last == o.last && s.head == o.head &&
		slices.Equal(s.indents, o.indents) && slices.Equal(s.labels, o.labels)
}

// read reads a passage that stands below s.
func (s *standing) read(file []byte) (passage, error) {
	lines, err := decode(file)
	if err != nil {
		return passage{}, err
	}
	// Of the blocks above a parser asks only these two things: the kind of the last, and whether all are of the head.
	var stand []Block
	if s.any && !s.head {
		stand = append(stand, Block{Kind: KindParagraph})
	}
	if s.any {
		stand = append(stand, Block{Kind: s.last})
	}
	p := &parser{blocks: stand, indents: slices.Clone(s.indents), labels: slices.Clone(s.labels)}
	if err := p.read(lines); err != nil {
		return passage{}, err
	}
	after := &standing{indents: p.indents, labels: p.labels, any: len(p.blocks) > 0, head: p.inHead()}
	if after.any {
		after.last = p.blocks[len(p.blocks)-1].Kind
	}
	return passage{before: s, after: after, blocks: slices.Clone(p.blocks[len(stand):]), size: p.size}, nil
}
