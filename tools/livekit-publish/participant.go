// A participant of a room: joins, publishes a share, mutes it, leaves; tells what it sees of the room.

package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/utils/guid"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
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
	p.gone = holdClose(p.room)
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

func (p *participant) publish(c command) (fields, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.share != nil {
		return nil, errors.New("this participant publishes already")
	}
	if c.Video == nil || len(c.Video.Layers) == 0 || c.Video.FrameRate <= 0 {
		return nil, errors.New("video: needs layers and a frame rate")
	}
	films, err := loadFilms(c.Video)
	if err != nil {
		return nil, err
	}
	s := newShare(c.Video.FrameRate, c.OnPli == "jump", c.Log, func(frames [][4]float64) {
		p.tell("frames", fields{"frames": frames})
	})
	if err := s.addLayers(c.Video, films); err != nil {
		return nil, err
	}
	video, err := p.publishVideo(c, s)
	if err != nil {
		return nil, err
	}
	p.video = video
	if c.Sound != "" {
		if err := p.publishAudio(c, s); err != nil {
			return nil, err
		}
	}
	if err := p.ready(s); err != nil {
		return nil, err
	}
	p.share = s
	s.begin()
	return p.sids(), nil
}

func loadFilms(video *videoSpec) ([][]frame, error) {
	films := make([][]frame, len(video.Layers))
	for i, layer := range video.Layers {
		film, err := loadFilm(layer.File, video.Codec)
		if err != nil {
			return nil, err
		}
		if i > 0 && len(film) != len(films[0]) {
			return nil, errors.New("layers: must have the same frames")
		}
		films[i] = film
	}
	return films, nil
}

// Two layers are q and h, as browsers name them; one layer has no name.
var qualities = []livekit.VideoQuality{livekit.VideoQuality_LOW, livekit.VideoQuality_MEDIUM, livekit.VideoQuality_HIGH}

func (s *share) addLayers(video *videoSpec, films [][]frame) error {
	if len(films) > len(qualities) {
		return errors.New("layers: at most three")
	}
	id := ""
	if len(films) > 1 {
		id = guid.New("TR_")
	}
	for i, film := range films {
		info := &livekit.VideoLayer{Quality: qualities[i], Width: uint32(video.Layers[i].Width), Height: uint32(video.Layers[i].Height)}
		stream, err := newStream(video.Codec, id, info, s.onPli)
		if err != nil {
			return err
		}
		s.layers = append(s.layers, &layer{stream: stream, film: film})
	}
	return nil
}

func (p *participant) publishVideo(c command, s *share) (*lksdk.LocalTrackPublication, error) {
	top := c.Video.Layers[len(c.Video.Layers)-1]
	options := &lksdk.TrackPublicationOptions{
		Name: c.Name, Source: livekit.TrackSource_SCREEN_SHARE, VideoWidth: top.Width, VideoHeight: top.Height,
	}
	if c.Camera {
		options.Source = livekit.TrackSource_CAMERA
	}
	if c.Encrypted {
		options.Encryption = livekit.Encryption_GCM
	}
	if len(s.layers) == 1 {
		return p.room.LocalParticipant.PublishTrack(s.layers[0].stream.local, options)
	}
	if c.Encrypted {
		return nil, errors.New("encrypted: not with simulcast")
	}
	tracks := make([]*lksdk.LocalTrack, len(s.layers))
	for i, layer := range s.layers {
		tracks[i] = layer.stream.local
	}
	return p.room.LocalParticipant.PublishSimulcastTrack(tracks, options)
}

func (p *participant) publishAudio(c command, s *share) error {
	track, err := loadSound(c.Sound)
	if err != nil {
		return err
	}
	stream, err := newStream("opus", "", nil, func() {})
	if err != nil {
		return err
	}
	options := &lksdk.TrackPublicationOptions{Source: livekit.TrackSource_SCREEN_SHARE_AUDIO, Stereo: true, DisableDTX: true}
	if c.Camera {
		options.Source = livekit.TrackSource_MICROPHONE
	}
	if c.Encrypted {
		options.Encryption = livekit.Encryption_GCM
	}
	p.audio, err = p.room.LocalParticipant.PublishTrack(stream.local, options)
	if err != nil {
		return err
	}
	if err := p.bound(stream); err != nil {
		return err
	}
	return s.addSound(stream, track)
}

// ready waits until nothing that is sent can get lost for want of a connection.
func (p *participant) ready(s *share) error {
	for _, layer := range s.layers {
		if err := p.bound(layer.stream); err != nil {
			return err
		}
	}
	return nil
}

func (p *participant) bound(s *stream) error {
	ctx, cancel := context.WithTimeout(context.Background(), readyLimit)
	defer cancel()
	for !s.local.IsBound() || !p.connected() {
		select {
		case <-ctx.Done():
			return errors.New("the connection for publishing did not come up in time")
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

func (p *participant) connected() bool {
	pc := p.room.LocalParticipant.GetPublisherPeerConnection()
	return pc != nil && pc.ConnectionState() == webrtc.PeerConnectionStateConnected
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
	case <-time.After(goodbyeLimit):
	}
	return fields{}, nil
}
