package main

import (
	"errors"
	"sync"
	"time"

	"github.com/livekit/protocol/livekit"
	"github.com/livekit/psrpc"
	"google.golang.org/protobuf/proto"
)

// How long the last frames may take to come out of FFmpeg before egress calls its pipeline frozen.
const drainLimit = 30 * time.Second

// recording is one egress: from the request to its last report. Its states are egress's; who ends it only says why, `run` does the work.
type recording struct {
	conf     *config
	plan     *plan
	faults   *faultBox
	reporter *reporter
	reports  *reports
	out      *announcer

	// initialized is closed when it is in the room and has its tracks, or has failed to get there.
	initialized chan struct{}
	// ending is closed when the picture and the sound have ended, for whatever reason.
	ending chan struct{}
	// stopped is closed when nothing more is to be finished: failed, aborted or vanished.
	stopped chan struct{}

	mu       sync.Mutex
	info     *livekit.EgressInfo
	segments *livekit.SegmentsInfo
	ended    bool
	halted   bool
	silent   bool
	lost     bool
}

func newRecording(conf *config, p *plan, box *faultBox, reporter *reporter, out *announcer) *recording {
	now := time.Now().UnixNano()
	segments := &livekit.SegmentsInfo{PlaylistName: p.output.dir + p.output.playlist}
	if p.output.livePlaylist != "" {
		segments.LivePlaylistName = p.output.dir + p.output.livePlaylist
	}
	return &recording{
		conf: conf, plan: p, faults: box, reporter: reporter, reports: reporter.open(), out: out,
		initialized: make(chan struct{}), ending: make(chan struct{}), stopped: make(chan struct{}),
		segments: segments,
		info: &livekit.EgressInfo{
			EgressId: p.egressID, RoomId: p.roomID, RoomName: p.roomName,
			SourceType: livekit.EgressSourceType_EGRESS_SOURCE_TYPE_SDK,
			Status:     livekit.EgressStatus_EGRESS_STARTING,
			StartedAt:  now, UpdatedAt: now,
			Request:        &livekit.EgressInfo_TrackComposite{TrackComposite: p.request},
			SegmentResults: []*livekit.SegmentsInfo{segments},
			// Both fields are filled: older clients read this one.
			Result: &livekit.EgressInfo_Segments{Segments: segments}, //nolint:staticcheck
		},
	}
}

// snapshot is a copy of its state, for the wire.
func (r *recording) snapshot() *livekit.EgressInfo {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.copyLocked()
}

func (r *recording) copyLocked() *livekit.EgressInfo {
	return proto.Clone(r.info).(*livekit.EgressInfo)
}

func (r *recording) reportLocked() {
	if !r.silent {
		r.reporter.update(r.reports, r.copyLocked())
	}
}

// run records until it is ended, and reports how that went.
func (r *recording) run() {
	err := r.record()
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.failLocked(err)
	}
	switch r.info.Status {
	case livekit.EgressStatus_EGRESS_STARTING:
		r.info.SetAborted(livekit.MsgStoppedBeforeStarted)
	case livekit.EgressStatus_EGRESS_ACTIVE, livekit.EgressStatus_EGRESS_ENDING:
		if r.lost {
			r.failLocked(psrpc.NewErrorf(psrpc.Unavailable, "recording ended early: connection to room failed"))
		} else {
			r.info.SetComplete()
		}
	}
	r.reportLocked()
}

func (r *recording) record() error {
	defer closeOnce(r.initialized)
	if wait := r.faults.get().slowStart(); wait > 0 {
		select {
		case <-time.After(wait):
		case <-r.stopped:
			return nil
		}
	}
	if text := r.faults.get().FailAtStart; text != "" {
		return psrpc.NewErrorf(psrpc.Internal, "%s", text)
	}
	s, err := newSink(r)
	if err != nil {
		return err
	}
	defer s.discard()
	pipe := newPipeline(r, s)
	defer pipe.discard()
	room, err := joinRoom(r.conf, r.plan, pipe, r)
	if err != nil {
		return err
	}
	defer room.leave()
	defer r.setEndIfNone(pipe)
	closeOnce(r.initialized)

	select {
	case <-r.stopped:
		return nil
	case <-r.ending:
	}
	room.silence()
	last, err := pipe.drain(drainLimit, r.stopped)
	if err != nil || r.isHalted() {
		return err
	}
	r.setEnd(last)
	if err = s.finishSegments(); err != nil {
		return err
	}
	// Egress is out of the room before its last files are written.
	room.leave()
	if err = s.finishPlaylists(); err != nil || r.isHalted() {
		return err
	}
	return r.finishManifest(s)
}

