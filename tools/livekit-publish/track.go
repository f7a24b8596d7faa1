// One RTP stream: packets of coded frames under its own numbers, and what the other side said about it.

package main

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"

	"github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
)

// payloadSize leaves room for the RTP header, its extensions and SRTP in a packet of 1,200 bytes.
const payloadSize = 1120

type counters struct {
	Packets     atomic.Int64
	Bytes       atomic.Int64
	WriteErrors atomic.Int64
	Plis        atomic.Int64
	Firs        atomic.Int64
	Nacked      atomic.Int64
	Reports     atomic.Int64
}

func (c *counters) fields() fields {
	return fields{
		"packets": c.Packets.Load(), "bytes": c.Bytes.Load(), "writeErrors": c.WriteErrors.Load(),
		"plis": c.Plis.Load(), "firs": c.Firs.Load(), "nacked": c.Nacked.Load(), "reports": c.Reports.Load(),
	}
}

type stream struct {
	local     *lksdk.LocalTrack
	payloader rtp.Payloader
	clockRate uint32
	sequence  uint16
	base      uint32
	counters  counters
}

// codecOf gives what is offered for a codec, and how its frames are cut.
func codecOf(name string) (webrtc.RTPCodecCapability, rtp.Payloader, error) {
	switch name {
	case "h264":
		line := "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"
		return webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeH264, ClockRate: 90000, SDPFmtpLine: line}, &codecs.H264Payloader{}, nil
	case "vp8":
		return webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}, &codecs.VP8Payloader{EnablePictureID: true}, nil
	case "vp9":
		return webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP9, ClockRate: 90000, SDPFmtpLine: "profile-id=0"}, &codecs.VP9Payloader{}, nil
	case "av1":
		return webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeAV1, ClockRate: 90000}, &codecs.AV1Payloader{}, nil
	case "opus":
		line := "minptime=10;useinbandfec=1"
		return webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: line}, &codecs.OpusPayloader{}, nil
	default:
		return webrtc.RTPCodecCapability{}, nil, fmt.Errorf("codec: must be h264, vp8, vp9 or av1, not %q", name)
	}
}

// newStream makes a stream. With a simulcast id it is one layer of that track. onPli hears of every request for a keyframe.
func newStream(codec, simulcastID string, layer *livekit.VideoLayer, onPli func()) (*stream, error) {
	capability, payloader, err := codecOf(codec)
	if err != nil {
		return nil, err
	}
	s := &stream{payloader: payloader, clockRate: capability.ClockRate, sequence: uint16(rand.Uint32()), base: rand.Uint32()}
	options := []lksdk.LocalTrackOptions{lksdk.WithRTCPHandler(func(packet rtcp.Packet) { s.hear(packet, onPli) })}
	if simulcastID != "" {
		options = append(options, lksdk.WithSimulcast(simulcastID, layer))
	}
	s.local, err = lksdk.NewLocalTrack(capability, options...)
	return s, err
}

func (s *stream) hear(packet rtcp.Packet, onPli func()) {
	switch p := packet.(type) {
	case *rtcp.PictureLossIndication:
		s.counters.Plis.Add(1)
		onPli()
	case *rtcp.FullIntraRequest:
		s.counters.Firs.Add(1)
		onPli()
	case *rtcp.TransportLayerNack:
		for _, pair := range p.Nacks {
			s.counters.Nacked.Add(int64(len(pair.PacketList())))
		}
	case *rtcp.ReceiverReport:
		s.counters.Reports.Add(1)
	}
}

// timestamp of an instant, in samples of the stream's clock since the share's start.
func (s *stream) timestamp(samples int64) uint32 {
	return s.base + uint32(samples)
}

// packets of a frame, in order.
func (s *stream) packets(data []byte, timestamp uint32) []*rtp.Packet {
	payloads := s.payloader.Payload(payloadSize, data)
	packets := make([]*rtp.Packet, len(payloads))
	for i, payload := range payloads {
		header := rtp.Header{Version: 2, Marker: i == len(payloads)-1, SequenceNumber: s.sequence, Timestamp: timestamp}
		packets[i] = &rtp.Packet{Header: header, Payload: payload}
		s.sequence++
	}
	return packets
}

func (s *stream) write(packet *rtp.Packet) {
	if err := s.local.WriteRTP(packet, nil); err != nil {
		s.counters.WriteErrors.Add(1)
		return
	}
	s.counters.Packets.Add(1)
	s.counters.Bytes.Add(int64(len(packet.Payload)))
}
