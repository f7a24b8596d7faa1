package main

import (
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"
	"time"

	"github.com/livekit/psrpc"
)

// storage writes to the local disk as egress does without a bucket: the folder is made, the file created at its final name and then
// filled, so that a reader may find it short or empty.
type storage struct{ faults *faultBox }

// upload copies a file to its place and says where that is and how many bytes it holds.
func (s storage) upload(from, to string, damage string, pause time.Duration) (string, int64, error) {
	to = path.Join("/", to)
	size, err := s.copy(from, to, damage, pause)
	if err != nil {
		return "", 0, psrpc.NewErrorf(psrpc.InvalidArgument, "Local upload failed: %w", err)
	}
	return to, size, nil
}

func (s storage) copy(from, to, damage string, pause time.Duration) (int64, error) {
	source, err := os.Open(from)
	if err != nil {
		return 0, err
	}
	defer source.Close()
	stat, err := source.Stat()
	if err != nil {
		return 0, err
	}
	size := stat.Size()
	if s.faults.get().Unwritable {
		return 0, &fs.PathError{Op: "open", Path: to, Err: syscall.EACCES}
	}
	if err = os.MkdirAll(path.Dir(to), 0o755); err != nil {
		return 0, err
	}
	if damage == "missing" {
		return size, nil
	}
	target, err := os.Create(to)
	if err != nil {
		return 0, err
	}
	defer target.Close()
	return size, fill(target, source, size, damage, pause)
}

// fill copies a file, or as much of it as the damage leaves.
func fill(target io.Writer, source io.Reader, size int64, damage string, pause time.Duration) error {
	switch damage {
	case "empty":
		return nil
	case "truncated":
		// Not at a packet's end: it shall look like a copy that broke off.
		_, err := io.CopyN(target, source, size*3/5+1)
		return err
	}
	if pause > 0 {
		if _, err := io.CopyN(target, source, size/2); err != nil {
			return err
		}
		time.Sleep(pause)
	}
	_, err := io.Copy(target, source)
	return err
}
