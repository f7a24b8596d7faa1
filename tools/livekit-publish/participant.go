// A participant of a room: joins, publishes a share, mutes it, leaves; tells what it sees of the room.

package main

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"

	"livekit-replay/tools/goodbye"
)

const (
	// Packets of the past that can be sent again: about two seconds of 1080p60.
	retransmitPackets = 2048
	readyLimit        = 15 * time.Second
)

type participant struct {
	number int
	out    *out
	room   *lksdk.Room
	// Closed once the server has heard the goodbye.
	gone <-chan struct{}

	mu    sync.Mutex
	share *share
	video *lksdk.LocalTrackPublication
	audio *lksdk.LocalTrackPublication
}

func (p *participant) tell(event string, more fields) {
	line := fields{"event": event, "participant": p.number}
	for key, value := range more {
		line[key] = value
	}
	p.out.send(line)
}

func (p *participant) callback(folder string) *lksdk.RoomCallback {
	seen := func(r *lksdk.RemoteParticipant) { p.tell("joined", fields{"identity": r.Identity()}) }
	callback := &lksdk.RoomCallback{
		OnDisconnectedWithReason: func(reason lksdk.DisconnectionReason) { p.tell("disconnected", fields{"reason": string(reason)}) },
		OnParticipantConnected:   seen,
		OnParticipantDisconnected: func(r *lksdk.RemoteParticipant) {
			p.tell("left", fields{"identity": r.Identity()})
		},
		OnRecordingStatusChanged: func(recording bool) { p.tell("recording", fields{"on": recording}) },
		OnReconnecting:           func() { p.tell("reconnecting", nil) },
		OnReconnected:            func() { p.tell("reconnected", nil) },
	}
	callback.OnTrackSubscribed = func(track *webrtc.TrackRemote, publication *lksdk.RemoteTrackPublication, _ *lksdk.RemoteParticipant) {
		go func() {
			if err := watch(folder, track, publication); err != nil {
				p.tell("failed", fields{"error": err.Error()})
			}
			p.tell("watched", fields{"sid": publication.SID()})
		}()
	}
	return callback
}

// join gives the identity and what is seen at once.
func (p *participant) join(c command) (fields, error) {
	p.room = lksdk.NewRoom(p.callback(c.Folder))
	options := []lksdk.ConnectOption{lksdk.WithAutoSubscribe(c.Folder != ""), lksdk.WithRetransmitBufferSize(retransmitPackets)}
	if err := p.room.JoinWithToken(c.URL, c.Token, options...); err != nil {
		return nil, err
	}
	p.gone = goodbye.HoldClose(p.room)
	return p.look()
}

// look says who is in the room and what they publish, as this participant sees it.
func (p *participant) look() (fields, error) {
	others := []fields{}
	for _, other := range p.room.GetRemoteParticipants() {
		others = append(others, fields{"identity": other.Identity(), "tracks": tracksOf(other.TrackPublications())})
	}
	local := p.room.LocalParticipant
	return fields{
		"identity": local.Identity(), "sid": local.SID(), "recording": p.room.IsRecording(),
		"tracks": tracksOf(local.TrackPublications()), "others": others,
	}, nil
}

func tracksOf(publications []lksdk.TrackPublication) []fields {
	tracks := []fields{}
	for _, publication := range publications {
		info := publication.TrackInfo()
		tracks = append(tracks, fields{
			"sid": publication.SID(), "source": publication.Source().String(), "muted": publication.IsMuted(),
			"mimeType": publication.MimeType(), "encrypted": info.GetEncryption() != livekit.Encryption_NONE,
			"width": info.GetWidth(), "height": info.GetHeight(),
		})
	}
	return tracks
}

// refresh finds the publications as they are now: there are others when the room was joined anew after a restart of the server.
func (p *participant) refresh() {
	for _, publication := range p.room.LocalParticipant.TrackPublications() {
		local, ok := publication.(*lksdk.LocalTrackPublication)
		if !ok {
			continue
		}
		if p.video != nil && local.Kind() == lksdk.TrackKindVideo {
			p.video = local
		}
		if p.audio != nil && local.Kind() == lksdk.TrackKindAudio {
			p.audio = local
		}
	}
}

