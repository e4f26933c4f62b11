// The referee: an independent program that verifies an exported ledger with the Go project's own packages for signed
// notes and transparency logs. Nothing of Fairgo is used; every file of the export is read and must fit.
//
// Usage: referee VERIFIER-KEY SEED [EARLIER-CHECKPOINT...] FOLDER [FOLDER...]
//
// Prints one line for each folder: "ok SIZE" or "refused REASON". The exit code is 0 when none was refused. Every
// folder must continue every earlier checkpoint, which is a file.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8
const width = 1 << height
const draws = 200

type folder string

func (f folder) Height() int { return height }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// Go writes the height into the path, tlog-tiles does not: it is always 8.
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

// entries reads one bundle: entries behind their lengths, two bytes each.
func (f folder) entries(index int64, count int) ([][]byte, error) {
	tile := tlog.Tile{H: height, L: -1, N: index, W: count} // level -1 is Go's name for data
	path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/data/", height), "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(string(f), path))
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s is cut short", path)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		all = append(all, data[2:end])
		data = data[end:]
	}
	if len(all) != count {
		return nil, fmt.Errorf("%s has %d entries, not %d", path, len(all), count)
	}
	return all, nil
}

// checkpoint opens a signed note and reads origin, size and root.
func checkpoint(key note.Verifier, path string) (tree tlog.Tree, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(data, note.VerifierList(key))
	if err != nil {
		return tree, err
	}
	for _, signature := range opened.Sigs {
		// note.Open decodes loosely: two spellings of the last character would give the same signature.
		if _, err := base64.StdEncoding.Strict().DecodeString(signature.Base64); err != nil {
			return tree, err
		}
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != key.Name() || lines[3] != "" {
		return tree, errors.New("the checkpoint is malformed")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tree, errors.New("the checkpoint's root is malformed")
	}
	copy(tree.Hash[:], root)
	return tree, nil
}

func verify(key note.Verifier, f folder, earlier []tlog.Tree, random *rand.Rand) (int64, error) {
	tree, err := checkpoint(key, filepath.Join(string(f), "checkpoint"))
	if err != nil {
		return 0, err
	}
	hashes := tlog.TileHashReader(tree, f)
	if root, err := tlog.TreeHash(tree.N, hashes); err != nil || root != tree.Hash {
		return 0, fmt.Errorf("the tiles do not lead to the root (%v)", err)
	}
	for start := int64(0); start < tree.N; start += width {
		if err := bundle(f, hashes, start, tree.N); err != nil {
			return 0, err
		}
	}
	for i := 0; i < draws; i++ {
		if err := inclusion(f, hashes, tree, random.Int63n(tree.N)); err != nil {
			return 0, err
		}
		old := tlog.Tree{N: 1 + random.Int63n(tree.N)}
		if old.Hash, err = tlog.TreeHash(old.N, hashes); err != nil {
			return 0, err
		}
		if err := consistency(hashes, tree, old); err != nil {
			return 0, err
		}
	}
	for _, old := range earlier {
		if err := consistency(hashes, tree, old); err != nil {
			return 0, fmt.Errorf("the checkpoint at %d is not how this log began: %v", old.N, err)
		}
	}
	return tree.N, nil
}

// bundle compares every entry of one bundle with its hash, which the reader has authenticated against the root.
func bundle(f folder, hashes tlog.HashReader, start, size int64) error {
	count := int64(width)
	if size-start < count {
		count = size - start
	}
	entries, err := f.entries(start/width, int(count))
	if err != nil {
		return err
	}
	indexes := make([]int64, count)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, start+int64(i))
	}
	kept, err := hashes.ReadHashes(indexes)
	if err != nil {
		return err
	}
	for i, entry := range entries {
		if tlog.RecordHash(entry) != kept[i] {
			return fmt.Errorf("leaf %d does not fit its hash", start+int64(i))
		}
	}
	return nil
}

func inclusion(f folder, hashes tlog.HashReader, tree tlog.Tree, at int64) error {
	count := int64(width)
	if rest := tree.N - at/width*width; rest < count {
		count = rest
	}
	entries, err := f.entries(at/width, int(count))
	if err != nil {
		return err
	}
	proof, err := tlog.ProveRecord(tree.N, at, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, at, tlog.RecordHash(entries[at%width]))
}

func consistency(hashes tlog.HashReader, tree, old tlog.Tree) error {
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(2)
}

func main() {
	if len(os.Args) < 4 {
		fail(errors.New("usage: referee VERIFIER-KEY SEED [EARLIER-CHECKPOINT...] FOLDER [FOLDER...]"))
	}
	key, err := note.NewVerifier(os.Args[1])
	if err != nil {
		fail(err)
	}
	seed, err := strconv.ParseInt(os.Args[2], 10, 64)
	if err != nil {
		fail(err)
	}
	var earlier []tlog.Tree
	refused := false
	for _, name := range os.Args[3:] {
		if found, err := os.Stat(name); err == nil && found.Mode().IsRegular() {
			old, err := checkpoint(key, name)
			if err != nil {
				fail(err)
			}
			earlier = append(earlier, old)
			continue
		}
		size, err := verify(key, folder(name), earlier, rand.New(rand.NewSource(seed)))
		if err != nil {
			fmt.Printf("refused %v\n", err)
			refused = true
			continue
		}
		fmt.Printf("ok %d\n", size)
	}
	if refused {
		os.Exit(1)
	}
}
