package main

import (
	"sync"
	"time"
)

// faults are what goes wrong by itself, until told otherwise. The zero value works as egress does on a good day.
type faults struct {
	// NoResponse claims no request: the caller sees "no response from servers".
	NoResponse bool `json:"noResponse"`
	// Busy claims a request and refuses it with "not enough CPU".
	Busy bool `json:"busy"`
	// FailAtStart takes the request and fails before it records, with this text.
	FailAtStart string `json:"failAtStart"`
	// SlowStartMs passes before it joins the room; not shortened by speed.
	SlowStartMs int `json:"slowStartMs"`
	// Unwritable refuses every file with "permission denied".
	Unwritable bool `json:"unwritable"`
	// HalfPlaylistMs is how long a playlist stands there half written, at each rewriting; not shortened by speed.
	HalfPlaylistMs int `json:"halfPlaylistMs"`
	// Segments says which are damaged on their way to storage, by number: "truncated", "empty" or "missing".
	Segments map[int]string `json:"segments"`
}

func (f faults) slowStart() time.Duration { return time.Duration(f.SlowStartMs) * time.Millisecond }
func (f faults) halfPlaylist() time.Duration {
	return time.Duration(f.HalfPlaylistMs) * time.Millisecond
}

// faultBox holds the faults of now.
type faultBox struct {
	mu  sync.Mutex
	now faults
}

func (b *faultBox) get() faults {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *faultBox) set(f faults) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = f
}

// command is a line of standard input. An empty EgressID means every recording.
type command struct {
	ID       int    `json:"id"`
	Do       string `json:"do"`
	EgressID string `json:"egressId"`
	// Text is the error of "fail".
	Text   string  `json:"text"`
	Faults *faults `json:"faults"`
}
