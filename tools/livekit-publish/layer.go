// A layer of a picture: one RTP stream, and the encodings that it can be sent in.

package main

import (
	"bytes"
	"errors"
	"sync"
	"time"
)

// Browsers (libwebrtc) let requests for a keyframe pass unanswered that come so soon after one that they answer.
const shortestAnswer = 300 * time.Millisecond

// encodings of the same picture: the film, others whose keyframes are at other places, and last one that has many of them for a worse
// picture. That one is only a bridge. Frame by frame it does not matter which one is sent, as long as a keyframe is between.
type encodings [][]frame

type layer struct {
	stream    *stream
	encodings encodings
	current   int

	mu      sync.Mutex
	answers bool
	askedAt time.Time
	// When the request came that is not answered yet; zero when there is none.
	wantedSince time.Time
}

// answer is a keyframe that was asked for.
type answer struct {
	layer   int
	number  int
	askedAt time.Time
	sentAt  time.Time
}

func newLayer(encodings encodings, answers bool) *layer {
	return &layer{encodings: encodings, answers: answers}
}

func (l *layer) film() []frame {
	return l.encodings[l.current]
}

// ask notes a request for a keyframe, at most one in a while.
func (l *layer) ask(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.answers || now.Sub(l.askedAt) < shortestAnswer {
		return
	}
	l.askedAt = now
	if l.wantedSince.IsZero() {
		l.wantedSince = now
	}
}

// take chooses the encoding for a frame: another one only where that has a keyframe, when one is asked for or to leave the bridge.
// It gives the time of the request that the frame answers; zero when it answers none.
func (l *layer) take(number int) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	isBridge := l.current > 0 && l.current == len(l.encodings)-1
	if l.wantedSince.IsZero() && !isBridge {
		return time.Time{}
	}
	for i, film := range l.encodings {
		if film[number].key {
			l.current = i
			asked := l.wantedSince
			l.wantedSince = time.Time{}
			return asked
		}
	}
	return time.Time{}
}

// checkEncodings makes sure that one can go on where another one was left.
func checkEncodings(all encodings) error {
	for _, one := range all[1:] {
		if len(one) != len(all[0]) {
			return errors.New("others: must have as many frames as the film")
		}
		if !bytes.Equal(parameterSets(one[0].data), parameterSets(all[0][0].data)) {
			return errors.New("others: must have the parameter sets of the film")
		}
	}
	return nil
}

// parameterSets of an H.264 keyframe, one behind the other.
func parameterSets(data []byte) []byte {
	var sets []byte
	for at := nextUnit(data, 0); at < len(data); {
		next := nextUnit(data, at+3)
		if kind := data[at+3] & 31; kind == 7 || kind == 8 {
			sets = append(sets, trimZeros(data[at:next])...)
		}
		at = next
	}
	return sets
}
