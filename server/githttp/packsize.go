package githttp

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
)

// A pack says the size of each object before the object itself, so that what would unpack to a gigabyte is refused
// before anything unpacks it. A pack is "PACK", its version, the number of objects, the objects, a checksum; an
// object is a header (type and size in groups of seven bits), for a delta the name or distance of its base, and the
// zlib stream. A delta begins with two sizes, of its base and of its result.

const (
	mostObject  = 4 << 20   // bytes of one object, unpacked
	mostObjects = 50_000    // objects of one push
	mostInflate = 256 << 20 // bytes of all objects of one push, unpacked
)

const (
	brokenPack   = "the pack is broken: run git fsck and push again"
	largeObject  = "a file or commit in the push is larger than 4 MiB: take it out of the commits and push again"
	largePack    = "the push unpacks to more than 256 MiB: push in smaller parts"
	manyObjects  = "more than 50000 objects in one push: push in smaller parts"
	packChecksum = 20
)

// The kinds of object in a pack whose header goes on.
const (
	offsetDelta = 6
	nameDelta   = 7
)

var errBrokenPack = errors.New("broken pack")

// checkPack reads a pack's headers, in memory that does not depend on what they claim, and gives a sentence if it is
// too much. It leaves to git whether the objects are right.
func checkPack(pack []byte) string {
	if len(pack) == 0 {
		return "" // nothing new is brought
	}
	if len(pack) < 12+packChecksum || string(pack[:4]) != "PACK" {
		return brokenPack
	}
	count := binary.BigEndian.Uint32(pack[8:12])
	if count > mostObjects {
		return manyObjects
	}
	in := bytes.NewReader(pack[12 : len(pack)-packChecksum])
	total := int64(0)
	for range count {
		unpacked, result, err := skipObject(in)
		switch {
		case err != nil:
			return brokenPack
		case unpacked > mostObject || result > mostObject:
			return largeObject
		}
		if total += max(unpacked, result); total > mostInflate {
			return largePack
		}
	}
	if in.Len() > 0 {
		return brokenPack
	}
	return ""
}

// skipObject reads over one object: how large it is unpacked, and for a delta how large its result is. An object
// that is too large is not read over.
func skipObject(in *bytes.Reader) (unpacked, result int64, err error) {
	kind, unpacked, err := objectHeader(in)
	if err != nil || unpacked > mostObject {
		return unpacked, 0, err
	}
	switch kind {
	case offsetDelta:
		_, err = variable(in)
	case nameDelta:
		_, err = in.Seek(20, io.SeekCurrent)
	}
	if err != nil {
		return 0, 0, err
	}
	z, err := zlib.NewReader(in)
	if err != nil {
		return 0, 0, err
	}
	rest := io.Reader(z)
	if kind == offsetDelta || kind == nameDelta {
		head := make([]byte, min(unpacked, 20))
		if _, err := io.ReadFull(z, head); err != nil {
			return 0, 0, err
		}
		sizes := bytes.NewReader(head)
		if _, err := variable(sizes); err != nil {
			return 0, 0, err
		}
		if result, err = variable(sizes); err != nil {
			return 0, 0, err
		}
		unpacked -= int64(len(head))
	}
	n, err := io.Copy(io.Discard, io.LimitReader(rest, unpacked+1))
	if err == nil && n != unpacked {
		err = errBrokenPack
	}
	return unpacked, result, err
}

func objectHeader(in *bytes.Reader) (kind byte, size int64, err error) {
	b, err := in.ReadByte()
	if err != nil {
		return 0, 0, err
	}
	kind, size = b>>4&7, int64(b&15)
	if b&0x80 == 0 {
		return kind, size, nil
	}
	more, err := variable(in)
	if err != nil || more > mostInflate {
		return kind, mostInflate, err
	}
	return kind, size | more<<4, nil
}

// variable reads a number in groups of seven bits, the lowest first.
func variable(in io.ByteReader) (n int64, err error) {
	for shift := 0; shift < 63; shift += 7 {
		b, err := in.ReadByte()
		if err != nil {
			return 0, err
		}
		n |= int64(b&0x7f) << shift
		if b&0x80 == 0 {
			return n, nil
		}
	}
	return 0, errBrokenPack
}
