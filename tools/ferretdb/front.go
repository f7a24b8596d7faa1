package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"
)

const (
	headerBytes  = 16
	mostBytes    = 48_000_000 // MongoDB's own limit of a message
	opMessage    = 2013
	moreToCome   = 1 << 1 // the sender of such a message waits for no answer
	opcodeOffset = 12
	flagsOffset  = 16
)

// turn is held by the one command that is being answered.
var turn sync.Mutex

// serve accepts clients until the listener is closed. Each has a connection of its own to the database at backend.
func serve(listener net.Listener, backend string) error {
	for {
		client, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer client.Close()
			database, err := net.Dial("tcp", backend)
			if err != nil {
				return
			}
			defer database.Close()
			for forward(client, database) == nil {
			}
		}()
	}
}

// forward carries one command to the database and its answer back. Whatever goes wrong ends the connection, as with any server.
func forward(client, database net.Conn) error {
	command, err := readMessage(client)
	if err != nil {
		return err
	}
	answer, err := ask(database, command)
	if err != nil || answer == nil {
		return err
	}
	_, err = client.Write(answer)
	return err
}

func ask(database net.Conn, command []byte) ([]byte, error) {
	turn.Lock()
	defer turn.Unlock()
	if _, err := database.Write(command); err != nil {
		return nil, err
	}
	if !answered(command) {
		return nil, nil
	}
	return readMessage(database)
}

// answered tells whether the sender of a message waits for an answer.
func answered(message []byte) bool {
	if binary.LittleEndian.Uint32(message[opcodeOffset:]) != opMessage || len(message) < flagsOffset+4 {
		return true
	}
	return binary.LittleEndian.Uint32(message[flagsOffset:])&moreToCome == 0
}

// readMessage reads one message: a header that begins with the length of the whole, and the rest.
func readMessage(from io.Reader) ([]byte, error) {
	header := make([]byte, headerBytes)
	if _, err := io.ReadFull(from, header); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(header)
	if length < headerBytes || length > mostBytes {
		return nil, fmt.Errorf("a message of %d bytes", length)
	}
	message := make([]byte, length)
	copy(message, header)
	_, err := io.ReadFull(from, message[headerBytes:])
	return message, err
}
