// livekit-publish sends barcoded films into LiveKit rooms as screen shares, in real time, for tests and benches. It is driven by JSON
// lines on standard input (wire.go) and answers on standard output; when its input ends, everybody leaves and it ends.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/livekit/protocol/logger"
	lksdk "github.com/livekit/server-sdk-go/v2"
)

const maxLine = 1 << 20

type program struct {
	out *out

	mu           sync.Mutex
	participants map[int]*participant
}

// of gives a participant that has joined.
func (p *program) of(number int) (*participant, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if found, ok := p.participants[number]; ok {
		return found, nil
	}
	return nil, fmt.Errorf("participant: %d is not in a room", number)
}

func (p *program) join(c command) (fields, error) {
	joining := &participant{number: c.Participant, out: p.out}
	result, err := joining.join(c)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.participants[c.Participant] = joining
	return result, nil
}

func (p *program) leave(c command) (fields, error) {
	leaving, err := p.of(c.Participant)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	delete(p.participants, c.Participant)
	p.mu.Unlock()
	return leaving.leave()
}

func (p *program) do(c command) (fields, error) {
	switch c.Do {
	case "join":
		return p.join(c)
	case "leave":
		return p.leave(c)
	}
	one, err := p.of(c.Participant)
	if err != nil {
		return nil, err
	}
	switch c.Do {
	case "publish":
		return one.publish(c)
	case "unpublish":
		return one.unpublish(c)
	case "sound":
		return one.addSound(c)
	case "film":
		return one.film(c)
	case "mute":
		return one.mute(c)
	case "look":
		return one.look()
	case "counters":
		return one.counters()
	case "ask":
		return one.ask()
	case "flush":
		return one.flush()
	default:
		return nil, fmt.Errorf("do: %q is no command", c.Do)
	}
}

func main() {
	lksdk.SetLogger(logger.GetDiscardLogger())
	p := &program{out: newOut(), participants: map[int]*participant{}}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			fmt.Fprintln(os.Stderr, "not a command:", err)
			os.Exit(2)
		}
		// Several participants may join and publish at once.
		go func() {
			result, err := p.do(c)
			p.out.answer(c.ID, result, err)
		}()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range p.participants {
		_, _ = one.leave()
	}
}
