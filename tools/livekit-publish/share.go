// A share: a film that is sent in real time, in a loop, with its sound. Every frame goes out exactly once and in order.

package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
)

const (
	// Packets of picture in one go: a keyframe is spread over a few milliseconds, as browsers do.
	burst      = 14
	burstPause = time.Millisecond
	// A share that is this far behind throws away what it cannot send, and counts it.
	maxPending  = 20_000
	packetTime  = 20 * time.Millisecond
	reportEvery = 100 * time.Millisecond
	// Frames of the log that wait to be told.
	maxUntold = 10_000
)

type pendingPacket struct {
	stream *stream
	packet *rtp.Packet
	// Set on the first packet of the highest layer: the frame that it begins.
	begins *sentFrame
	// Set on the first packet of a keyframe that was asked for.
	answers *answer
}

// sentFrame is a frame of the log; times are wall time in ms.
type sentFrame struct {
	number    int
	timestamp uint32
	dueAt     time.Time
}

type share struct {
	mu        sync.Mutex
	layers    []*layer
	nextFilms []encodings
	frameRate int
	start     time.Time
	frames    int64
	jumped    int64
	onPli     string
	jumpAsked atomic.Bool

	sound       *stream
	soundtrack  *soundtrack
	soundLength int64
	soundPacket int64

	videoMuted bool
	audioMuted bool
	needsKey   bool
	pending    []pendingPacket
	nextBurst  time.Time

	untold   [][4]float64
	answered []answer
	logging  bool
	sent     int64
	dropped  int64
	skipped  int64
	tell     func(event string, more fields)
	stopped  chan struct{}
	ended    chan struct{}
	once     sync.Once
}

func newShare(frameRate int, onPli string, logging bool, tell func(string, fields)) *share {
	return &share{
		frameRate: frameRate, onPli: onPli, logging: logging, tell: tell,
		stopped: make(chan struct{}), ended: make(chan struct{}),
	}
}

// begin sends until stop.
func (s *share) begin() {
	s.mu.Lock()
	s.start = time.Now()
	s.mu.Unlock()
	go s.run()
}

// stop resolves when nothing more is sent. What was begun goes out to its end, so that every frame of the log is whole.
func (s *share) stop() {
	s.once.Do(func() { close(s.stopped) })
	<-s.ended
	s.flush()
}

// asked hears of every request for a keyframe of a layer.
func (s *share) asked(l *layer) {
	l.ask(time.Now())
	if s.onPli == "jump" {
		s.jumpAsked.Store(true)
	}
}

func (s *share) run() {
	defer close(s.ended)
	lastTold := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-s.stopped:
			s.mu.Lock()
			s.sendPicture(len(s.pending))
			s.mu.Unlock()
			return
		case <-timer.C:
		}
		now := time.Now()
		s.mu.Lock()
		s.sendSound(now)
		s.queueFrames(now)
		if !s.nextBurst.After(now) {
			s.sendPicture(burst)
			s.nextBurst = now.Add(burstPause)
		}
		next := s.nextDue()
		s.mu.Unlock()
		if now.Sub(lastTold) >= reportEvery {
			s.flush()
			lastTold = now
		}
		timer.Reset(time.Until(next))
	}
}

func (s *share) frameTime(index int64) time.Duration {
	return time.Duration(index * int64(time.Second) / int64(s.frameRate))
}

func (s *share) soundTime(index int64) time.Duration {
	return time.Duration(index)*packetTime - time.Duration(s.soundtrack.preSkip)*time.Second/48000
}

func (s *share) nextDue() time.Time {
	next := s.start.Add(s.frameTime(s.frames))
	if s.sound != nil {
		if due := s.start.Add(s.soundTime(s.soundPacket)); due.Before(next) {
			next = due
		}
	}
	if len(s.pending) > 0 && s.nextBurst.Before(next) {
		next = s.nextBurst
	}
	return next
}

// sendSound keeps the sound's place in the film while it is muted.
func (s *share) sendSound(now time.Time) {
	if s.sound == nil {
		return
	}
	for ; !s.start.Add(s.soundTime(s.soundPacket)).After(now); s.soundPacket++ {
		if s.audioMuted || s.soundPacket < 0 {
			continue
		}
		data := s.soundtrack.packets[s.soundPacket%s.soundLength]
		samples := s.soundPacket*960 - int64(s.soundtrack.preSkip)
		for _, packet := range s.sound.packets(data, s.sound.timestamp(samples)) {
			s.sound.write(packet)
		}
	}
}

// queueFrames keeps the picture's place in the film while it is muted; after that it goes on at the next keyframe.
func (s *share) queueFrames(now time.Time) {
	for ; !s.start.Add(s.frameTime(s.frames)).After(now); s.frames++ {
		if s.videoMuted {
			s.skipped++
			continue
		}
		s.jumpToKey()
		number := s.number()
		if s.nextFilms != nil && s.nextFilms[len(s.nextFilms)-1][0][number].key {
			for i, next := range s.nextFilms {
				s.layers[i].encodings, s.layers[i].current = next, 0
			}
			s.nextFilms = nil
		}
		answers := make([]time.Time, len(s.layers))
		for i, layer := range s.layers {
			answers[i] = layer.take(number)
		}
		if s.needsKey && !s.layers[len(s.layers)-1].film()[number].key {
			s.skipped++
			continue
		}
		s.needsKey = false
		s.queueFrame(number, answers)
	}
}

