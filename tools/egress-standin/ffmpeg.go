package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/livekit/psrpc"
)

const (
	// How much may wait for FFmpeg. At 6 Mbit/s a second is under 5,000 packets, and the first four seconds come at once.
	maxPipePackets = 60_000
	keptErrorBytes = 4 << 10
	// GStreamer's muxer begins its times an hour in.
	firstSeconds = 3600
)

// ffmpeg makes the segments: the picture copied or encoded, the sound always encoded to AAC.
type ffmpeg struct {
	cmd    *exec.Cmd
	queue  chan []byte
	closed bool
	errors tail
	done   chan struct{}
	err    error
}

// startFFmpeg runs it. onSegment is called with the number of each segment that is complete, in order.
func startFFmpeg(conf *config, p *plan, folder string, onSegment func(number int)) (*ffmpeg, error) {
	f := &ffmpeg{cmd: exec.Command(conf.FFmpeg, ffmpegArgs(conf, p, folder)...), queue: make(chan []byte, maxPipePackets), done: make(chan struct{})}
	f.cmd.Stderr = &f.errors
	in, err := f.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	list, err := f.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err = f.cmd.Start(); err != nil {
		return nil, psrpc.NewErrorf(psrpc.Internal, "failed to launch ffmpeg: %v", err)
	}
	go func() {
		defer in.Close()
		for packet := range f.queue {
			if _, err := in.Write(packet); err != nil {
				// It has ended; its exit code tells. What comes is not kept.
				for range f.queue {
				}
				return
			}
		}
	}()
	go func() {
		defer close(f.done)
		lines := bufio.NewScanner(list)
		for number := 0; lines.Scan(); number++ {
			onSegment(number)
		}
		_, _ = io.Copy(io.Discard, list)
		f.err = f.cmd.Wait()
	}()
	return f, nil
}

func ffmpegArgs(conf *config, p *plan, folder string) []string {
	seconds := int(p.output.segment / time.Second)
	// The tables say all that there is to find out: looking for more would hold back the first seconds.
	args := []string{"-hide_banner", "-loglevel", "error", "-nostats", "-analyzeduration", "300000", "-fpsprobesize", "0",
		"-f", "mpegts", "-i", "pipe:0", "-map", "0:v:0"}
	if conf.Video == "copy" {
		args = append(args, "-c:v", "copy")
	} else {
		e := p.encoding
		args = append(args, "-vf", fmt.Sprintf("fps=%d:start_time=0,scale=%d:%d", e.framerate, e.width, e.height),
			"-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-pix_fmt", "yuv420p", "-threads", "1",
			"-b:v", strconv.Itoa(int(e.videoKbps))+"k", "-maxrate", strconv.Itoa(int(e.videoKbps))+"k", "-bufsize", strconv.Itoa(int(e.videoKbps))+"k",
			"-sc_threshold", "0", "-g", "100000", "-force_key_frames", fmt.Sprintf("expr:gte(t,n_forced*%d)", seconds))
	}
	if p.audioTrackID != "" {
		args = append(args, "-map", "0:a:0", "-af", "aresample=async=1000:first_pts=0",
			"-c:a", "aac", "-b:a", strconv.Itoa(int(p.encoding.audioKbps))+"k", "-ar", strconv.Itoa(int(p.encoding.audioHz)), "-ac", "2")
	}
	return append(args, "-muxdelay", "0", "-muxpreload", "0", "-f", "segment", "-segment_format", "mpegts",
		"-segment_time", strconv.Itoa(seconds), "-segment_time_delta", strconv.FormatFloat(cutTolerance.Seconds(), 'f', -1, 64),
		"-initial_offset", strconv.Itoa(firstSeconds), "-segment_list", "pipe:1", "-segment_list_type", "csv", piecePath(folder, "%05d"))
}

func piecePath(folder, number string) string {
	return path.Join(folder, "piece_"+number+".ts")
}

// Write takes whole packets of the transport stream; it never waits.
func (f *ffmpeg) Write(packet []byte) (int, error) {
	if f.closed {
		return 0, io.ErrClosedPipe
	}
	select {
	case f.queue <- packet:
		return len(packet), nil
	default:
		return 0, errors.New("ffmpeg does not keep up")
	}
}

// finish lets it write its last segment, and waits for its end.
func (f *ffmpeg) finish(limit time.Duration, stopped <-chan struct{}) error {
	if !f.closed {
		f.closed = true
		close(f.queue)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	select {
	case <-f.done:
	case <-stopped:
		return errStopped
	case <-ctx.Done():
		return psrpc.NewErrorf(psrpc.Internal, "pipeline frozen")
	}
	if f.err != nil {
		return psrpc.NewErrorf(psrpc.Internal, "ffmpeg: %v: %s", f.err, f.errors.last())
	}
	return nil
}

// kill ends it if it still runs.
func (f *ffmpeg) kill() {
	if !f.closed {
		f.closed = true
		close(f.queue)
	}
	select {
	case <-f.done:
	default:
		_ = f.cmd.Process.Kill()
		<-f.done
	}
}

// tail keeps the end of what FFmpeg says.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if len(t.text) > keptErrorBytes {
		t.text = t.text[len(t.text)-keptErrorBytes:]
	}
	return len(p), nil
}

func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}

// blacken makes a black keyframe of the size of the one given: what egress shows while nothing comes.
func blacken(conf *config, keyframe []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, conf.FFmpeg, "-hide_banner", "-loglevel", "error", "-f", "h264", "-i", "pipe:0", "-vf", "drawbox=c=black:t=fill",
		"-frames:v", "1", "-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "baseline", "-threads", "1", "-x264-params", "repeat-headers=1", "-f", "h264", "pipe:1")
	cmd.Stdin = bytes.NewReader(keyframe)
	return cmd.Output()
}
