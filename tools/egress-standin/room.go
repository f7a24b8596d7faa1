package main

import (
	"bytes"
	"sync"
	"time"

	"github.com/livekit/protocol/livekit"
	"github.com/livekit/psrpc"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/rtcp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media/samplebuilder"

	"livekit-replay/tools/goodbye"
)

const (
	// How long egress looks for its tracks.
	trackLimit = 30 * time.Second
	trackPoll  = 100 * time.Millisecond
	// A keyframe is asked for again after this; livekit-server passes on no more than that.
	pliEvery = 500 * time.Millisecond
	// How long a lost packet is waited for: egress's jitter buffer.
	jitterLimit = 2 * time.Second
	jitterSize  = 2000
	// A keyframe up to this size is the blank one that the server sends when a track closes.
	blankBytes = 64
)

// room is the recording's place in the LiveKit room: hidden, as a recorder.
type room struct {
	r    *recording
	pipe *pipeline
	room *lksdk.Room
	once sync.Once
	// Closed once the server has heard the goodbye.
	left <-chan struct{}

	mu     sync.Mutex
	active int
	quiet  bool
	seen   chan string
}

// joinRoom joins and subscribes to the tracks asked for, and returns when both have come.
func joinRoom(conf *config, p *plan, pipe *pipeline, r *recording) (*room, error) {
	m := &room{r: r, pipe: pipe, seen: make(chan string, 2)}
	joined, err := lksdk.ConnectToRoomWithToken(p.wsURL, p.token, &lksdk.RoomCallback{
		ParticipantCallback: lksdk.ParticipantCallback{
			OnTrackSubscribed:   m.onTrack,
			OnTrackUnsubscribed: m.onTrackGone,
		},
		OnDisconnectedWithReason: m.onDisconnected,
	}, lksdk.WithAutoSubscribe(false))
	if err != nil {
		return nil, err
	}
	m.room = joined
	m.left = goodbye.HoldClose(joined)
	if err = m.subscribe(conf.hurried(trackLimit)); err != nil {
		m.leave()
		return nil, err
	}
	return m, nil
}

// subscribe waits for the tracks to be published, and then to come.
func (m *room) subscribe(limit time.Duration) error {
	missing := map[string]struct{}{m.r.plan.videoTrackID: {}}
	if m.r.plan.audioTrackID != "" {
		missing[m.r.plan.audioTrackID] = struct{}{}
	}
	wanted := len(missing)
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	poll := time.NewTicker(trackPoll)
	defer poll.Stop()
	for came := 0; came < wanted; {
		if err := m.ask(missing); err != nil {
			return err
		}
		select {
		case <-m.seen:
			came++
		case <-poll.C:
		case <-m.r.stopped:
			return nil
		case <-deadline.C:
			id := m.r.plan.videoTrackID
			for left := range missing {
				id = left
			}
			return psrpc.NewErrorf(psrpc.NotFound, "track %s not found", id)
		}
	}
	return nil
}

// ask subscribes to those that are published by now.
func (m *room) ask(missing map[string]struct{}) error {
	for _, participant := range m.room.GetRemoteParticipants() {
		for _, publication := range participant.TrackPublications() {
			id := publication.SID()
			if _, wanted := missing[id]; !wanted {
				continue
			}
			if id == m.r.plan.audioTrackID && publication.Kind() == lksdk.TrackKindVideo {
				return invalid("audio_track_id")
			}
			if id == m.r.plan.videoTrackID && publication.Kind() == lksdk.TrackKindAudio {
				return invalid("video_track_id")
			}
			remote, ok := publication.(*lksdk.RemoteTrackPublication)
			if !ok {
				return psrpc.NewErrorf(psrpc.Unavailable, "failed to subscribe to track")
			}
			picture := id == m.r.plan.videoTrackID
			remote.OnRTCP(func(packet rtcp.Packet) {
				// A compound packet holds the reports of other tracks too.
				track := remote.TrackRemote()
				if report, ok := packet.(*rtcp.SenderReport); ok && track != nil && report.SSRC == uint32(track.SSRC()) {
					m.pipe.senderReport(picture, report.RTPTime, report.NTPTime)
				}
			})
			if err := remote.SetSubscribed(true); err != nil {
				return err
			}
			delete(missing, id)
		}
	}
	return nil
}

func (m *room) onTrack(track *webrtc.TrackRemote, publication *lksdk.RemoteTrackPublication, participant *lksdk.RemoteParticipant) {
	id := publication.SID()
	if id != m.r.plan.videoTrackID && id != m.r.plan.audioTrackID {
		return
	}
	m.mu.Lock()
	m.active++
	m.mu.Unlock()
	select {
	case m.seen <- id:
	default:
		// It comes again after a reconnection: the recording knows it already.
	}
	if id == m.r.plan.videoTrackID {
		if track.Codec().MimeType != webrtc.MimeTypeH264 {
			m.r.fail(psrpc.NewErrorf(psrpc.InvalidArgument, "%s is not yet supported", track.Codec().MimeType))
			return
		}
		go m.readPicture(track, func() { participant.WritePLI(track.SSRC()) })
		return
	}
	go m.readSound(track)
}

