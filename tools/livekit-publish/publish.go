// How a share gets into the room: tracks are published, and sending begins when nothing of it can get lost any more.

package main

import (
	"context"
	"errors"
	"time"

	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/utils/guid"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
)

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
	s := newShare(c.Video.FrameRate, c.OnPli, c.Log, p.tell)
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

func loadFilms(video *videoSpec) ([]encodings, error) {
	films := make([]encodings, len(video.Layers))
	for i, layer := range video.Layers {
		film, err := loadEncodings(layer, video.Codec)
		if err != nil {
			return nil, err
		}
		if i > 0 && len(film[0]) != len(films[0][0]) {
			return nil, errors.New("layers: must have the same frames")
		}
		films[i] = film
	}
	return films, nil
}

func loadEncodings(layer layerSpec, codec string) (encodings, error) {
	if len(layer.Others) > 0 && codec != "h264" {
		return nil, errors.New("others: only of h264")
	}
	var all encodings
	for _, path := range append([]string{layer.File}, layer.Others...) {
		film, err := loadFilm(path, codec)
		if err != nil {
			return nil, err
		}
		all = append(all, film)
	}
	return all, checkEncodings(all)
}

// Two layers are q and h, as browsers name them; one layer has no name.
var qualities = []livekit.VideoQuality{livekit.VideoQuality_LOW, livekit.VideoQuality_MEDIUM, livekit.VideoQuality_HIGH}

func (s *share) addLayers(video *videoSpec, films []encodings) error {
	if len(films) > len(qualities) {
		return errors.New("layers: at most three")
	}
	id := ""
	if len(films) > 1 {
		id = guid.New("TR_")
	}
	for i, film := range films {
		info := &livekit.VideoLayer{Quality: qualities[i], Width: uint32(video.Layers[i].Width), Height: uint32(video.Layers[i].Height)}
		if s.onPli == "answer" && len(film) < 2 {
			return errors.New("answer: needs other encodings of each layer")
		}
		added := newLayer(film, s.onPli == "answer")
		stream, err := newStream(video.Codec, id, info, func() { s.asked(added) })
		if err != nil {
			return err
		}
		added.stream = stream
		s.layers = append(s.layers, added)
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
