package main

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/livekit/protocol/egress"
	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/rpc"
	"github.com/livekit/psrpc"
	"google.golang.org/protobuf/proto"
)

// plan is what a request asks for, with egress's defaults filled in.
type plan struct {
	egressID, roomName, roomID string
	request                    *livekit.TrackCompositeEgressRequest
	audioTrackID, videoTrackID string
	wsURL, token               string
	encoding                   encoding
	output                     output
}

// encoding is size and rate of the picture and of the sound; used when the picture is encoded.
type encoding struct {
	width, height, framerate, videoKbps, audioKbps, audioHz int32
}

// output is where segments go. Names of playlists and segments are without folder.
type output struct {
	dir, prefix, playlist, livePlaylist string
	stamped                             bool
	segment                             time.Duration
	manifest                            bool
}

func (p *plan) folder() string { return path.Join("/", p.output.dir) }

func invalid(field string) error {
	return psrpc.NewErrorf(psrpc.InvalidArgument, "request has missing or invalid field: %s", field)
}

var presets = map[livekit.EncodingOptionsPreset]encoding{
	livekit.EncodingOptionsPreset_H264_720P_30:           {1280, 720, 30, 3000, 128, 44100},
	livekit.EncodingOptionsPreset_H264_720P_60:           {1280, 720, 60, 4500, 128, 44100},
	livekit.EncodingOptionsPreset_H264_1080P_30:          {1920, 1080, 30, 4500, 128, 44100},
	livekit.EncodingOptionsPreset_H264_1080P_60:          {1920, 1080, 60, 6000, 128, 44100},
	livekit.EncodingOptionsPreset_PORTRAIT_H264_720P_30:  {720, 1280, 30, 3000, 128, 44100},
	livekit.EncodingOptionsPreset_PORTRAIT_H264_720P_60:  {720, 1280, 60, 4500, 128, 44100},
	livekit.EncodingOptionsPreset_PORTRAIT_H264_1080P_30: {1080, 1920, 30, 4500, 128, 44100},
	livekit.EncodingOptionsPreset_PORTRAIT_H264_1080P_60: {1080, 1920, 60, 6000, 128, 44100},
}

// readRequest checks a request as egress does. What the stand-in cannot do is an invalid field too.
func readRequest(conf *config, req *rpc.StartEgressRequest) (*plan, error) {
	composite := req.GetTrackComposite()
	if composite == nil || req.EgressId == "" {
		return nil, invalid("request")
	}
	if composite.VideoTrackId == "" {
		return nil, invalid("audio_track_id or video_track_id")
	}
	if len(composite.SegmentOutputs) != 1 || len(composite.FileOutputs)+len(composite.StreamOutputs)+len(composite.ImageOutputs) > 0 {
		return nil, invalid("output")
	}
	enc, err := readEncoding(composite)
	if err != nil {
		return nil, err
	}
	out, err := readOutput(composite.SegmentOutputs[0], composite.RoomName, req.RoomId)
	if err != nil {
		return nil, err
	}
	p := &plan{
		egressID: req.EgressId, roomName: composite.RoomName, roomID: req.RoomId,
		audioTrackID: composite.AudioTrackId, videoTrackID: composite.VideoTrackId,
		encoding: enc, output: out, wsURL: req.WsUrl, token: req.Token,
	}
	p.request = proto.Clone(composite).(*livekit.TrackCompositeEgressRequest)
	egress.RedactEncodedOutputs(p.request)
	if p.wsURL == "" {
		p.wsURL = conf.LivekitURL
	}
	if p.token == "" {
		if p.token, err = egress.BuildEgressToken(p.egressID, conf.APIKey, conf.APISecret, p.roomName); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func readEncoding(req *livekit.TrackCompositeEgressRequest) (encoding, error) {
	enc := presets[livekit.EncodingOptionsPreset_H264_720P_30]
	switch options := req.Options.(type) {
	case *livekit.TrackCompositeEgressRequest_Preset:
		chosen, known := presets[options.Preset]
		if !known {
			return enc, invalid("preset")
		}
		return chosen, nil
	case *livekit.TrackCompositeEgressRequest_Advanced:
		a := options.Advanced
		for field, size := range map[string]int32{"width": a.Width, "height": a.Height} {
			if size > 0 && (size < 16 || size%2 == 1) {
				return enc, invalid(field)
			}
		}
		replace(&enc.width, a.Width)
		replace(&enc.height, a.Height)
		replace(&enc.framerate, a.Framerate)
		replace(&enc.videoKbps, a.VideoBitrate)
		replace(&enc.audioKbps, a.AudioBitrate)
		replace(&enc.audioHz, a.AudioFrequency)
	}
	return enc, nil
}

func replace(target *int32, value int32) {
	if value > 0 {
		*target = value
	}
}

func readOutput(s *livekit.SegmentedFileOutput, roomName, roomID string) (output, error) {
	if s.Output != nil {
		// Only local files: the tests are about shared storage.
		return output{}, invalid("output")
	}
	now := time.Now()
	fill := strings.NewReplacer("{room_name}", roomName, "{room_id}", roomID, "{time}", now.Format("2006-01-02T150405"),
		"{utc}", fmt.Sprintf("%s%03d", now.UTC().Format("20060102150405"), now.UnixMilli()%1000), "{retry}", "0")
	playlistDir, playlist := path.Split(fill.Replace(clean(s.PlaylistName)))
	liveDir, live := path.Split(fill.Replace(clean(s.LivePlaylistName)))
	segmentDir, prefix := path.Split(fill.Replace(clean(s.FilenamePrefix)))
	if liveDir != "" && liveDir != playlistDir {
		return output{}, psrpc.NewErrorf(psrpc.InvalidArgument,
			"request has missing or invalid field: live_playlist_name must be in same directory as playlist_name")
	}
	switch playlistDir {
	case segmentDir:
		segmentDir = ""
	case "":
		playlistDir, segmentDir = segmentDir, ""
	}
	playlist, live = withoutExtension(playlist), withoutExtension(live)
	if playlist == "" {
		playlist = prefix
	}
	if playlist == "" {
		playlist = fmt.Sprintf("%s-%s", roomName, now.Format("2006-01-02T150405"))
	}
	if prefix == "" {
		prefix = playlist
	}
	if live == playlist {
		return output{}, psrpc.NewErrorf(psrpc.InvalidArgument,
			"request has missing or invalid field: live_playlist_name cannot be identical to playlist_name")
	}
	if live != "" {
		live += ".m3u8"
	}
	seconds := s.SegmentDuration
	if seconds == 0 {
		seconds = 4
	}
	return output{
		dir: playlistDir, prefix: segmentDir + prefix, playlist: playlist + ".m3u8", livePlaylist: live,
		stamped: s.FilenameSuffix == livekit.SegmentedFileSuffix_TIMESTAMP,
		segment: time.Duration(seconds) * time.Second, manifest: !s.DisableManifest,
	}, nil
}

// withoutExtension drops whatever follows the last dot: egress does so with every name, whether it knows the extension or not.
func withoutExtension(name string) string {
	if dot := strings.LastIndex(name, "."); dot > -1 {
		return name[:dot]
	}
	return name
}

// clean keeps a name inside its root.
func clean(name string) string {
	slash := strings.HasSuffix(name, "/")
	name = path.Clean(name)
	for strings.HasPrefix(name, "../") {
		name = name[3:]
	}
	if name == "." || name == ".." {
		return ""
	}
	if slash && !strings.HasSuffix(name, "/") {
		return name + "/"
	}
	return name
}
