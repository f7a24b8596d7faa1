// Package goodbye makes a goodbye arrive. The SDK closes its connections right after the message that says goodbye, and a busy server then
// sees a lost connection, which it waits for, instead of somebody who left.
package goodbye

import (
	"reflect"
	"time"

	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
)

// Limit is how long the server has to hear it.
const Limit = 5 * time.Second

// HoldClose lets the server close first: it does so once it has read the goodbye. The result is closed when that is over.
func HoldClose(room *lksdk.Room) <-chan struct{} {
	over := make(chan struct{})
	// The SDK gives no way to its engine but this one.
	field := reflect.ValueOf(room).Elem().FieldByName("engine")
	engine := (*lksdk.RTCEngine)(field.UnsafePointer())
	engine.OnClose(func() {
		defer close(over)
		limit := time.Now().Add(Limit)
		for Connected(room.LocalParticipant) && time.Now().Before(limit) {
			time.Sleep(10 * time.Millisecond)
		}
	})
	return over
}

// Connected tells whether one of the participant's connections is up.
func Connected(local *lksdk.LocalParticipant) bool {
	for _, pc := range []*webrtc.PeerConnection{local.GetPublisherPeerConnection(), local.GetSubscriberPeerConnection()} {
		if pc != nil && pc.ConnectionState() == webrtc.PeerConnectionStateConnected {
			return true
		}
	}
	return false
}