func (s *share) number() int {
	return int((s.frames + s.jumped) % int64(len(s.layers[0].film())))
}

// jumpToKey moves the picture (not the sound) on to the next keyframe when one was asked for.
func (s *share) jumpToKey() {
	if !s.jumpAsked.Swap(false) {
		return
	}
	for !s.layers[len(s.layers)-1].film()[s.number()].key {
		s.jumped++
	}
}

// queueFrame lets a frame wait for being sent. answers has the time of the request that it answers for each layer, or zero.
func (s *share) queueFrame(number int, answers []time.Time) {
	if len(s.pending) > maxPending {
		s.dropped++
		s.needsKey = true
		return
	}
	due := s.frameTime(s.frames)
	samples := s.frames * 90000 / int64(s.frameRate)
	for i, layer := range s.layers {
		timestamp := layer.stream.timestamp(samples)
		for j, packet := range layer.stream.packets(layer.film()[number].data, timestamp) {
			waiting := pendingPacket{stream: layer.stream, packet: packet}
			if j == 0 && !answers[i].IsZero() {
				waiting.answers = &answer{layer: i, number: number, askedAt: answers[i]}
			}
			if j == 0 && i == len(s.layers)-1 {
				waiting.begins = &sentFrame{number: number, timestamp: timestamp, dueAt: s.start.Add(due)}
			}
			s.pending = append(s.pending, waiting)
		}
	}
}

func (s *share) sendPicture(atMost int) {
	count := min(atMost, len(s.pending))
	for _, waiting := range s.pending[:count] {
		if waiting.begins != nil {
			s.note(waiting.begins)
		}
		if waiting.answers != nil && len(s.answered) < maxUntold {
			waiting.answers.sentAt = time.Now()
			s.answered = append(s.answered, *waiting.answers)
		}
		waiting.stream.write(waiting.packet)
	}
	s.pending = s.pending[count:]
	if len(s.pending) == 0 {
		s.pending = nil
	}
}

func (s *share) note(begun *sentFrame) {
	s.sent++
	if !s.logging || len(s.untold) >= maxUntold {
		return
	}
	// The wall clock of now, less what has passed since: a wall clock that was stepped moves both.
	now := time.Now()
	sent := float64(now.UnixNano()) / 1e6
	due := sent - float64(now.Sub(begun.dueAt))/1e6
	s.untold = append(s.untold, [4]float64{float64(begun.number), float64(begun.timestamp), due, sent})
}

// flush tells the frames that were sent since the last time, and the keyframes among them that were asked for.
func (s *share) flush() {
	s.mu.Lock()
	frames, answered := s.untold, s.answered
	s.untold, s.answered = nil, nil
	s.mu.Unlock()
	if len(frames) > 0 {
		s.tell("frames", fields{"frames": frames})
	}
	for _, one := range answered {
		tookMs := float64(one.sentAt.Sub(one.askedAt)) / 1e6
		s.tell("answered", fields{"layer": one.layer, "number": one.number, "tookMs": tookMs})
	}
}

func (s *share) mute(kind string, muted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if kind == "audio" {
		s.audioMuted = muted
		return
	}
	s.needsKey = s.needsKey || (s.videoMuted && !muted)
	s.videoMuted = muted
	s.sendPicture(len(s.pending))
}

// addSound lets sound begin now, at its place in the film.
func (s *share) addSound(sound *stream, track *soundtrack) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	length := int64(len(s.layers[0].film())) * 50 / int64(s.frameRate)
	if int64(len(track.packets)) < length {
		return fmt.Errorf("sound: shorter than the film")
	}
	s.sound, s.soundtrack, s.soundLength = sound, track, length
	s.soundPacket = 0
	if !s.start.IsZero() {
		s.soundPacket = int64(time.Since(s.start) / packetTime)
	}
	return nil
}

func (s *share) removeSound() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sound = nil
}

// changeFilm goes on with other films of the same timing at their next keyframe.
func (s *share) changeFilm(films []encodings) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(films) != len(s.layers) {
		return fmt.Errorf("layers: must be as many as before")
	}
	for i, film := range films {
		if len(film[0]) != len(s.layers[i].film()) {
			return fmt.Errorf("layers: must have as many frames as before")
		}
	}
	s.nextFilms = films
	return nil
}

func (s *share) fields() fields {
	s.mu.Lock()
	defer s.mu.Unlock()
	layers := make([]fields, len(s.layers))
	for i, layer := range s.layers {
		layers[i] = layer.stream.counters.fields()
	}
	counts := fields{"frames": s.sent, "dropped": s.dropped, "skipped": s.skipped, "layers": layers}
	if s.sound != nil {
		counts["sound"] = s.sound.counters.fields()
	}
	return counts
}
