// What is said on standard input and output: one JSON object a line. A command has an id, its answer carries the same one; events have none.

package main

import (
	"encoding/json"
	"os"
	"sync"
)

// videoSpec says what picture to publish.
type videoSpec struct {
	// Codec is h264 (an Annex B file), vp8, vp9 or av1 (IVF files).
	Codec string `json:"codec"`
	// Layers from low to high. More than one is simulcast.
	Layers    []layerSpec `json:"layers"`
	FrameRate int         `json:"frameRate"`
}

type layerSpec struct {
	File string `json:"file"`
	// Others are encodings of the same picture with keyframes at other places (h264). The last one has many and is left again soon.
	Others []string `json:"others"`
	Width  int      `json:"width"`
	Height int      `json:"height"`
}

type command struct {
	ID          int    `json:"id"`
	Do          string `json:"do"`
	Participant int    `json:"participant"`

	// join
	URL   string `json:"url"`
	Token string `json:"token"`
	// Folder is where frames that are received go. Without one nothing is subscribed to.
	Folder string `json:"folder"`

	// publish, film
	Video *videoSpec `json:"video"`
	// Sound is the path of an Ogg file with Opus.
	Sound     string `json:"sound"`
	Camera    bool   `json:"camera"`
	Name      string `json:"name"`
	Encrypted bool   `json:"encrypted"`
	// OnPli is wait, jump or answer.
	OnPli string `json:"onPli"`
	// Log tells every frame that is sent.
	Log bool `json:"log"`

	// mute, unpublish: video or audio
	Kind string `json:"kind"`
	On   bool   `json:"on"`
}

type fields map[string]any

// out writes lines, one at a time.
type out struct {
	mu      sync.Mutex
	encoder *json.Encoder
}

func newOut() *out {
	return &out{encoder: json.NewEncoder(os.Stdout)}
}

func (o *out) send(line fields) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.encoder.Encode(line); err != nil {
		// Nobody listens any more.
		os.Exit(1)
	}
}

func (o *out) answer(id int, result fields, err error) {
	line := fields{"id": id}
	if err != nil {
		line["error"] = err.Error()
	} else {
		line["result"] = result
	}
	o.send(line)
}
