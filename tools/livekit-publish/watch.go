// A participant that watches: what it receives is written into files as it came, so that a test can see what a room really gets.

package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/livekit/server-sdk-go/v2/pkg/samplebuilder"
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
)

const (
	// Packets that a lost one is waited for.
	maxLate = 300
	// No keyframe of a film is as small, in bytes.
	maxNoFrame = 100
)

// watched writes the frames of one track: pictures as Annex B or IVF, and the RTP timestamp of each in a text file beside it.
type watched struct {
	file  *os.File
	notes *os.File
	codec string
	count uint64
	// A frame whose end has not been seen, and its timestamp: parameter sets come apart from the picture that they belong to.
	open   []byte
	openAt uint32
}

func depacketizerOf(mimeType string) (string, rtp.Depacketizer) {
	switch strings.ToLower(mimeType) {
	case strings.ToLower(webrtc.MimeTypeH264):
		return "h264", &codecs.H264Packet{}
	case strings.ToLower(webrtc.MimeTypeVP8):
		return "vp8", &codecs.VP8Packet{}
	case strings.ToLower(webrtc.MimeTypeVP9):
		return "vp9", &codecs.VP9Packet{}
	case strings.ToLower(webrtc.MimeTypeAV1):
		return "av1", &codecs.AV1Depacketizer{}
	default:
		return "", nil
	}
}

// watch receives a track to its end. Sound is thrown away.
func watch(folder string, track *webrtc.TrackRemote, publication *lksdk.RemoteTrackPublication) error {
	codec, depacketizer := depacketizerOf(track.Codec().MimeType)
	if depacketizer == nil {
		return drain(track)
	}
	w, err := newWatched(filepath.Join(folder, publication.SID()), codec, publication)
	if err != nil {
		return err
	}
	defer w.close()
	builder := samplebuilder.New(maxLate, depacketizer, track.Codec().ClockRate)
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return w.flush()
		}
		// The SFU opens a stream with a few packets that are nothing but padding; they begin no frame.
		if packet.PaddingSize > 0 {
			continue
		}
		builder.Push(packet)
		for sample, timestamp := builder.PopWithTimestamp(); sample != nil; sample, timestamp = builder.PopWithTimestamp() {
			if err := w.add(sample.Data, timestamp); err != nil {
				return err
			}
		}
	}
}

func drain(track *webrtc.TrackRemote) error {
	for {
		if _, _, err := track.ReadRTP(); err != nil {
			return nil
		}
	}
}

func newWatched(path, codec string, publication *lksdk.RemoteTrackPublication) (*watched, error) {
	extension := ".ivf"
	if codec == "h264" {
		extension = ".h264"
	}
	file, err := os.Create(path + extension)
	if err != nil {
		return nil, err
	}
	notes, err := os.Create(path + ".txt")
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	w := &watched{file: file, notes: notes, codec: codec}
	if codec != "h264" {
		err = w.writeHeader(int(publication.TrackInfo().GetWidth()), int(publication.TrackInfo().GetHeight()))
	}
	return w, err
}

func (w *watched) writeHeader(width, height int) error {
	header := make([]byte, 32)
	copy(header, "DKIF")
	binary.LittleEndian.PutUint16(header[6:], 32)
	copy(header[8:], map[string]string{"vp8": "VP80", "vp9": "VP90", "av1": "AV01"}[w.codec])
	binary.LittleEndian.PutUint16(header[12:], uint16(width))
	binary.LittleEndian.PutUint16(header[14:], uint16(height))
	binary.LittleEndian.PutUint32(header[16:], 90000)
	binary.LittleEndian.PutUint32(header[20:], 1)
	_, err := w.file.Write(header)
	return err
}

func (w *watched) add(data []byte, timestamp uint32) error {
	if len(w.open) > 0 && timestamp != w.openAt {
		if err := w.flush(); err != nil {
			return err
		}
	}
	w.open, w.openAt = append(w.open, data...), timestamp
	return nil
}

func (w *watched) flush() error {
	data := w.open
	w.open = nil
	if len(data) == 0 || w.isNoFrame(data) {
		return nil
	}
	return w.write(data, w.openAt)
}

func (w *watched) write(data []byte, timestamp uint32) error {
	out := bufio.NewWriter(w.file)
	if w.codec != "h264" {
		if w.codec == "av1" {
			// A temporal delimiter, which is not sent over RTP.
			data = append([]byte{0x12, 0}, data...)
		}
		header := make([]byte, 12)
		binary.LittleEndian.PutUint32(header, uint32(len(data)))
		binary.LittleEndian.PutUint64(header[4:], w.count)
		_, _ = out.Write(header)
	}
	_, _ = out.Write(data)
	if err := out.Flush(); err != nil {
		return err
	}
	w.count++
	_, err := fmt.Fprintln(w.notes, timestamp)
	return err
}

// isNoFrame tells what is no frame of a film: keyframes of 2 by 2 or 8 by 8 pixels that the SFU puts behind the last frame of a track, and
// parameter sets alone, which is all that comes of a low layer when the SFU goes up in the middle of its keyframe.
func (w *watched) isNoFrame(data []byte) bool {
	if len(data) > maxNoFrame {
		return false
	}
	if w.codec == "h264" {
		at := 0
		for at = nextUnit(data, 0); at < len(data) && data[at+3]&31 != 1; at = nextUnit(data, at+3) {
		}
		return at >= len(data)
	}
	return w.codec == "vp8" && isKey(w.codec, data)
}

func (w *watched) close() {
	_ = w.file.Close()
	_ = w.notes.Close()
}
