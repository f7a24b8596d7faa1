// ferretdb is a database that speaks MongoDB's protocol, for tests on machines without MongoDB: FerretDB with SQLite behind it, in one process.
//
//	ferretdb -address 127.0.0.1:27017 -folder /tmp/data
//
// FerretDB reads, decides and writes in steps that others can come between: updates whose filter guards them are not atomic, as MongoDB's are. So all
// clients come through a front that lets one command through at a time. Everything lies in the folder: a process that is killed and started again on it
// has what it had answered.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	address := flag.String("address", "127.0.0.1:0", "where to listen")
	folder := flag.String("folder", "", "where the data lies; it must exist")
	withInput := flag.Bool("until-input-ends", false, "stop when the standard input ends: with the process that started this one, however it ends")
	flag.Parse()
	if err := run(*address, *folder, *withInput); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

// run serves until the process is told to stop.
func run(address, folder string, withInput bool) error {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("-folder %q is no folder", folder)
	}
	database, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Handler:   "sqlite",
		SQLiteURL: "file:" + folder + "/",
	})
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if withInput {
		go func() {
			io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	ended := make(chan error, 1)
	go func() { ended <- database.Run(ctx) }()
	uri, err := url.Parse(database.MongoDBURI())
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Println("listening on", listener.Addr())
	go func() {
		<-ctx.Done()
		listener.Close()
	}()
	if err := serve(listener, uri.Host); ctx.Err() == nil {
		return err
	}
	return <-ended
}