// sids of the tracks now, and the port that they are sent from.
func (p *participant) sids() fields {
	p.refresh()
	result := fields{}
	if p.video != nil {
		result["videoSid"] = p.video.SID()
	}
	if p.audio != nil {
		result["audioSid"] = p.audio.SID()
	}
	if port := p.port(); port != 0 {
		result["port"] = port
	}
	return result
}

// port is the UDP port that media is sent from; 0 when there is none.
func (p *participant) port() uint16 {
	pc := p.room.LocalParticipant.GetPublisherPeerConnection()
	if pc == nil || pc.SCTP() == nil {
		return 0
	}
	pair, err := pc.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil || pair == nil || pair.Local == nil {
		return 0
	}
	return pair.Local.Port
}

func (p *participant) addSound(c command) (fields, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.share == nil || p.audio != nil {
		return nil, errors.New("sound: needs a share without sound")
	}
	if err := p.publishAudio(c, p.share); err != nil {
		return nil, err
	}
	return p.sids(), nil
}

func (p *participant) film(c command) (fields, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.share == nil || c.Video == nil || len(c.Video.Layers) == 0 {
		return nil, errors.New("video: needs a share and layers")
	}
	films, err := loadFilms(c.Video)
	if err != nil {
		return nil, err
	}
	return fields{}, p.share.changeFilm(films)
}

// ask asks for a keyframe of every picture that is watched.
func (p *participant) ask() (fields, error) {
	asked := 0
	for _, other := range p.room.GetRemoteParticipants() {
		for _, publication := range other.TrackPublications() {
			track, ok := publication.Track().(*webrtc.TrackRemote)
			if ok && track != nil && track.Kind() == webrtc.RTPCodecTypeVideo {
				other.WritePLI(track.SSRC())
				asked++
			}
		}
	}
	if asked == 0 {
		return nil, errors.New("ask: no picture is watched")
	}
	return fields{}, nil
}

// mute stops packets first and tells afterwards; unmute tells first.
func (p *participant) mute(c command) (fields, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refresh()
	publication := p.video
	if c.Kind == "audio" {
		publication = p.audio
	}
	if p.share == nil || publication == nil {
		return nil, fmt.Errorf("kind: no %s is published", c.Kind)
	}
	if c.On {
		p.share.mute(c.Kind, true)
	}
	publication.SetMuted(c.On)
	if !c.On {
		p.share.mute(c.Kind, false)
	}
	return fields{}, nil
}

// unpublish takes the sound away, or the picture and everything with it.
func (p *participant) unpublish(c command) (fields, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refresh()
	if p.audio != nil {
		if p.share != nil {
			p.share.removeSound()
		}
		if err := p.room.LocalParticipant.UnpublishTrack(p.audio.SID()); err != nil {
			return nil, err
		}
		p.audio = nil
	}
	if c.Kind == "audio" {
		return fields{}, nil
	}
	if p.share != nil {
		p.share.stop()
		p.share = nil
	}
	if p.video != nil {
		if err := p.room.LocalParticipant.UnpublishTrack(p.video.SID()); err != nil {
			return nil, err
		}
		p.video = nil
	}
	return fields{}, nil
}

func (p *participant) counters() (fields, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.share == nil {
		return nil, errors.New("nothing is published")
	}
	counts := p.share.fields()
	for key, value := range p.sids() {
		counts[key] = value
	}
	return counts, nil
}

func (p *participant) flush() (fields, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.share != nil {
		p.share.flush()
	}
	return fields{}, nil
}

// leave says goodbye.
func (p *participant) leave() (fields, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.share != nil {
		p.share.stop()
		p.share = nil
	}
	p.video, p.audio = nil, nil
	p.room.Disconnect()
	select {
	case <-p.gone:
	// A connection that is being made anew ends later.
	case <-time.After(goodbye.Limit):
	}
	return fields{}, nil
}
