// Command egress-standin stands in for LiveKit's egress in tests: it takes Track Composite requests from a real livekit-server over a real
// Redis as egress 1.14.1 does, joins the room as a hidden recorder, and writes real HLS segments. It can be told to fail in every way
// that egress fails. Its configuration is JSON in EGRESS_STANDIN_CONFIG (it holds a secret, so it is not an argument); commands come as
// JSON lines on standard input; what happens goes out as JSON lines on standard output. The end of standard input ends it.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	"github.com/livekit/protocol/logger"
	"github.com/livekit/psrpc"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/redis/go-redis/v9"
)

// How long a worker that is asked to stop waits for its recordings: egress waits without end, a test must not.
const closeLimit = 8 * time.Second

// Standard input carries short commands only.
const maxCommandBytes = 64 << 10

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	conf, err := readConfig(os.Getenv("EGRESS_STANDIN_CONFIG"))
	if err != nil {
		return err
	}
	// The SDK would log what rooms and people are called, and addresses with tokens.
	quiet := logger.LogRLogger(logr.Discard())
	logger.SetLogger(quiet, "egress-standin")
	lksdk.SetLogger(quiet)

	redisOptions, err := redis.ParseURL(conf.RedisURL)
	if err != nil {
		return fmt.Errorf("redisUrl: %w", err)
	}
	client := redis.NewClient(redisOptions)
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err = client.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("redis does not answer: %w", err)
	}

	out := newAnnouncer(os.Stdout)
	worker, err := newWorker(conf, psrpc.NewRedisMessageBus(client), out)
	if err != nil {
		return err
	}
	if err = worker.open(); err != nil {
		return err
	}
	out.announce("ready", nil)

	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		readCommands(worker, out)
	}()
	select {
	case <-signals:
	case <-ended:
	}
	worker.close(closeLimit)
	return nil
}

// readCommands obeys what comes on standard input, and returns at its end or when it is told to close.
func readCommands(w *worker, out *announcer) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 0, 4096), maxCommandBytes)
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var cmd command
		if err := json.Unmarshal(lines.Bytes(), &cmd); err != nil {
			out.announce("refused", fields{"reason": err.Error()})
			continue
		}
		if cmd.Do == "close" {
			return
		}
		if err := w.obey(cmd); err != nil {
			out.announce("refused", fields{"id": cmd.ID, "reason": err.Error()})
			continue
		}
		out.announce("obeyed", fields{"id": cmd.ID})
	}
}