func (m *room) onTrackGone(_ *webrtc.TrackRemote, publication *lksdk.RemoteTrackPublication, _ *lksdk.RemoteParticipant) {
	id := publication.SID()
	if id != m.r.plan.videoTrackID && id != m.r.plan.audioTrackID {
		return
	}
	m.mu.Lock()
	m.active--
	last := m.active == 0
	m.mu.Unlock()
	if last {
		m.gone(false)
	}
}

func (m *room) onDisconnected(reason lksdk.DisconnectionReason) {
	m.gone(reason == lksdk.Failed)
}

func (m *room) gone(lost bool) {
	m.mu.Lock()
	quiet := m.quiet
	m.mu.Unlock()
	if !quiet {
		m.r.sourceGone(lost)
	}
}

// silence stops it from ending the recording: it is ending already.
func (m *room) silence() {
	m.mu.Lock()
	m.quiet = true
	m.mu.Unlock()
}

// leave leaves the room; the second call does nothing.
func (m *room) leave() {
	m.once.Do(func() {
		m.silence()
		isHeard := goodbye.Connected(m.room.LocalParticipant)
		m.room.DisconnectWithReason(livekit.DisconnectReason_CLIENT_INITIATED)
		if !isHeard {
			return
		}
		select {
		case <-m.left:
		case <-time.After(goodbye.Limit):
		}
	})
}

// readPicture reads the picture until its track ends. Frames begin with a keyframe, also after a loss.
func (m *room) readPicture(track *webrtc.TrackRemote, pli func()) {
	builder := samplebuilder.New(jitterSize, &codecs.H264Packet{}, videoHz, samplebuilder.WithMaxTimeDelay(jitterLimit))
	var (
		arrivals arrivalLog
		sets     []byte
		broken   = true
		asked    time.Time
	)
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		if len(packet.Payload) == 0 {
			builder.Push(packet)
			continue
		}
		now := time.Now()
		m.pipe.heardPicture(now)
		arrivals.note(packet.Timestamp, now)
		builder.Push(packet)
		for sample := builder.Pop(); sample != nil; sample = builder.Pop() {
			unit := readUnit(sample.Data, &sets)
			if sample.PrevDroppedPackets > 0 {
				broken = true
			}
			if unit.keyframe && len(sample.Data) > blankBytes {
				broken = false
			}
			wanted := broken
			if !broken && !(unit.keyframe && len(sample.Data) <= blankBytes) {
				wanted = m.pipe.pictureUnit(sample.PacketTimestamp, unit.data, unit.keyframe, arrivals.first(sample.PacketTimestamp, now))
			}
			if wanted && now.Sub(asked) >= pliEvery {
				asked = now
				pli()
			}
		}
	}
}

func (m *room) readSound(track *webrtc.TrackRemote) {
	builder := samplebuilder.New(jitterSize, &codecs.OpusPacket{}, audioHz, samplebuilder.WithMaxTimeDelay(jitterLimit))
	// A packet comes out of the builder only when the next has come.
	var arrivals arrivalLog
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		now := time.Now()
		arrivals.note(packet.Timestamp, now)
		builder.Push(packet)
		for sample := builder.Pop(); sample != nil; sample = builder.Pop() {
			if len(sample.Data) > 0 {
				m.pipe.soundPacket(sample.PacketTimestamp, sample.Data, arrivals.first(sample.PacketTimestamp, now))
			}
		}
	}
}

// arrivalLog remembers when the first packet of each of the last frames came.
type arrivalLog struct {
	entries [64]struct {
		ts uint32
		at time.Time
	}
	next int
}

func (l *arrivalLog) note(ts uint32, at time.Time) {
	for _, entry := range l.entries {
		if entry.ts == ts && !entry.at.IsZero() {
			return
		}
	}
	l.entries[l.next%len(l.entries)].ts, l.entries[l.next%len(l.entries)].at = ts, at
	l.next++
}

func (l *arrivalLog) first(ts uint32, otherwise time.Time) time.Time {
	for _, entry := range l.entries {
		if entry.ts == ts && !entry.at.IsZero() {
			return entry.at
		}
	}
	return otherwise
}

// accessUnit is a frame in Annex B, with its delimiter, and with parameter sets when it is a keyframe.
type accessUnit struct {
	data     []byte
	keyframe bool
}

var (
	startCode = []byte{0, 0, 0, 1}
	delimiter = []byte{0, 0, 0, 1, 9, 0xF0}
)

// readUnit looks at the NAL units of a frame. sets keeps the parameter sets that came last: not every keyframe brings its own.
func readUnit(data []byte, sets *[]byte) accessUnit {
	var own []byte
	keyframe := false
	for _, nal := range bytes.Split(data, startCode) {
		if len(nal) == 0 {
			continue
		}
		switch nal[0] & 0x1F {
		case 5:
			keyframe = true
		case 7, 8:
			own = append(append(own, startCode...), nal...)
		}
	}
	if len(own) > 0 {
		*sets = own
	}
	unit := append([]byte{}, delimiter...)
	if keyframe && len(own) == 0 {
		unit = append(unit, *sets...)
	}
	return accessUnit{data: append(unit, data...), keyframe: keyframe}
}
