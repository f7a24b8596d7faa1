package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// How many segments egress's live playlist holds; it cannot be configured.
const liveWindow = 5

// playlist is the text of one of egress's two playlists. A window of 0 keeps every segment and says EVENT.
type playlist struct {
	targetSeconds int
	window        int
	first         int
	entries       []string
	ended         bool
}

// add appends a segment; the time has at most three decimals, as egress prints it.
func (p *playlist) add(at time.Time, duration time.Duration, name string) {
	p.entries = append(p.entries, fmt.Sprintf("#EXT-X-PROGRAM-DATE-TIME:%s\n#EXTINF:%s,\n%s\n",
		at.UTC().Format("2006-01-02T15:04:05.999Z07:00"), strconv.FormatFloat(duration.Seconds(), 'f', 3, 32), name))
	for p.window > 0 && len(p.entries) > p.window {
		p.entries = p.entries[1:]
		p.first++
	}
}

func (p *playlist) text() string {
	var b strings.Builder
	b.WriteString("#EXTM3U\n#EXT-X-VERSION:4\n")
	if p.window == 0 {
		b.WriteString("#EXT-X-PLAYLIST-TYPE:EVENT\n")
	}
	// The target duration is the one asked for, also when a segment is longer.
	fmt.Fprintf(&b, "#EXT-X-ALLOW-CACHE:NO\n#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:%d\n", p.targetSeconds, p.first)
	for _, entry := range p.entries {
		b.WriteString(entry)
	}
	if p.ended {
		b.WriteString("#EXT-X-ENDLIST\n")
	}
	return b.String()
}
