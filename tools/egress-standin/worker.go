package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/rpc"
	"github.com/livekit/psrpc"
)

// worker is one egress service on the bus: it takes requests and keeps what it records. It serves the RPCs that egress 1.14.1 serves.
type worker struct {
	conf     *config
	out      *announcer
	faults   *faultBox
	reporter *reporter
	requests rpc.EgressInternalServer
	handlers rpc.EgressHandlerServer

	mu         sync.Mutex
	recordings map[string]*recording
	idle       sync.WaitGroup
	closing    bool
}

func newWorker(conf *config, bus psrpc.MessageBus, out *announcer) (*worker, error) {
	w := &worker{conf: conf, out: out, faults: &faultBox{now: conf.Faults}, recordings: map[string]*recording{}}
	io, err := rpc.NewIOInfoClient(bus)
	if err != nil {
		return nil, err
	}
	w.reporter = &reporter{io: io, out: out}
	if w.requests, err = rpc.NewEgressInternalServer(w, bus); err != nil {
		return nil, err
	}
	if w.handlers, err = rpc.NewEgressHandlerServer(w, bus); err != nil {
		return nil, err
	}
	return w, nil
}

// open begins to take requests.
func (w *worker) open() error {
	if err := w.requests.RegisterListActiveEgressTopic(""); err != nil {
		return err
	}
	return w.requests.RegisterStartEgressTopic("")
}

// close takes no more requests, ends what it records as egress does when it is told to stop, and waits, but not longer than limit.
func (w *worker) close(limit time.Duration) {
	w.mu.Lock()
	w.closing = true
	all := w.matchingLocked("")
	w.mu.Unlock()
	w.requests.DeregisterStartEgressTopic("")
	for _, r := range all {
		r.stop(livekit.EndReasonKilled)
	}
	done := make(chan struct{})
	go func() {
		w.idle.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(limit):
	}
	w.requests.Kill()
	w.handlers.Kill()
}

// StartEgressAffinity says how much this worker wants a request; less than 0 is not at all.
func (w *worker) StartEgressAffinity(_ context.Context, _ *rpc.StartEgressRequest) float32 {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closing || w.faults.get().NoResponse:
		return -1
	case len(w.recordings) == 0:
		// An idle worker leaves the request to one that is at work already.
		return 0.5
	default:
		return 1
	}
}

// StartEgress takes a request. It answers once livekit-server has the recording in its books.
func (w *worker) StartEgress(ctx context.Context, req *rpc.StartEgressRequest) (*livekit.EgressInfo, error) {
	if w.faults.get().Busy {
		w.out.announce("busy", fields{"egressId": req.EgressId})
		return nil, psrpc.NewErrorf(psrpc.Unavailable, "not enough CPU")
	}
	p, err := readRequest(w.conf, req)
	if err != nil {
		return nil, err
	}
	r, err := w.add(p)
	if err != nil {
		return nil, err
	}
	info := r.snapshot()
	w.out.announce("request", fields{"egressId": p.egressID, "room": p.roomName, "folder": p.folder()})
	created := w.reporter.create(ctx, r.reports, info)
	if err = errors.Join(w.handlers.RegisterUpdateStreamTopic(p.egressID), w.handlers.RegisterStopEgressTopic(p.egressID)); err == nil {
		err = <-created
	}
	if err != nil {
		w.remove(p.egressID)
		return nil, err
	}
	go func() {
		defer w.remove(p.egressID)
		r.run()
	}()
	return info, nil
}

func (w *worker) add(p *plan) (*recording, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closing {
		return nil, psrpc.NewErrorf(psrpc.Unavailable, "server is shutting down")
	}
	if _, there := w.recordings[p.egressID]; there {
		return nil, psrpc.NewErrorf(psrpc.AlreadyExists, "egress already exists")
	}
	r := newRecording(w.conf, p, w.faults, w.reporter, w.out)
	w.recordings[p.egressID] = r
	w.idle.Add(1)
	return r, nil
}

