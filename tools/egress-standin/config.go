package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// config is what the worker is started with.
type config struct {
	RedisURL   string `json:"redisUrl"`
	LivekitURL string `json:"livekitUrl"`
	APIKey     string `json:"apiKey"`
	APISecret  string `json:"apiSecret"`
	// Speed divides every delay of egress: 10 makes a segment appear 1 s after its last frame. Segments stay as long as they are.
	Speed float64 `json:"speed"`
	// Video is "copy" (the picture as it came, cut at its keyframes: light) or "encode" (x264 at the size and rate of the request, with
	// B-frames and segments of exactly the length asked for, as egress does).
	Video string `json:"video"`
	// FFmpeg is the program. Default "ffmpeg".
	FFmpeg string `json:"ffmpeg"`
	// ClockLateMs is how much later than the first frame PROGRAM-DATE-TIME is: egress takes the clock when that frame has passed its
	// encoder. 578 was measured.
	ClockLateMs *int   `json:"clockLateMs"`
	Faults      faults `json:"faults"`
}

func readConfig(text string) (*config, error) {
	conf := &config{Speed: 1, Video: "copy", FFmpeg: "ffmpeg"}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(conf); err != nil {
		return nil, fmt.Errorf("EGRESS_STANDIN_CONFIG: %w", err)
	}
	switch {
	case conf.RedisURL == "" || conf.LivekitURL == "" || conf.APIKey == "" || conf.APISecret == "":
		return nil, errors.New("EGRESS_STANDIN_CONFIG: redisUrl, livekitUrl, apiKey and apiSecret are needed")
	case conf.Speed <= 0:
		return nil, errors.New("EGRESS_STANDIN_CONFIG: speed must be more than 0")
	case conf.Video != "copy" && conf.Video != "encode":
		return nil, errors.New(`EGRESS_STANDIN_CONFIG: video must be "copy" or "encode"`)
	}
	return conf, nil
}

// hurried is a delay of egress, shortened as the test asked.
func (c *config) hurried(d time.Duration) time.Duration {
	return time.Duration(float64(d) / c.Speed)
}

func (c *config) clockLate() time.Duration {
	if c.ClockLateMs == nil {
		return 578 * time.Millisecond
	}
	return time.Duration(*c.ClockLateMs) * time.Millisecond
}
