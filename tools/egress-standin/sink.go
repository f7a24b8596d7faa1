package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"time"
)

const (
	// How many finished segments may wait for storage.
	maxWaiting = 60
	// What is left of a segment's length between its last frame and its file: egress lets a segment go when the next is nearly full.
	sooner = 150 * time.Millisecond
)

// piece is a segment that FFmpeg has finished.
type piece struct {
	number   int
	from     string
	start    time.Duration
	duration time.Duration
	// due is when its file appears.
	due time.Time
}

// sink brings finished segments to storage, each in its time, and writes the playlists.
type sink struct {
	r       *recording
	storage storage
	folder  string

	pieces   chan piece
	hurry    chan struct{}
	finished chan struct{}

	// first is the clock at the first frame, as PROGRAM-DATE-TIME counts from it.
	first      time.Time
	full, live *playlist
	manifest   []manifestSegment
	lastFull   time.Time
	count      int
	failure    error
}

type manifestSegment struct {
	Filename string `json:"filename,omitempty"`
	Location string `json:"location,omitempty"`
}

type manifestPlaylist struct {
	Location string            `json:"location,omitempty"`
	Segments []manifestSegment `json:"segments,omitempty"`
}

type manifestFile struct {
	EgressID     string             `json:"egress_id,omitempty"`
	RoomID       string             `json:"room_id,omitempty"`
	RoomName     string             `json:"room_name,omitempty"`
	StartedAt    int64              `json:"started_at,omitempty"`
	EndedAt      int64              `json:"ended_at,omitempty"`
	AudioTrackID string             `json:"audio_track_id,omitempty"`
	VideoTrackID string             `json:"video_track_id,omitempty"`
	Playlists    []manifestPlaylist `json:"playlists,omitempty"`
}

func newSink(r *recording) (*sink, error) {
	folder, err := os.MkdirTemp("", "egress-standin-")
	if err != nil {
		return nil, err
	}
	seconds := int(r.plan.output.segment / time.Second)
	s := &sink{
		r: r, storage: storage{faults: r.faults}, folder: folder,
		pieces: make(chan piece, maxWaiting), hurry: make(chan struct{}), finished: make(chan struct{}),
		full: &playlist{targetSeconds: seconds},
	}
	if r.plan.output.livePlaylist != "" {
		s.live = &playlist{targetSeconds: seconds, window: liveWindow}
	}
	go func() {
		defer close(s.finished)
		s.work()
	}()
	return s, nil
}

// lag is how long after its last frame a segment appears.
func (s *sink) lag() time.Duration {
	return s.r.conf.hurried(s.r.plan.output.segment - sooner)
}

// add takes a finished segment.
func (s *sink) add(p piece) {
	select {
	case s.pieces <- p:
	default:
		s.r.fail(fmt.Errorf("segment upload job queue is full"))
	}
}

func (s *sink) work() {
	for {
		var p piece
		var more bool
		select {
		case p, more = <-s.pieces:
		case <-s.r.stopped:
		}
		if !more {
			return
		}
		select {
		case <-time.After(time.Until(p.due)):
		case <-s.hurry:
		case <-s.r.stopped:
		}
		if s.r.isHalted() {
			return
		}
		if err := s.publish(p); err != nil {
			s.failure = err
			s.r.fail(err)
			return
		}
	}
}

func (s *sink) publish(p piece) error {
	at := s.first.Add(p.start)
	name := fmt.Sprintf("%s_%05d.ts", s.r.plan.output.prefix, p.number)
	if s.r.plan.output.stamped {
		name = fmt.Sprintf("%s_%s%03d.ts", s.r.plan.output.prefix, at.Format("20060102150405"), at.UnixMilli()%1000)
	}
	stored := s.r.plan.output.dir + name
	location, size, err := s.storage.upload(p.from, stored, s.r.faults.get().Segments[p.number], 0)
	if err != nil {
		return err
	}
	_ = os.Remove(p.from)
	s.r.wrote(size)
	s.manifest = append(s.manifest, manifestSegment{Filename: stored, Location: location})
	s.full.add(at, p.duration, name)
	s.count++
	if s.fullIsDue() {
		// Egress too ignores a playlist that cannot be written, until the end.
		_ = s.writePlaylist(s.full, s.r.plan.output.playlist)
		s.lastFull = time.Now()
	}
	if s.live != nil {
		s.live.add(at, p.duration, name)
		_ = s.writePlaylist(s.live, s.r.plan.output.livePlaylist)
	}
	s.r.out.announce("segment", fields{
		"egressId": s.r.plan.egressID, "number": p.number, "path": location, "bytes": size,
		"startMs": at.UnixMilli(), "durationMs": p.duration.Milliseconds(),
	})
	return nil
}

// fullIsDue: in the first hour after every segment, in the second after every other, and so on, but once a minute at least.
func (s *sink) fullIsDue() bool {
	hours := int(time.Since(s.first) / time.Hour)
	return s.lastFull.IsZero() || s.count%(hours+1) == 0 || time.Since(s.lastFull) > time.Minute
}

func (s *sink) writePlaylist(p *playlist, name string) error {
	local := path.Join(s.folder, path.Base(name))
	if err := os.WriteFile(local, []byte(p.text()), 0o644); err != nil {
		return err
	}
	location, _, err := s.storage.upload(local, s.r.plan.output.dir+name, "", s.r.faults.get().halfPlaylist())
	if err != nil {
		return err
	}
	if p == s.full {
		s.r.setLocations(location, "")
	} else {
		s.r.setLocations("", location)
	}
	return nil
}

// finishSegments writes what waits, without its delay. No segment may be added after it.
func (s *sink) finishSegments() error {
	close(s.hurry)
	close(s.pieces)
	<-s.finished
	return s.failure
}

// finishPlaylists says that nothing follows.
func (s *sink) finishPlaylists() error {
	s.full.ended = true
	if err := s.writePlaylist(s.full, s.r.plan.output.playlist); err != nil {
		return err
	}
	if s.live == nil {
		return nil
	}
	s.live.ended = true
	return s.writePlaylist(s.live, s.r.plan.output.livePlaylist)
}

// writeManifest writes the list of everything, if it is wanted, and says where.
func (s *sink) writeManifest(endedAt int64) (string, error) {
	if !s.r.plan.output.manifest {
		return "", nil
	}
	info := s.r.snapshot()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(manifestFile{
		EgressID: info.EgressId, RoomID: info.RoomId, RoomName: info.RoomName, StartedAt: info.StartedAt, EndedAt: endedAt,
		AudioTrackID: s.r.plan.audioTrackID, VideoTrackID: s.r.plan.videoTrackID,
		Playlists: []manifestPlaylist{{Location: info.SegmentResults[0].PlaylistLocation, Segments: s.manifest}},
	})
	if err != nil {
		return "", err
	}
	name := info.EgressId + ".json"
	local := path.Join(s.folder, name)
	if err = os.WriteFile(local, text.Bytes(), 0o644); err != nil {
		return "", err
	}
	location, _, err := s.storage.upload(local, s.r.plan.output.dir+name, "", 0)
	return location, err
}

// discard removes what has not come to storage.
func (s *sink) discard() {
	_ = os.RemoveAll(s.folder)
}