func (w *worker) remove(egressID string) {
	w.handlers.DeregisterUpdateStreamTopic(egressID)
	w.handlers.DeregisterStopEgressTopic(egressID)
	w.mu.Lock()
	r := w.recordings[egressID]
	delete(w.recordings, egressID)
	w.mu.Unlock()
	if r != nil {
		r.reports.close()
		w.out.announce("gone", fields{"egressId": egressID})
		w.idle.Done()
	}
}

func (w *worker) find(egressID string) (*recording, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r, there := w.recordings[egressID]; there {
		return r, nil
	}
	return nil, psrpc.NewErrorf(psrpc.NotFound, "egress not found")
}

// ListActiveEgress names what is recorded now.
func (w *worker) ListActiveEgress(_ context.Context, _ *rpc.ListActiveEgressRequest) (*rpc.ListActiveEgressResponse, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	res := &rpc.ListActiveEgressResponse{}
	for id := range w.recordings {
		res.EgressIds = append(res.EgressIds, id)
	}
	return res, nil
}

// StopEgress ends a recording; it answers at once, before the last segment is written.
func (w *worker) StopEgress(ctx context.Context, req *livekit.StopEgressRequest) (*livekit.EgressInfo, error) {
	r, err := w.find(req.EgressId)
	if err != nil {
		return nil, err
	}
	// Egress answers only once it has joined the room and found the tracks.
	select {
	case <-r.initialized:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	r.stop(livekit.EndReasonAPI)
	return r.snapshot(), nil
}

// UpdateStream is refused as egress refuses it: segments are no stream.
func (w *worker) UpdateStream(_ context.Context, req *livekit.UpdateStreamRequest) (*livekit.EgressInfo, error) {
	if _, err := w.find(req.EgressId); err != nil {
		return nil, err
	}
	return nil, psrpc.NewErrorf(psrpc.InvalidArgument, "UpdateStream called on non-streaming egress")
}

// UpdateEgress has no topic in egress 1.14.1, so nothing calls it.
func (w *worker) UpdateEgress(_ context.Context, _ *livekit.UpdateEgressRequest) (*livekit.EgressInfo, error) {
	return nil, psrpc.NewErrorf(psrpc.Unimplemented, "not served by this version")
}

// obey makes a fault happen now.
func (w *worker) obey(cmd command) error {
	if cmd.Do == "faults" {
		if cmd.Faults == nil {
			return errors.New("faults: none given")
		}
		w.faults.set(*cmd.Faults)
		return nil
	}
	w.mu.Lock()
	chosen := w.matchingLocked(cmd.EgressID)
	w.mu.Unlock()
	if len(chosen) == 0 {
		return errors.New("nothing is being recorded under that id")
	}
	for _, r := range chosen {
		switch cmd.Do {
		case "fail":
			r.fail(psrpc.NewErrorf(psrpc.Internal, "%s", cmd.Text))
		case "abort":
			r.abort()
		case "limit":
			r.reachLimit()
		case "exhaust-cpu":
			// First egress asks a recording to end: it completes, and only its details say why.
			r.stop(livekit.EndReasonCPUExhausted)
		case "kill-for-cpu":
			// When that takes too long it is killed.
			r.kill(psrpc.NewErrorf(psrpc.PermissionDenied, "CPU exhausted: %.2f cores used", 1.98))
		case "vanish":
			r.vanish()
		default:
			return fmt.Errorf("unknown command %q", cmd.Do)
		}
	}
	return nil
}

func (w *worker) matchingLocked(egressID string) []*recording {
	var chosen []*recording
	for id, r := range w.recordings {
		if egressID == "" || id == egressID {
			chosen = append(chosen, r)
		}
	}
	return chosen
}

// httpCode is what egress puts into error_code for an error: none for what it cannot place.
func httpCode(err error) int32 {
	var p psrpc.Error
	if !errors.As(err, &p) || errors.Is(p.Code(), psrpc.Unknown) {
		return 0
	}
	return int32(max(p.ToHttp(), http.StatusContinue))
}