// finishManifest writes it last. A status that is final already keeps its end.
func (r *recording) finishManifest(s *sink) error {
	r.mu.Lock()
	if r.info.Status == livekit.EgressStatus_EGRESS_ACTIVE || r.info.Status == livekit.EgressStatus_EGRESS_ENDING {
		if r.lost {
			r.failLocked(psrpc.NewErrorf(psrpc.Unavailable, "recording ended early: connection to room failed"))
		} else {
			r.info.SetComplete()
		}
	}
	endedAt := r.info.EndedAt
	r.mu.Unlock()
	location, err := s.writeManifest(endedAt)
	if err != nil {
		// A manifest that cannot be written fails nothing.
		r.out.announce("no-manifest", fields{"egressId": r.plan.egressID, "reason": err.Error()})
		return nil
	}
	r.mu.Lock()
	r.info.ManifestLocation = location
	r.mu.Unlock()
	return nil
}

// begin makes it ACTIVE: the first frame, of this instant, has come through.
func (r *recording) begin(first time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended || r.info.Status != livekit.EgressStatus_EGRESS_STARTING {
		return
	}
	r.segments.StartedAt = first.UnixNano()
	r.info.UpdateStatus(livekit.EgressStatus_EGRESS_ACTIVE)
	r.reportLocked()
}

// stop ends it in order: what has been seen is still written. Only the first call counts.
func (r *recording) stop(reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return
	}
	r.ended = true
	r.info.SetEndReason(reason)
	switch r.info.Status {
	case livekit.EgressStatus_EGRESS_STARTING:
		r.info.SetAborted(livekit.MsgStoppedBeforeStarted)
		r.haltLocked()
	case livekit.EgressStatus_EGRESS_ABORTED, livekit.EgressStatus_EGRESS_FAILED:
		r.haltLocked()
	case livekit.EgressStatus_EGRESS_ACTIVE:
		r.info.UpdateStatus(livekit.EgressStatus_EGRESS_ENDING)
		r.reportLocked()
	}
	close(r.ending)
}

// sourceGone ends it because nothing comes any more; lost says that it is the connection to the room.
func (r *recording) sourceGone(lost bool) {
	r.mu.Lock()
	r.lost = r.lost || lost
	r.mu.Unlock()
	r.stop(livekit.EndReasonSrcClosed)
}

// fail ends it at once: what is not in storage yet is lost, and the playlists keep no end.
func (r *recording) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failLocked(err)
}

func (r *recording) failLocked(err error) {
	if r.info.Status == livekit.EgressStatus_EGRESS_FAILED || r.info.Status == livekit.EgressStatus_EGRESS_ABORTED {
		return
	}
	r.info.SetFailed(err)
	if code := httpCode(err); code != 0 {
		r.info.ErrorCode = code
	}
	r.haltLocked()
}

// kill is what a worker does to a recording that takes too much: its end is announced, then it has failed.
func (r *recording) kill(err error) {
	r.stop(livekit.EndReasonKilled)
	r.fail(err)
}

// abort ends it with the state that egress has for what never ran.
func (r *recording) abort() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.info.SetEndReason(livekit.EndReasonFailure)
	r.info.SetAborted(livekit.MsgStoppedBeforeStarted)
	r.haltLocked()
}

// reachLimit ends it in order with LIMIT_REACHED; there is no report until the last file is written.
func (r *recording) reachLimit() {
	r.mu.Lock()
	switch r.info.Status {
	case livekit.EgressStatus_EGRESS_STARTING:
		r.info.SetAborted(livekit.MsgLimitReachedWithoutStart)
	case livekit.EgressStatus_EGRESS_ACTIVE:
		r.info.SetLimitReached()
	}
	r.mu.Unlock()
	r.stop(livekit.EndReasonLimitReached)
}

// vanish ends it without a word to anybody: livekit-server goes on showing what it was told last.
func (r *recording) vanish() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.silent = true
	r.haltLocked()
}

func (r *recording) haltLocked() {
	if !r.halted {
		r.halted = true
		close(r.stopped)
	}
}

func (r *recording) isHalted() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.halted
}

// wrote counts a segment that is in storage.
func (r *recording) wrote(bytes int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.segments.SegmentCount++
	r.segments.Size += bytes
}

func (r *recording) setLocations(playlist, live string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if playlist != "" {
		r.segments.PlaylistLocation = playlist
	}
	if live != "" {
		r.segments.LivePlaylistLocation = live
	}
}

func (r *recording) setEnd(last time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.segments.EndedAt = last.UnixNano()
	if r.segments.StartedAt == 0 {
		r.segments.StartedAt = r.segments.EndedAt
	}
	r.segments.Duration = r.segments.EndedAt - r.segments.StartedAt
}

// setEndIfNone notes where a recording that is cut short has come to.
func (r *recording) setEndIfNone(pipe *pipeline) {
	r.mu.Lock()
	ended := r.segments.EndedAt != 0
	r.mu.Unlock()
	if !ended {
		r.setEnd(pipe.last())
	}
}

// closeOnce closes a channel that only one goroutine closes, if it is still open.
func closeOnce(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
}

var errStopped = errors.New("stopped")
