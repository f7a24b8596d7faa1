package main

import (
	"encoding/binary"
	"io"
)

// MPEG-TS (ISO/IEC 13818-1) as the way into FFmpeg: it takes Annex B and Opus as they are, with times of 90 kHz. Only what that needs is
// written: one programme, H.264 on one PID, Opus (ETSI TS 102 366 style private stream, as FFmpeg reads it) on another.

const (
	tsPacket  = 188
	pmtPID    = 0x1000
	videoPID  = 0x100
	audioPID  = 0x101
	videoID   = 0xE0
	privateID = 0xBD
	// Times begin here, so that nothing is below zero.
	timeBase = 90_000
)

// transport writes the stream. It is not for several goroutines.
type transport struct {
	out     io.Writer
	sound   bool
	counter map[uint16]byte
}

func newTransport(out io.Writer, sound bool) *transport {
	return &transport{out: out, sound: sound, counter: map[uint16]byte{}}
}

// tables writes the programme's tables; before every keyframe is often enough.
func (t *transport) tables() error {
	if err := t.section(0, 0x00, 1, []byte{0x00, 0x01, 0xE0 | pmtPID>>8, pmtPID & 0xFF}); err != nil {
		return err
	}
	body := []byte{0xE0 | videoPID>>8, videoPID & 0xFF, 0xF0, 0x00, 0x1B, 0xE0 | videoPID>>8, videoPID & 0xFF, 0xF0, 0x00}
	if t.sound {
		// A registration descriptor "Opus", and the number of channels.
		body = append(body, 0x06, 0xE0|audioPID>>8, audioPID&0xFF, 0xF0, 0x0A, 0x05, 0x04, 'O', 'p', 'u', 's', 0x7F, 0x02, 0x80, 0x02)
	}
	return t.section(pmtPID, 0x02, 1, body)
}

func (t *transport) section(pid uint16, table byte, id uint16, body []byte) error {
	length := 5 + len(body) + 4
	s := []byte{table, 0xB0 | byte(length>>8), byte(length), byte(id >> 8), byte(id), 0xC1, 0x00, 0x00}
	s = append(s, body...)
	s = binary.BigEndian.AppendUint32(s, checksum(s))
	packet := t.header(pid, true, false)
	packet = append(packet, 0x00)
	packet = append(packet, s...)
	for len(packet) < tsPacket {
		packet = append(packet, 0xFF)
	}
	_, err := t.out.Write(packet)
	return err
}

func (t *transport) header(pid uint16, start, adaptation bool) []byte {
	flags := byte(pid >> 8)
	if start {
		flags |= 0x40
	}
	control := byte(0x10)
	if adaptation {
		control = 0x30
	}
	count := t.counter[pid]
	t.counter[pid] = (count + 1) & 0x0F
	return append(make([]byte, 0, tsPacket), 0x47, flags, byte(pid), control|count)
}

// video writes an access unit in Annex B; pts in 1/90000 s.
func (t *transport) video(pts int64, unit []byte, keyframe bool) error {
	if keyframe {
		if err := t.tables(); err != nil {
			return err
		}
	}
	return t.pes(videoPID, videoID, pts, unit, true)
}

// audio writes an Opus packet; pts in 1/90000 s.
func (t *transport) audio(pts int64, packet []byte) error {
	unit := []byte{0x7F, 0xE0}
	size := len(packet)
	for ; size >= 255; size -= 255 {
		unit = append(unit, 255)
	}
	unit = append(append(unit, byte(size)), packet...)
	return t.pes(audioPID, privateID, pts, unit, false)
}

func (t *transport) pes(pid uint16, stream byte, pts int64, unit []byte, clock bool) error {
	pts += timeBase
	length := 8 + len(unit)
	if length > 0xFFFF {
		length = 0
	}
	data := append(make([]byte, 0, len(unit)+14), 0x00, 0x00, 0x01, stream, byte(length>>8), byte(length), 0x80, 0x80, 0x05,
		0x21|byte(pts>>29)&0x0E, byte(pts>>22), byte(pts>>14)|1, byte(pts>>7), byte(pts<<1)|1)
	data = append(data, unit...)
	for first := true; len(data) > 0; first = false {
		var adaptation []byte
		if first && clock {
			adaptation = []byte{0x07, 0x10, byte(pts >> 25), byte(pts >> 17), byte(pts >> 9), byte(pts >> 1), byte(pts<<7) | 0x7E, 0x00}
		}
		if room := tsPacket - 4 - len(adaptation); len(data) < room {
			adaptation = stuffed(adaptation, room-len(data))
		}
		packet := append(t.header(pid, first, len(adaptation) > 0), adaptation...)
		n := min(tsPacket-len(packet), len(data))
		packet = append(packet, data[:n]...)
		data = data[n:]
		if _, err := t.out.Write(packet); err != nil {
			return err
		}
	}
	return nil
}

// stuffed makes an adaptation field longer by n bytes.
func stuffed(adaptation []byte, n int) []byte {
	if len(adaptation) == 0 {
		if n == 1 {
			return []byte{0}
		}
		adaptation = []byte{1, 0}
		n -= 2
	}
	for range n {
		adaptation = append(adaptation, 0xFF)
	}
	adaptation[0] = byte(len(adaptation) - 1)
	return adaptation
}

// checksum is the CRC of a section (ISO/IEC 13818-1 annex A).
func checksum(data []byte) uint32 {
	crc := ^uint32(0)
	for _, b := range data {
		crc ^= uint32(b) << 24
		for range 8 {
			if crc&(1<<31) != 0 {
				crc = crc<<1 ^ 0x04C11DB7
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}
