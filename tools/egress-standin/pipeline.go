package main

import (
	"fmt"
	"sync"
	"time"
)

const (
	videoHz = 90_000
	audioHz = 48_000
	// A keyframe that comes this much before a boundary is taken as the boundary.
	cutTolerance = 50 * time.Millisecond
	// How far sound may be behind the picture before silence takes its place, and up to where it then goes.
	soundLate = time.Second
	soundEdge = 200 * time.Millisecond
	// A hole in the sound from this length on is filled with silence.
	soundHole = 100 * time.Millisecond
	opusFrame = 20 * time.Millisecond
	// After this long without a packet egress shows black.
	videoLate = 2 * time.Second
	// Black frames stay this much behind the clock, so that the first true frame is not older than they are.
	blackBehind = 100 * time.Millisecond
	// Clocks of one publisher that differ by more than this are not believed.
	maxSkew = 500 * time.Millisecond
	// How long picture and sound are held back until the publisher's clock says how they fit together: livekit-server passes it on every
	// 3 s. Egress holds them back as long.
	holdLimit = 4 * time.Second
)

// silentOpus is 20 ms of silence, stereo.
var silentOpus = []byte{0xFC, 0xFF, 0xFE}

// pipeline puts picture and sound on one timeline, which begins with the first keyframe, and feeds FFmpeg with them.
type pipeline struct {
	r    *recording
	sink *sink

	mu     sync.Mutex
	ffmpeg *ffmpeg
	ts     *transport
	closed bool
	// zero is the clock at the timeline's start.
	zero time.Time
	// cuts are where segments begin.
	cuts     []time.Duration
	picture  clockwork
	sound    clockwork
	lastUnit time.Duration
	lastStep time.Duration
	nextOpus time.Duration
	keyframe []byte
	black    []byte
	isBlack  bool
	// heard is the clock at the last packet of the picture.
	heard time.Time
	// held is what waits for the two clocks to be compared; at most holdLimit of it.
	held    []sample
	holding bool
}

// sample is a frame or a packet of sound on the timeline.
type sample struct {
	at       time.Duration
	data     []byte
	picture  bool
	keyframe bool
}

// clockwork turns a track's RTP times into times of the timeline.
type clockwork struct {
	started  bool
	hz       int64
	last     uint32
	unwound  int64
	offset   time.Duration
	report   time.Duration
	reported bool
	moved    bool
}

// at is where a packet lies; offset counts.
func (c *clockwork) at(ts uint32) time.Duration {
	c.unwound += int64(int32(ts - c.last))
	c.last = ts
	return c.offset + ticks(c.unwound, c.hz)
}

func ticks(n, hz int64) time.Duration {
	return time.Duration(n/hz)*time.Second + time.Duration(n%hz)*time.Second/time.Duration(hz)
}

func newPipeline(r *recording, s *sink) *pipeline {
	return &pipeline{r: r, sink: s, picture: clockwork{hz: videoHz}, sound: clockwork{hz: audioHz}}
}

// heardPicture notes that packets of the picture come.
func (p *pipeline) heardPicture(at time.Time) {
	p.mu.Lock()
	p.heard = at
	p.mu.Unlock()
}

// pictureUnit takes an access unit, and says whether a keyframe is wanted.
func (p *pipeline) pictureUnit(ts uint32, unit []byte, keyframe bool, arrived time.Time) (wanted bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	if !p.picture.started {
		if !keyframe {
			return true
		}
		if err := p.startLocked(ts, arrived); err != nil {
			p.closed = true
			go p.r.fail(err)
			return false
		}
	}
	at := p.picture.at(ts)
	if p.isBlack && !keyframe {
		return true
	}
	p.isBlack = false
	if keyframe {
		p.keyframe, p.black = unit, nil
	}
	p.unitLocked(at, unit, keyframe)
	boundary := time.Duration(len(p.cuts)) * p.r.plan.output.segment
	return p.r.conf.Video == "copy" && at >= boundary
}

func (p *pipeline) startLocked(ts uint32, arrived time.Time) error {
	program, err := startFFmpeg(p.r.conf, p.r.plan, p.sink.folder, p.onSegment)
	if err != nil {
		return err
	}
	p.ffmpeg, p.ts = program, newTransport(program, p.r.plan.audioTrackID != "")
	p.zero = arrived
	p.picture.started, p.picture.last = true, ts
	p.heard = arrived
	p.holding = p.r.plan.audioTrackID != ""
	p.sink.first = arrived.Add(p.r.conf.clockLate())
	time.AfterFunc(p.r.conf.clockLate(), func() { p.r.begin(arrived) })
	go p.watch()
	return nil
}

func (p *pipeline) unitLocked(at time.Duration, unit []byte, keyframe bool) {
	if len(p.cuts) > 0 && at <= p.lastUnit {
		return
	}
	if len(p.cuts) > 0 {
		p.lastStep = at - p.lastUnit
	}
	p.lastUnit = at
	if keyframe && at >= time.Duration(len(p.cuts))*p.r.plan.output.segment-cutTolerance {
		p.cuts = append(p.cuts, at)
	}
	p.passLocked(sample{at: at, data: unit, picture: true, keyframe: keyframe})
	if at > holdLimit {
		p.releaseLocked(0)
	}
}

