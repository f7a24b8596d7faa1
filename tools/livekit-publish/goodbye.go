// A goodbye that arrives. The SDK closes its connections right after the message that says goodbye, and a busy server then sees a lost
// connection, which it waits for, instead of somebody who left.

package main

import (
	"reflect"
	"time"

	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
)

const goodbyeLimit = 5 * time.Second

// holdClose lets the server close first: it does so once it has read the goodbye. The result is closed when that is over.
func holdClose(room *lksdk.Room) <-chan struct{} {
	over := make(chan struct{})
	// The SDK gives no way to its engine but this one.
	field := reflect.ValueOf(room).Elem().FieldByName("engine")
	engine := (*lksdk.RTCEngine)(field.UnsafePointer())
	engine.OnClose(func() {
		defer close(over)
		limit := time.Now().Add(goodbyeLimit)
		for connected(room.LocalParticipant) && time.Now().Before(limit) {
			time.Sleep(10 * time.Millisecond)
		}
	})
	return over
}

// connected tells whether one of the participant's connections is up.
func connected(local *lksdk.LocalParticipant) bool {
	for _, pc := range []*webrtc.PeerConnection{local.GetPublisherPeerConnection(), local.GetSubscriberPeerConnection()} {
		if pc != nil && pc.ConnectionState() == webrtc.PeerConnectionStateConnected {
			return true
		}
	}
	return false
}
