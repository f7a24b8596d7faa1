// Films in memory: coded pictures in the order in which they are sent, and Opus packets. One film is shared by all who send it.

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"sync"
)

type frame struct {
	data []byte
	key  bool
}

var (
	filmsMu sync.Mutex
	films   = map[string][]frame{}
	sounds  = map[string]*soundtrack{}
)

// loadFilm reads a film, once for each path.
func loadFilm(path, codec string) ([]frame, error) {
	filmsMu.Lock()
	defer filmsMu.Unlock()
	if film, ok := films[path]; ok {
		return film, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var film []frame
	if codec == "h264" {
		film = splitAnnexB(raw)
	} else if film, err = splitIVF(raw, codec); err != nil {
		return nil, err
	}
	if len(film) == 0 || !film[0].key {
		return nil, fmt.Errorf("%s: a film must begin with a keyframe", path)
	}
	films[path] = film
	return film, nil
}

// splitAnnexB cuts a byte stream (ITU-T H.264, annex B) into access units. Every picture must be one slice or begin with first_mb_in_slice 0.
func splitAnnexB(raw []byte) []frame {
	var film []frame
	begin, picture, key := 0, false, false
	for at := nextUnit(raw, 0); at < len(raw); {
		next := nextUnit(raw, at+3)
		kind := raw[at+3] & 31
		isPicture := kind == 1 || kind == 5
		// first_mb_in_slice 0 is the one-bit code at the top of the slice header.
		startsPicture := isPicture && at+4 < len(raw) && raw[at+4]&0x80 != 0
		if picture && (startsPicture || !isPicture) {
			film = append(film, frame{trimZeros(raw[begin:at]), key})
			begin, picture, key = at, false, false
		}
		picture = picture || isPicture
		key = key || kind == 5
		at = next
	}
	if picture {
		film = append(film, frame{raw[begin:], key})
	}
	return film
}

// nextUnit finds the next start code (three bytes) at or after a place; the length when there is none.
func nextUnit(raw []byte, from int) int {
	if from >= len(raw) {
		return len(raw)
	}
	at := bytes.Index(raw[from:], []byte{0, 0, 1})
	if at < 0 || from+at+3 >= len(raw) {
		return len(raw)
	}
	return from + at
}

// trimZeros removes the zero byte of the start code that follows.
func trimZeros(unit []byte) []byte {
	return bytes.TrimRight(unit, "\x00")
}

// splitIVF cuts an IVF file: a header of 32 bytes, then frames of 12 bytes of header each.
func splitIVF(raw []byte, codec string) ([]frame, error) {
	if len(raw) < 32 || string(raw[:4]) != "DKIF" {
		return nil, fmt.Errorf("not an IVF file")
	}
	fourCC := map[string]string{"vp8": "VP80", "vp9": "VP90", "av1": "AV01"}[codec]
	if string(raw[8:12]) != fourCC {
		return nil, fmt.Errorf("an IVF file of %q, not of %s", raw[8:12], codec)
	}
	var film []frame
	for at := int(binary.LittleEndian.Uint16(raw[6:])); at+12 <= len(raw); {
		size := int(binary.LittleEndian.Uint32(raw[at:]))
		at += 12
		if at+size > len(raw) {
			return nil, fmt.Errorf("a truncated IVF file")
		}
		data := raw[at : at+size]
		film = append(film, frame{data, isKey(codec, data)})
		at += size
	}
	return film, nil
}

// isKey looks at a frame's first bytes: RFC 6386, 9.1; VP9 bitstream specification, 6.2 (profile 0); AV1 5.5 (a sequence header).
func isKey(codec string, data []byte) bool {
	if len(data) == 0 {
		return false
	}
	switch codec {
	case "vp8":
		return data[0]&1 == 0
	case "vp9":
		return data[0]&0b1100 == 0
	default:
		return hasSequenceHeader(data)
	}
}

func hasSequenceHeader(data []byte) bool {
	const sequenceHeader = 1
	for at := 0; at < len(data); {
		header := data[at]
		if header>>3&15 == sequenceHeader {
			return true
		}
		at++
		if header&4 != 0 {
			at++
		}
		if header&2 == 0 {
			return false
		}
		size, shift := 0, 0
		for at < len(data) {
			part := data[at]
			at++
			size |= int(part&127) << shift
			shift += 7
			if part&128 == 0 {
				break
			}
		}
		at += size
	}
	return false
}

// soundtrack is Opus in packets of 20 ms. The first preSkip samples (of 48 kHz) are the encoder's delay.
type soundtrack struct {
	packets [][]byte
	preSkip int
}

// loadSound reads an Ogg file (RFC 3533) with one Opus stream (RFC 7845), once for each path.
func loadSound(path string) (*soundtrack, error) {
	filmsMu.Lock()
	defer filmsMu.Unlock()
	if sound, ok := sounds[path]; ok {
		return sound, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	packets, err := oggPackets(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(packets) < 3 || len(packets[0]) < 19 || string(packets[0][:8]) != "OpusHead" {
		return nil, fmt.Errorf("%s: no Opus in it", path)
	}
	sound := &soundtrack{packets: packets[2:], preSkip: int(binary.LittleEndian.Uint16(packets[0][10:]))}
	sounds[path] = sound
	return sound, nil
}

func oggPackets(raw []byte) ([][]byte, error) {
	var packets [][]byte
	var open []byte
	for at := 0; at < len(raw); {
		if at+27 > len(raw) || string(raw[at:at+4]) != "OggS" {
			return nil, fmt.Errorf("not an Ogg page at %d", at)
		}
		count := int(raw[at+26])
		body := at + 27 + count
		if body > len(raw) {
			return nil, fmt.Errorf("a truncated Ogg page at %d", at)
		}
		for _, size := range raw[at+27 : body] {
			if body+int(size) > len(raw) {
				return nil, fmt.Errorf("a truncated Ogg page at %d", at)
			}
			open = append(open, raw[body:body+int(size)]...)
			body += int(size)
			if size < 255 {
				packets = append(packets, open)
				open = nil
			}
		}
		at = body
	}
	return packets, nil
}