// passLocked writes a sample, or keeps it while the clocks are not compared yet.
func (p *pipeline) passLocked(s sample) {
	switch {
	case p.holding:
		p.held = append(p.held, s)
	case s.picture:
		if p.r.plan.audioTrackID != "" && p.nextOpus+soundLate < s.at {
			p.silenceLocked(s.at - soundEdge)
		}
		p.failLocked(p.ts.video(int64(s.at*videoHz/time.Second), s.data, s.keyframe))
	case s.at >= 0 && s.at+opusFrame/2 >= p.nextOpus:
		if s.at > p.nextOpus+soundHole {
			p.silenceLocked(s.at)
		}
		p.failLocked(p.ts.audio(int64(s.at*videoHz/time.Second), s.data))
		p.nextOpus = s.at + opusFrame
	}
}

// releaseLocked writes what was held, the sound moved by skew.
func (p *pipeline) releaseLocked(skew time.Duration) {
	if !p.holding {
		return
	}
	p.holding = false
	for _, s := range p.held {
		if !s.picture {
			s.at += skew
		}
		p.passLocked(s)
	}
	p.held = nil
}

// soundPacket takes an Opus packet.
func (p *pipeline) soundPacket(ts uint32, packet []byte, arrived time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || !p.picture.started {
		return
	}
	c := &p.sound
	if !c.started {
		c.started, c.last, c.offset = true, ts, arrived.Sub(p.zero)
	}
	p.passLocked(sample{at: c.at(ts), data: packet})
}

// silenceLocked goes on with silence up to an instant.
func (p *pipeline) silenceLocked(until time.Duration) {
	for ; p.nextOpus+opusFrame <= until; p.nextOpus += opusFrame {
		p.failLocked(p.ts.audio(int64(p.nextOpus*videoHz/time.Second), silentOpus))
	}
}

// senderReport takes what a sender report says: this RTP time is that instant of the publisher's clock.
func (p *pipeline) senderReport(picture bool, ts uint32, ntp uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := &p.sound
	if picture {
		c = &p.picture
	}
	if !c.started || c.reported {
		return
	}
	// The instant of the timeline's zero on that clock, if the track's offset is right.
	instant := time.Duration(ntp>>32)*time.Second + time.Duration((ntp&0xFFFFFFFF)*uint64(time.Second)>>32)
	c.report = instant - c.offset - ticks(c.unwound+int64(int32(ts-c.last)), c.hz)
	c.reported = true
	p.alignLocked()
}

// alignLocked moves the sound, once, to where the publisher's clock puts it: so far only its arrival was known.
func (p *pipeline) alignLocked() {
	if p.sound.moved || !p.sound.reported || !p.picture.reported {
		return
	}
	p.sound.moved = true
	skew := p.sound.report - p.picture.report
	if skew.Abs() > maxSkew {
		skew = 0
	}
	p.sound.offset += skew
	p.releaseLocked(skew)
}

// watch shows black while nothing comes.
func (p *pipeline) watch() {
	step := time.Second / time.Duration(max(1, p.r.plan.encoding.framerate))
	ticker := time.NewTicker(step)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-p.r.ending:
			return
		case <-p.r.stopped:
			return
		}
		p.mu.Lock()
		late, frame := time.Since(p.heard) > videoLate, p.keyframe
		p.mu.Unlock()
		if late && frame != nil {
			p.showBlack(frame)
		}
	}
}

func (p *pipeline) showBlack(keyframe []byte) {
	p.mu.Lock()
	frame := p.black
	p.mu.Unlock()
	if frame == nil {
		made, err := blacken(p.r.conf, keyframe)
		if err != nil {
			p.r.fail(fmt.Errorf("black frame: %w", err))
			return
		}
		frame = made
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || time.Since(p.heard) <= videoLate {
		return
	}
	p.black, p.isBlack = frame, true
	// From where the picture ended, so that no segment is longer than the others.
	step := time.Second / time.Duration(max(1, p.r.plan.encoding.framerate))
	for at := p.lastUnit + step; at <= time.Since(p.zero)-blackBehind && !p.closed; at += step {
		p.unitLocked(at, frame, true)
	}
}

// onSegment is called by FFmpeg's reader for each finished segment.
func (p *pipeline) onSegment(number int) {
	p.mu.Lock()
	length := p.r.plan.output.segment
	start, end := p.boundaryLocked(number), p.boundaryLocked(number+1)
	if p.r.conf.Video == "encode" {
		start, end = time.Duration(number)*length, min(time.Duration(number+1)*length, p.lastUnit+p.lastStep)
	}
	zero := p.zero
	p.mu.Unlock()
	p.sink.add(piece{
		number: number, from: piecePath(p.sink.folder, fmt.Sprintf("%05d", number)),
		start: start, duration: end - start, due: zero.Add(end + p.sink.lag()),
	})
}

func (p *pipeline) boundaryLocked(number int) time.Duration {
	if number < len(p.cuts) {
		return p.cuts[number]
	}
	return p.lastUnit + p.lastStep
}

func (p *pipeline) failLocked(err error) {
	if err != nil && !p.closed {
		p.closed = true
		go p.r.fail(fmt.Errorf("pipeline: %w", err))
	}
}

// drain lets FFmpeg finish, and gives the instant of the last frame.
func (p *pipeline) drain(limit time.Duration, stopped <-chan struct{}) (time.Time, error) {
	p.mu.Lock()
	p.releaseLocked(0)
	p.closed = true
	program := p.ffmpeg
	p.mu.Unlock()
	if program == nil {
		return time.Now(), nil
	}
	return p.last(), program.finish(limit, stopped)
}

// last is the clock at the last frame.
func (p *pipeline) last() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ffmpeg == nil {
		return time.Now()
	}
	return p.zero.Add(p.lastUnit)
}

// discard ends what still runs.
func (p *pipeline) discard() {
	p.mu.Lock()
	p.closed = true
	program := p.ffmpeg
	p.mu.Unlock()
	if program != nil {
		program.kill()
	}
}
