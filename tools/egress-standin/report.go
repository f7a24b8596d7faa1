package main

import (
	"context"
	"errors"
	"time"

	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/rpc"
	"github.com/livekit/psrpc"
)

const (
	createLimit   = 15 * time.Second
	updateLimit   = 30 * time.Second
	firstRetry    = 250 * time.Millisecond
	longestRetry  = time.Minute
	maxReports    = 64
	lastWordLimit = 10 * time.Second
)

// reporter tells livekit-server how recordings are: it keeps them in Redis and sends the webhooks.
type reporter struct {
	io  rpc.IOInfoClient
	out *announcer
}

// reports are the updates of one recording, in order.
type reports struct {
	queue   chan *livekit.EgressInfo
	created chan struct{}
	drained chan struct{}
	cancel  context.CancelFunc
}

func (r *reporter) open() *reports {
	ctx, cancel := context.WithCancel(context.Background())
	q := &reports{
		queue:   make(chan *livekit.EgressInfo, maxReports),
		created: make(chan struct{}),
		drained: make(chan struct{}),
		cancel:  cancel,
	}
	go func() {
		defer close(q.drained)
		select {
		case <-q.created:
		case <-ctx.Done():
			return
		}
		for info := range q.queue {
			r.send(ctx, info)
		}
	}()
	return q
}

// close waits a little for what is still to be said, then gives up.
func (q *reports) close() {
	close(q.queue)
	select {
	case <-q.drained:
	case <-time.After(lastWordLimit):
	}
	q.cancel()
}

// create announces a new recording; updates wait until that is done.
func (r *reporter) create(ctx context.Context, q *reports, info *livekit.EgressInfo) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := r.io.CreateEgress(ctx, info, psrpc.WithRequestTimeout(createLimit))
		if err == nil {
			close(q.created)
			r.tell(info)
		}
		done <- err
	}()
	return done
}

// update queues a state; more than 64 that wait are dropped, as egress drops them.
func (r *reporter) update(q *reports, info *livekit.EgressInfo) {
	select {
	case q.queue <- info:
	default:
		r.out.announce("dropped", fields{"egressId": info.EgressId, "status": info.Status.String()})
	}
}

func (r *reporter) send(ctx context.Context, info *livekit.EgressInfo) {
	for wait := firstRetry; ; wait = min(2*wait, longestRetry) {
		_, err := r.io.UpdateEgress(ctx, info, psrpc.WithRequestTimeout(updateLimit))
		if err == nil {
			r.tell(info)
			return
		}
		if !errors.Is(err, psrpc.ErrRequestTimedOut) && !errors.Is(err, psrpc.ErrNoResponse) {
			r.out.announce("unreported", fields{"egressId": info.EgressId, "status": info.Status.String(), "reason": err.Error()})
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

func (r *reporter) tell(info *livekit.EgressInfo) {
	r.out.announce("status", fields{
		"egressId": info.EgressId, "status": info.Status.String(), "error": info.Error, "errorCode": info.ErrorCode, "details": info.Details,
	})
}
