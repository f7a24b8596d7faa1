package main

import (
	"encoding/json"
	"io"
	"sync"
	"time"
)

// fields of a line on standard output.
type fields map[string]any

// announcer tells the test what happens: one JSON object a line, with `event` and `atMs` in each.
type announcer struct {
	mu  sync.Mutex
	out *json.Encoder
}

func newAnnouncer(w io.Writer) *announcer {
	return &announcer{out: json.NewEncoder(w)}
}

func (a *announcer) announce(event string, more fields) {
	line := fields{"event": event, "atMs": time.Now().UnixMilli()}
	for key, value := range more {
		line[key] = value
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	// Whoever listened is gone when this fails; standard input ends then too.
	_ = a.out.Encode(line)
}
