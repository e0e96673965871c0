package drafting

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// A word record is what is kept of one commit's annotated text: for each clause either which clause of the text before
// it has the same words of the same origins, or the runs themselves. The words are in git.
//
//	record  = hashes blocks check
//	hashes  = count { 20 bytes }
//	blocks  = count { copy | runs }         until count blocks are there
//	copy    = n (over 0), first block       n blocks in a row of the text before
//	runs    = 0, count { length, version, merge }
//	check   = CRC-32 of the commit's name and all before, 4 bytes, the highest first
//
// Counts and lengths are varints; version is an index of hashes, merge an index and one, 0 for none.

// errWordRecord is returned for a record that cannot be read; the text is annotated anew.
var errWordRecord = errors.New("a record of the origins of words is damaged")

const hashBytes = 20

// encodeWords writes the runs of a text, as far as they are not those of the text before it.
func encodeWords(h repo.Hash, runs, before [][]diff.Run, hash func(int) repo.Hash) ([]byte, error) {
	at := make(map[*diff.Run]int, len(before))
	for i, r := range before {
		if len(r) > 0 {
			at[&r[0]] = i
		}
	}
	e := wordEncoder{index: map[int]int{}, hash: hash}
	e.body = binary.AppendUvarint(e.body, uint64(len(runs)))
	for j := 0; j < len(runs); {
		first, n := -1, 0
		for ; j+n < len(runs); n++ {
			if len(runs[j+n]) == 0 {
				break
			}
			i, shared := at[&runs[j+n][0]]
			if !shared || len(before[i]) != len(runs[j+n]) || first >= 0 && i != first+n {
				break
			}
			if first < 0 {
				first = i
			}
		}
		if n > 0 {
			e.body = binary.AppendUvarint(e.body, uint64(n))
			e.body = binary.AppendUvarint(e.body, uint64(first))
			j += n
			continue
		}
		if err := e.runs(runs[j]); err != nil {
			return nil, err
		}
		j++
	}
	record := binary.AppendUvarint(nil, uint64(len(e.hashes)/hashBytes))
	record = append(append(record, e.hashes...), e.body...)
	return binary.BigEndian.AppendUint32(record, checkOf(h, record)), nil
}

// checkOf ties a record to its commit.
func checkOf(h repo.Hash, record []byte) uint32 {
	return crc32.Update(crc32.ChecksumIEEE([]byte(h)), crc32.IEEETable, record)
}

type wordEncoder struct {
	hash   func(int) repo.Hash
	index  map[int]int // number of a commit -> its place among the hashes
	hashes []byte
	body   []byte
}

func (e *wordEncoder) runs(runs []diff.Run) error {
	e.body = binary.AppendUvarint(append(e.body, 0), uint64(len(runs)))
	for _, r := range runs {
		version, err := e.place(r.Version)
		if err != nil {
			return err
		}
		merge := 0
		if r.Merge >= 0 {
			if merge, err = e.place(r.Merge); err != nil {
				return err
			}
			merge++
		}
		for _, n := range []int{r.End - r.Start, version, merge} {
			e.body = binary.AppendUvarint(e.body, uint64(n))
		}
	}
	return nil
}

func (e *wordEncoder) place(number int) (int, error) {
	if k, known := e.index[number]; known {
		return k, nil
	}
	raw, err := hex.DecodeString(string(e.hash(number)))
	if err != nil || len(raw) != hashBytes {
		return 0, fmt.Errorf("commit %q: %w", e.hash(number), errWordRecord)
	}
	k := len(e.index)
	e.index[number], e.hashes = k, append(e.hashes, raw...)
	return k, nil
}

// decodeWords reads the runs of a text over those of the text before it.
func decodeWords(h repo.Hash, record []byte, before [][]diff.Run, number func(repo.Hash) int) ([][]diff.Run, error) {
	cut := len(record) - 4
	if cut < 0 || checkOf(h, record[:cut]) != binary.BigEndian.Uint32(record[cut:]) {
		return nil, errWordRecord
	}
	d := wordDecoder{rest: record[:cut]}
	for n := d.count(len(d.rest) / hashBytes); n > 0 && len(d.rest) >= hashBytes; n-- {
		d.numbers = append(d.numbers, number(repo.Hash(hex.EncodeToString(d.rest[:hashBytes]))))
		d.rest = d.rest[hashBytes:]
	}
	blocks := d.count(mostBlocks)
	runs := make([][]diff.Run, 0, min(blocks, len(before)+len(d.rest)))
	for len(runs) < blocks && !d.broken {
		n := d.count(blocks - len(runs))
		if n == 0 {
			runs = append(runs, d.runs())
			continue
		}
		first := d.count(len(before))
		if first+n > len(before) {
			return nil, errWordRecord
		}
		runs = append(runs, before[first:first+n]...)
	}
	if d.broken || len(d.rest) > 0 {
		return nil, errWordRecord
	}
	return slices.Clip(runs), nil
}

// mostBlocks is more than a text can have.
const mostBlocks = 1 << 20

type wordDecoder struct {
	rest    []byte
	numbers []int
	broken  bool
}

// count reads a number of at most most.
func (d *wordDecoder) count(most int) int {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 || most < 0 || n > uint64(most) {
		d.broken, d.rest = true, nil
		return 0
	}
	d.rest = d.rest[size:]
	return int(n)
}

func (d *wordDecoder) runs() []diff.Run {
	n := d.count(len(d.rest) / 3)
	if n == 0 {
		return nil
	}
	runs := make([]diff.Run, n)
	at := 0
	for k := range runs {
		length, version, merge := d.count(resolution.MaxFile), d.count(len(d.numbers)-1), d.count(len(d.numbers))
		if d.broken {
			return nil
		}
		runs[k] = diff.Run{Start: at, End: at + length, Origin: diff.Origin{Version: d.numbers[version], Merge: -1}}
		if merge > 0 {
			runs[k].Merge = d.numbers[merge-1]
		}
		at += length
	}
	return runs
}

// covers tells whether runs cover the words of a text's blocks from end to end.
func covers(a diff.Annotated) bool {
	if len(a.Runs) != len(a.Text.Blocks) {
		return false
	}
	for i, b := range a.Text.Blocks {
		end := 0
		if runs := a.Runs[i]; len(runs) > 0 {
			end = runs[len(runs)-1].End
		}
		if end != len(diff.WordsOf(b)) {
			return false
		}
	}
	return true
}
