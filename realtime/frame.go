package realtime

import "sync"

// Frame is one message to a client. Everybody in a room is given the same one, so that
// what a transport makes of it is made once.
type Frame struct {
	text []byte
	once sync.Once
	made any
}

func newFrame(text []byte) *Frame { return &Frame{text: text} }

// Text returns the frame's JSON, which is not to be changed.
func (f *Frame) Text() []byte { return f.text }

// Made returns what make, called once for the frame, has made of its text. All callers of
// one frame have to give the same make.
func (f *Frame) Made(make func(text []byte) any) any {
	f.once.Do(func() { f.made = make(f.text) })
	return f.made
}
